"""Interface of the sources of weights, and the workspace of a download."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class SourceError(Exception):
    """The source cannot give the file; the message is one line with the reason. The next source is tried."""


class Progress(Protocol):
    """Receives the progress of a pull."""

    def begin(self, label: str, *, size_bytes: int) -> None: ...

    def set_done(self, done_bytes: int) -> None:
        """Report the number of downloaded bytes."""

    def note(self, line: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """Folder of a pull's downloads, and the receiver of its progress."""

    downloads: Path
    """Whole packages, kept until the set that needs them is complete."""
    progress: Progress


class Source(Protocol):
    """Source of one file."""

    @property
    def label(self) -> str: ...

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Write the file to target, which may hold the beginning of an earlier attempt. Raises SourceError."""
