"""Spleeter with its real weights."""

from collections.abc import Iterator

import numpy as np
import pytest

from workers.contract.errors import WorkError
from workers.engines.spleeter import SAMPLE_RATE, SpleeterEngine
from workers.weights.store import WeightStore


@pytest.fixture(scope="module")
def engine() -> Iterator[SpleeterEngine]:
    spleeter = SpleeterEngine()
    assert spleeter.find_obstacle() == ""
    spleeter.load()
    yield spleeter
    spleeter.unload()


def test_stems_of_a_recording_add_up_to_it(engine: SpleeterEngine) -> None:
    frames = np.random.default_rng(2).uniform(-0.3, 0.3, (SAMPLE_RATE, 2)).astype(np.float32)
    stems = engine.separate(frames, stems=2)
    assert list(stems) == ["vocals", "accompaniment"]
    assert np.abs(stems["vocals"] + stems["accompaniment"] - frames).max() < 1e-5


def test_a_steady_chord_goes_to_the_accompaniment(engine: SpleeterEngine) -> None:
    times = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * frequency * times) for frequency in (110.0, 138.6, 164.8)) * 0.1
    stems = engine.separate(np.stack([chord, chord], axis=1).astype(np.float32), stems=2)
    energy = {name: float(np.square(stem).sum()) for name, stem in stems.items()}
    assert energy["accompaniment"] > 10 * energy["vocals"]


@pytest.mark.parametrize("length", [1, 1000])
def test_silence_of_any_length_stays_silent(engine: SpleeterEngine, length: int) -> None:
    stems = engine.separate(np.zeros((length, 2), np.float32), stems=2)
    assert all(stem.shape == (length, 2) and not stem.any() for stem in stems.values())


def test_four_stems_are_refused_with_what_it_makes(engine: SpleeterEngine) -> None:
    with pytest.raises(WorkError, match="Spleeter makes 2 stems, not 4"):
        engine.separate(np.zeros((10, 2), np.float32), stems=4)


def test_missing_weights_are_an_obstacle_that_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    assert WeightStore.default().root == tmp_path
    assert "ttsai models pull spleeter" in SpleeterEngine().find_obstacle()
