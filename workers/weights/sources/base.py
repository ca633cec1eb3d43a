"""Interface of every source of weights, and the workspace that it may use while it fetches."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class SourceError(Exception):
    """A source cannot give the file; the message is one line and says why. The next source is tried."""


class Progress(Protocol):
    """Told how far a pull is."""

    def begin(self, label: str, *, size_bytes: int) -> None:
        """A new file or package is being fetched; size_bytes is 0 where it is not known."""

    def set_done(self, done_bytes: int) -> None:
        """So many bytes of it are here."""

    def note(self, line: str) -> None:
        """Something that the user should read, one line."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Folder for what a pull has fetched so far, and the receiver of its progress."""

    downloads: Path
    """Whole packages, kept until the set that needs them is complete."""
    progress: Progress


class Source(Protocol):
    """One place that can give one file."""

    @property
    def label(self) -> str:
        """Name of the source in messages."""

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Writes the file to target, which may hold the beginning of an earlier try. Raises SourceError."""
