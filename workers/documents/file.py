"""Contents of a text file, and the limits on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workers.contract.chapters import Chapter
from workers.contract.codec import Message
from workers.contract.dubbing import Cue
from workers.contract.files import EMPTY_FILE, TOO_LARGE
from workers.documents.errors import DocumentError

TEXT_FORMATS: Final = ("txt", "md", "epub", "srt")
SUPPORTED_TEXTS: Final = "Plain text (.txt), Markdown (.md), EPUB (.epub) and SRT subtitles (.srt)"
_EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"txt": "txt", "text": "txt", "md": "md", "markdown": "md", "epub": "epub", "srt": "srt"}
)
_CONTENT_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text/plain": "txt",
        "text/markdown": "md",
        "text/x-markdown": "md",
        "application/epub+zip": "epub",
        "application/x-subrip": "srt",
        "text/srt": "srt",
    }
)


def find_text_format(file_name: str, content_type: str = "") -> str:
    """Format by the file name's extension, otherwise by its content type; empty for any other file."""
    extension = file_name.rpartition(".")[2].strip().lower() if "." in file_name else ""
    return _EXTENSIONS.get(extension) or _CONTENT_TYPES.get(content_type.partition(";")[0].strip().lower(), "")


@dataclass(frozen=True, slots=True)
class TextFile(Message):
    """Text of a file, ready to be spoken."""

    format: str
    text: str
    title: str = ""
    chapters: tuple[Chapter, ...] = ()
    """Chapters that the file itself states: a book's. Those of Markdown are found in the text."""
    cues: tuple[Cue, ...] = ()
    """Cues of subtitles, whose texts are the lines of `text`; empty for other files."""
    warnings: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """True if nothing in the text is markup, even where it looks like it."""
        return self.format in {"epub", "srt"}


@dataclass(frozen=True, slots=True)
class TextLimits(Message):
    """Limits on a text file."""

    max_bytes: int = 100_000_000
    max_plain_bytes: int = 14_000_000
    """Largest file that is text alone: a million characters of any script, twice as long with markup."""
    max_characters: int = 3_000_000
    """Longest text that is read; a plan allows less."""
    max_unpacked_bytes: int = 64_000_000
    """Most bytes that are unpacked of an archive."""
    memory_bytes: int = 768 << 20
    """Address space limit of the process that reads an archive."""
    cpu_seconds: int = 30
    wall_seconds: float = 60.0

    def check_bytes(self, size: int, *, text_format: str) -> None:
        """Raises DocumentError (empty_file, too_large)."""
        most = self.max_bytes if text_format == "epub" else min(self.max_bytes, self.max_plain_bytes)
        if size == 0:
            raise DocumentError(EMPTY_FILE, "The file is empty. Send a text.")
        if size > most:
            raise DocumentError(TOO_LARGE, f"The file has {size:,} bytes; {most:,} are taken here. Split the text and send its parts.")
