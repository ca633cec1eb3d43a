"""`ttsai models`: the same commands as `python -m workers.weights`."""

from workers.weights.commands import command

__all__ = ["command"]
