"""`ttsai say`: the earlier name of `ttsai speak`."""

from ttsai.cli.customers.speak import command

__all__ = ["command"]
