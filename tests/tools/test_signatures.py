"""Signatures read from sources, and the files that the adapters' tests use."""

import json
from pathlib import Path

import pytest

from tools import signatures
from tools.signatures import FOLDER, LIBRARIES, Source, describe

SOURCE = """
class Base:
    def load(self, path, *, strict=True, **options): self.rate = 1

class Model(Base):
    @classmethod
    def open(cls, folder, device="cpu"): ...
    @property
    def sample_rate(self): ...

def helper(a, b=1, *rest): ...
"""


@pytest.mark.parametrize("library", LIBRARIES)
def test_signatures_of_each_library_are_those_of_the_named_version(library: str) -> None:
    kept = json.loads((FOLDER / f"{library}.json").read_text())
    source = LIBRARIES[library]
    assert kept.get("version", kept.get("commit")) == source.version
    assert set(kept["functions"]) == {f"{called.module}:{name}" for called in source.called for name in called.names}
    assert all(len(digest) == 64 for digest in kept["sha256"].values())


def test_each_stored_file_is_of_a_known_library() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LIBRARIES)


def test_inherited_methods_defaults_and_attributes_are_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module.py").write_text(SOURCE)
    called = signatures.CalledFunction("module", "module.py", ("Model.open", "Model.load", "helper"))
    monkeypatch.setitem(LIBRARIES, "trial", Source("1", (called,)))
    described = describe("trial", tmp_path)
    assert described["attributes"] == {"module:Model": ["rate", "sample_rate"]}
    assert described["functions"]["module:Model.open"]["positional"] == [["cls", False], ["folder", False], ["device", True]]
    assert described["functions"]["module:Model.open"]["binding"] == "classmethod"
    assert described["functions"]["module:Model.load"]["keyword_only"] == [["strict", True]]
    assert described["functions"]["module:Model.load"]["extra_keywords"] == "options"
    assert described["functions"]["module:helper"]["extra_positional"] == "rest"
