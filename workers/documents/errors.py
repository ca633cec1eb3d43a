"""Reasons to refuse a text file, beside those of any file."""

from typing import Final

from workers.contract.files import FileError

TEXT_TOO_LONG: Final = "text_too_long"
INVALID_TEXT_FILE: Final = "invalid_text_file"
INVALID_EPUB: Final = "invalid_epub"
INVALID_SRT: Final = "invalid_srt"


class DocumentError(FileError):
    """A text file is refused."""
