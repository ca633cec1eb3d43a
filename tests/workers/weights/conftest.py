"""Store in a temporary folder, a hub beside it, and sets of tiny files."""

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
    begun: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin(self, label: str, *, size_bytes: int) -> None:
        self.begun.append(label)

    def set_done(self, done_bytes: int) -> None: ...

    def note(self, line: str) -> None:
        self.notes.append(line)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def weight_file(name: str, body: bytes, *sources: Source, appended: bytes = b"") -> WeightFile:
    """File whose sources give the body; bytes may be appended."""
    derivation = Derivation(digest(body), len(body), appended) if appended else None
    return WeightFile(name, digest(body + appended), len(body + appended), sources, derivation)


def store_of(root: Path, *files: WeightFile, name: str = "tiny") -> WeightStore:
    return WeightStore(root, sets={name: WeightSet(name, "Tiny", "CC0", files)})


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        yield running


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress()


@pytest.fixture(autouse=True)
def _no_given_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTSAI_WEIGHTS_FROM", raising=False)
