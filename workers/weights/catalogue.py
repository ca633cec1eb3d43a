"""Weight sets: their files, digests and sources."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from workers.weights.sources.base import Source


@dataclass(frozen=True, slots=True)
class Derivation:
    """Rule that derives a file from what its sources give, by appending bytes."""

    raw_sha256: str
    raw_size_bytes: int
    appended: bytes


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a set."""

    name: str
    """Path below the set's folder, with forward slashes."""
    sha256: str
    size_bytes: int
    sources: tuple[Source, ...]
    """Sources in the order in which they are tried."""
    derivation: Derivation | None = None

    @property
    def raw_sha256(self) -> str:
        """Digest of the source's file."""
        return self.derivation.raw_sha256 if self.derivation else self.sha256

    @property
    def raw_size_bytes(self) -> int:
        """Size of the source's file."""
        return self.derivation.raw_size_bytes if self.derivation else self.size_bytes


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Files of one engine, pulled and verified together."""

    name: str
    description: str
    licence: str
    files: tuple[WeightFile, ...]

    @property
    def size_bytes(self) -> int:
        """Size of the set on disk, in bytes."""
        return sum(file.size_bytes for file in self.files)

    @property
    def digest(self) -> str:
        """Digest that changes whenever a file of the set does."""
        lines = sorted(f"{file.sha256}  {file.name}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def file(self, name: str) -> WeightFile:
        """File of that name. Raises KeyError."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)


def index_sets(sets: Iterable[WeightSet]) -> dict[str, WeightSet]:
    """Sets by name, in the given order."""
    return {weights.name: weights for weights in sets}
