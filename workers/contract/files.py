"""Errors of the files that customers send: the codes that recordings and texts share. A code never changes its meaning."""

from typing import Final

EMPTY_FILE: Final = "empty_file"
UNSUPPORTED_FORMAT: Final = "unsupported_format"
"""File of no supported format, such as a picture."""
TOO_LARGE: Final = "too_large"
"""Too many bytes."""
TOO_COMPLEX: Final = "too_complex"
"""Reading exceeded the limits of time or memory, which no ordinary file does."""


class FileError(Exception):
    """The file is refused: a public code, and a message that tells its sender why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
