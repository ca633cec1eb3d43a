"""Adapters of libraries that separate music: the calls they make, bound to the libraries' real signatures."""

import os
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.workers.adapters.stand_ins import FakeTensor, StandIn, fake_torch
from workers.adapters import library as adapter_library
from workers.contract.audio_processing import STEM_NAMES
from workers.contract.errors import WorkError
from workers.engines.demucs import DemucsEngine
from workers.engines.spleeter_tensorflow import SpleeterTensorflowEngine

FRAMES = np.linspace(-0.5, 0.5, 2000, dtype=np.float32).reshape(1000, 2)


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    monkeypatch.setenv("MODEL_PATH", "")
    for kind in (adapter_library.Package, adapter_library.LinkedFiles):
        monkeypatch.setattr(kind, "find_obstacle", lambda _: "")


@pytest.mark.parametrize("stems", [2, 4, 6])
def test_demucs_splits_into_the_named_stems(monkeypatch: pytest.MonkeyPatch, stems: int) -> None:
    names = STEM_NAMES[6 if stems == 6 else 4]
    made = {name: FakeTensor(np.full((2, 1000), number, np.float32)) for number, name in enumerate(names)}
    stand_in = StandIn("demucs", results={"Separator.separate_tensor": (None, made)})
    stand_in.install(monkeypatch)
    engine = DemucsEngine()
    engine.load()
    found = engine.separate(FRAMES, stems=stems)
    assert tuple(found) == STEM_NAMES[stems]
    assert all(stem.shape == (1000, 2) for stem in found.values())
    if stems == 2:
        assert found["accompaniment"][0, 0] == 1 + 2 + 3
    opened = [arguments for name, arguments in stand_in.calls if name == "Separator.__init__"]
    assert [arguments["model"] for arguments in opened] == ["955717e8", "5c90dfd2"]
    assert stand_in.arguments_of("Separator.separate_tensor")["wav"].values.shape == (2, 1000)


@pytest.mark.parametrize("stems", [4, 5])
def test_spleeter_library_splits_into_the_named_stems(monkeypatch: pytest.MonkeyPatch, stems: int) -> None:
    made = {name: np.zeros((1024, 2)) for name in STEM_NAMES[stems]}
    stand_in = StandIn("spleeter", results={"Separator.separate": made})
    stand_in.install(monkeypatch)
    engine = SpleeterTensorflowEngine()
    engine.load()
    found = engine.separate(FRAMES, stems=stems)
    assert tuple(found) == STEM_NAMES[stems]
    assert all(stem.shape == (1000, 2) for stem in found.values())
    opened = [arguments for name, arguments in stand_in.calls if name == "Separator.__init__"]
    assert opened == [{"params_descriptor": f"spleeter:{number}stems", "multiprocess": False} for number in (4, 5)]
    assert os.environ["MODEL_PATH"].endswith("spleeter-tensorflow")


@pytest.mark.parametrize(("engine", "stems"), [(DemucsEngine(), 5), (SpleeterTensorflowEngine(), 2)])
def test_number_of_stems_that_a_library_cannot_make_is_refused(engine: Any, stems: int) -> None:
    with pytest.raises(WorkError, match="stems, not"):
        engine.separate(FRAMES, stems=stems)


@pytest.mark.parametrize("engine", [DemucsEngine(), SpleeterTensorflowEngine()])
def test_missing_library_is_named_with_the_command(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert f"pip install {engine.find_obstacle().split('pip install ')[1]}" in engine.find_obstacle()
    assert "==" in engine.find_obstacle()


@pytest.mark.parametrize(("engine", "file"), [(DemucsEngine(), "955717e8-8726e21a.th"), (SpleeterTensorflowEngine(), "4stems/checkpoint")])
def test_missing_weights_are_named_with_the_command(engine: Any, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(adapter_library.Package, "find_obstacle", lambda _: "")
    obstacle = engine.find_obstacle()
    assert file in obstacle
    assert "curl -fL" in obstacle


def test_stand_in_of_a_library_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        StandIn("demucs", results={}).instance("demucs.api", "Separator").sample_rate  # noqa: B018
    assert isinstance(fake_torch(), SimpleNamespace)
