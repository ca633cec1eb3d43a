"""Output of the supervisor: one line at a time, prefixed with the name of its program."""

import errno
import os
import sys
from io import TextIOWrapper
from typing import IO, Final

COLOURS: Final = (36, 33, 32, 35, 34, 96, 93, 92)
"""ANSI foreground colours, one per program in the order of their first line."""

OWN_NAME: Final = "ttsai"
NAME_WIDTH: Final = 8


DISK_FULL_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Log:
    """Writes lines to one stream. Lines are dropped if the disk is full. A closed reader is recorded, not raised: the programs must still
    be stopped.
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        if isinstance(self._stream, TextIOWrapper):  # a terminal's encoding may lack letters of a path or of a part's line
            self._stream.reconfigure(errors="backslashreplace")
        self._has_colour = _wants_colour(self._stream)
        self._colours: dict[str, int] = {}
        self.is_broken = False

    def line(self, name: str, text: str) -> None:
        prefix = f"{name:<{NAME_WIDTH}} | "
        if self._has_colour:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._write(prefix + text)

    def say(self, text: str) -> None:
        """Write a line of the supervisor itself."""
        self.line(OWN_NAME, text)

    def plain(self, text: str) -> None:
        """Write lines without a prefix, for copying."""
        self._write(text)

    def _write(self, text: str) -> None:
        if self.is_broken:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError as error:  # also a pipe without a reader, a terminal that was closed
            self.is_broken = error.errno not in DISK_FULL_ERRORS
        except ValueError:  # the stream itself was closed
            self.is_broken = True


def _wants_colour(stream: IO[str]) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()
