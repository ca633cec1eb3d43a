"""Reasons to refuse a text file."""

from typing import Final

EMPTY_FILE: Final = "empty_file"
TOO_LARGE: Final = "too_large"
TEXT_TOO_LONG: Final = "text_too_long"
UNSUPPORTED_FORMAT: Final = "unsupported_format"
INVALID_TEXT_FILE: Final = "invalid_text_file"
INVALID_EPUB: Final = "invalid_epub"
INVALID_SRT: Final = "invalid_srt"
TOO_COMPLEX: Final = "too_complex"


class DocumentError(Exception):
    """The file is refused; the message tells its sender why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
