"""A store in a temporary folder, a hub beside it, and sets of tiny files."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.workers.weights.hub_server import Hub, running_hub
from workers.weights.catalogue import Derivation, WeightFile, WeightSet
from workers.weights.sources.base import Source
from workers.weights.store import WeightStore


@dataclass
class RecordedProgress:
    """Remembers what a pull told."""

    begun: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin(self, label: str, *, size_bytes: int) -> None:
        self.begun.append(label)

    def set_done(self, done_bytes: int) -> None: ...

    def note(self, line: str) -> None:
        self.notes.append(line)


def digest(body: bytes) -> str:
    """Its sha256."""
    return hashlib.sha256(body).hexdigest()


def weight_file(name: str, body: bytes, *sources: Source, appended: bytes = b"") -> WeightFile:
    """A file whose sources give the body, to which bytes may be appended."""
    derivation = Derivation(digest(body), len(body), appended) if appended else None
    return WeightFile(name, digest(body + appended), len(body + appended), sources, derivation)


def store_of(root: Path, *files: WeightFile, name: str = "tiny") -> WeightStore:
    """A store whose catalogue has one set."""
    return WeightStore(root, sets={name: WeightSet(name, "Tiny", "CC0", files)})


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub on this machine."""
    with running_hub() as running:
        yield running


@pytest.fixture
def progress() -> RecordedProgress:
    """Progress recorder for the messages of a pull."""
    return RecordedProgress()


@pytest.fixture(autouse=True)
def _no_given_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTSAI_WEIGHTS_FROM", raising=False)
