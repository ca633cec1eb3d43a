"""Folder of the weights and the state of its sets."""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sets import SETS

STAMP_NAME: Final = ".complete"
"""File written into a set's folder once every file's digest was verified."""

READ_BYTES: Final = 1 << 20
CHECKOUT: Final = Path(__file__).resolve().parents[2]


class WeightsMissingError(WorkError):
    """An engine's weights are not on this machine."""

    def __init__(self, message: str) -> None:
        super().__init__(ENGINE_UNAVAILABLE, message)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that differs from the catalogue."""

    file: str
    reason: str


def sha256_of(path: Path) -> str:
    """Hexadecimal digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


class WeightStore:
    """Weight sets below one folder, each in a folder of its own name."""

    def __init__(self, root: Path, *, sets: Mapping[str, WeightSet] = SETS) -> None:
        self.root = root
        self.sets = sets

    @classmethod
    def default(cls) -> Self:
        """Store of this process: TTSAI_MODELS, otherwise models/ in TTSAI_HOME, otherwise var/models beside the code, as for `ttsai up`."""
        if folder := os.environ.get("TTSAI_MODELS"):
            return cls(Path(folder))
        return cls(Path(os.environ.get("TTSAI_HOME") or CHECKOUT / "var") / "models")

    def folder(self, set_name: str) -> Path:
        """Folder in which the files of a set lie."""
        return self.root / set_name

    def path(self, set_name: str, file_name: str) -> Path:
        """Path of one file of a set. Raises WeightsMissingError if it is missing."""
        path = self.folder(set_name) / file_name
        if not path.is_file():
            message = f"The weights file {set_name}/{file_name} is missing. Get it with: ttsai models pull {set_name}"
            raise WeightsMissingError(message)
        return path

    def is_complete(self, set_name: str) -> bool:
        """True if every file exists with its size and the set was verified once. Reads no weights."""
        weights = self.sets[set_name]
        return self._stamped_digest(weights) == weights.digest and all(self._has_size(weights, file) for file in weights.files)

    def verify(self, set_name: str) -> list[Problem]:
        """Verify every file's digest; returns the problems. A damaged set is downloaded again by the next pull."""
        weights = self.sets[set_name]
        problems = [problem for file in weights.files if (problem := self._check(weights, file))]
        if problems:
            self.remove_stamp(weights)
        return problems

    def has_file(self, weights: WeightSet, file: WeightFile) -> bool:
        """True if the file exists with the right digest."""
        return self._check(weights, file) is None

    def write_stamp(self, weights: WeightSet) -> None:
        """Record that every file of the set was verified."""
        stamp = self.folder(weights.name) / STAMP_NAME
        temporary = stamp.with_suffix(".new")
        temporary.write_text(json.dumps({"digest": weights.digest}))
        temporary.replace(stamp)

    def remove_stamp(self, weights: WeightSet) -> None:
        """Remove the record that the set was verified; ignored in a read-only folder, where nothing could be repaired anyway."""
        with contextlib.suppress(OSError):
            (self.folder(weights.name) / STAMP_NAME).unlink(missing_ok=True)

    def _stamped_digest(self, weights: WeightSet) -> str:
        try:
            stamp = json.loads((self.folder(weights.name) / STAMP_NAME).read_text())
        except (OSError, ValueError):
            return ""
        return str(stamp.get("digest", "")) if isinstance(stamp, dict) else ""

    def _has_size(self, weights: WeightSet, file: WeightFile) -> bool:
        path = self.folder(weights.name) / file.name
        try:
            return path.stat().st_size == file.size_bytes
        except OSError:
            return False

    def _check(self, weights: WeightSet, file: WeightFile) -> Problem | None:
        path = self.folder(weights.name) / file.name
        try:
            size_bytes = path.stat().st_size
            if size_bytes != file.size_bytes:
                return Problem(file.name, f"has {size_bytes} bytes instead of {file.size_bytes}")
            if sha256_of(path) != file.sha256:
                return Problem(file.name, "has another sha256 than the catalogue says")
        except FileNotFoundError:
            return Problem(file.name, "is missing")
        except OSError as error:
            return Problem(file.name, f"cannot be read: {error.strerror}")
        return None
