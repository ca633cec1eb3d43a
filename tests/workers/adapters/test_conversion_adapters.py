"""Adapters of libraries that convert voices: the calls they make, bound to the libraries' real signatures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.workers.adapters.stand_ins import FakeTensor, StandIn, fake_torch
from workers.adapters import library as adapter_library
from workers.adapters.conversion import ReferenceConverter
from workers.contract.conversion import CONVERSION_RATE, Delivery, SpeakerProfile
from workers.contract.errors import WorkError
from workers.contract.references import Address
from workers.contract.voices import VoiceRef
from workers.engines.knn_vc import KnnVcEngine
from workers.engines.openvoice_convert import OpenVoiceConverter
from workers.protocols.converter import ConversionOptions

SECOND = np.linspace(-0.5, 0.5, CONVERSION_RATE, dtype=np.float32)
NOBODY = SpeakerProfile(5.0, 0.2, (), ())


@pytest.fixture(autouse=True)
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TTSAI_OBJECTS", str(tmp_path))
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    soundfile.write(tmp_path / "speaker.wav", SECOND, CONVERSION_RATE)
    return tmp_path


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that loads an adapter whose library and weights seem to be there."""
    engines: list[ReferenceConverter] = []

    def load(engine: ReferenceConverter) -> ReferenceConverter:
        for kind in (adapter_library.Checkout, adapter_library.HubWeights, adapter_library.LinkedFiles):
            monkeypatch.setattr(kind, "find_obstacle", lambda _: "")
        engine.load()
        engines.append(engine)
        return engine

    yield load
    for engine in engines:
        engine.unload()


def test_knn_vc_matches_the_source_with_the_recording(monkeypatch: pytest.MonkeyPatch, folders: Path, loaded: Any) -> None:
    hub_folders: list[str] = []
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(hub=SimpleNamespace(set_dir=hub_folders.append)))
    results: dict[str, Any] = {
        "KNeighborsVC.get_features": "features",
        "KNeighborsVC.get_matching_set": "matching set",
        "KNeighborsVC.match": FakeTensor(np.zeros(16_000)),
        "KNeighborsVC.sr": 16_000,
    }
    stand_in = StandIn("knn-vc", results=results)
    results["knn_vc"] = stand_in.instance("matcher", "KNeighborsVC")
    stand_in.install(monkeypatch)
    converted = converted_by(loaded(KnnVcEngine()))
    assert abs(len(converted) - CONVERSION_RATE) < 50
    assert hub_folders == [str(folders / "models" / "knn-vc")]
    assert stand_in.arguments_of("KNeighborsVC.match") == {"query_seq": "features", "matching_set": "matching set", "topk": 4}
    assert stand_in.arguments_of("knn_vc")["device"] == "cpu"


def test_openvoice_moves_the_tone_colour_of_the_source(monkeypatch: pytest.MonkeyPatch, loaded: Any) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    results = {
        "ToneColorConverter.extract_se": lambda arguments: f"colour of {len(arguments['ref_wav_list'])}",
        "ToneColorConverter.convert": np.zeros(22_050, np.float32),
        "ToneColorConverter.hps": SimpleNamespace(data=SimpleNamespace(sampling_rate=22_050)),
    }
    stand_in = StandIn("openvoice", results=results)
    stand_in.install(monkeypatch)
    converted = converted_by(loaded(OpenVoiceConverter()), delivery=Delivery(speed=2.0))
    assert abs(len(converted) - CONVERSION_RATE / 2) < 100
    assert stand_in.arguments_of("ToneColorConverter.convert")["tgt_se"] == "colour of 1"
    assert "tau" not in stand_in.arguments_of("ToneColorConverter.convert")


@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0])
def test_strength_of_the_target_is_the_tau_of_the_library(monkeypatch: pytest.MonkeyPatch, loaded: Any, tau: float) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    results = {
        "ToneColorConverter.extract_se": "colour",
        "ToneColorConverter.convert": np.zeros(22_050, np.float32),
        "ToneColorConverter.hps": SimpleNamespace(data=SimpleNamespace(sampling_rate=22_050)),
    }
    stand_in = StandIn("openvoice", results=results)
    stand_in.install(monkeypatch)
    converted_by(loaded(OpenVoiceConverter()), tau=tau)
    assert stand_in.arguments_of("ToneColorConverter.convert")["tau"] == tau


def test_built_in_voice_has_no_recording_to_convert_to(monkeypatch: pytest.MonkeyPatch, loaded: Any) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    StandIn("openvoice", results={}).install(monkeypatch)
    with pytest.raises(WorkError, match="has no recording"):
        converted_by(loaded(OpenVoiceConverter()), voice=VoiceRef("af_bella"))


@pytest.mark.parametrize("engine", [KnnVcEngine(), OpenVoiceConverter()])
def test_missing_checkout_is_named_with_the_command(engine: ReferenceConverter) -> None:
    assert "git clone --recursive https://github.com/" in engine.find_obstacle()
    assert engine.library.commit in engine.find_obstacle()  # type: ignore[union-attr]


def converted_by(
    engine: ReferenceConverter, *, voice: VoiceRef | None = None, delivery: Delivery | None = None, tau: float | None = None
) -> Any:
    target = voice or VoiceRef("mine", conditioning=Address("folder", "speaker.wav"))
    options = ConversionOptions(target, NOBODY, NOBODY, delivery or Delivery(), tau=tau)
    return engine.convert(SECOND, text="", language="", options=options)
