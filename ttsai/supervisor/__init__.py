"""`ttsai up`: the whole platform on one machine, each part watched, everything stopped together."""
