"""Weights from a folder on this machine: a mounted disk, another installation's models."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from workers.weights.sources.base import SourceError, Workspace


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One file below a folder with the layout of the store."""

    path: Path

    @property
    def label(self) -> str:
        return str(self.path)

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Copy the file. Raises SourceError if it is missing or has another size."""
        try:
            found_bytes = self.path.stat().st_size
        except OSError as error:
            raise SourceError(f"{self.path} is not there") from error
        if found_bytes != size_bytes:
            raise SourceError(f"{self.path} has {found_bytes} bytes instead of {size_bytes}")
        workspace.progress.begin(self.path.name, size_bytes=size_bytes)
        shutil.copyfile(self.path, target)
