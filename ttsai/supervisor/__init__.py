"""`ttsai up`: supervises the whole platform on one machine and stops everything together."""
