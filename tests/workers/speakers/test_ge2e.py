"""Parts of the encoder against known values."""

import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.workers.recognition.diarize.conversations import CARDS, DHD, LIBRIVOX, clip, speech_of
from workers.speakers import GE2E
from workers.speakers.checkpoint import CheckpointError, read_tensors
from workers.speakers.mel import power_mels
from workers.weights.sets.speakers import SPEAKERS
from workers.weights.store import WeightStore


def test_a_tone_lies_in_its_band_and_nowhere_else() -> None:
    """1 kHz is 15 of 45.2 mels: between bands 13 and 14 of 40, whose centres are 936 and 1012 Hz."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    mels = power_mels(tone)
    assert mels.shape == (101, 40)
    middle = mels[50]
    assert int(middle.argmax()) == 13
    assert middle[[0, 5, 20, 39]].max() < middle.max() * 1e-3


def test_a_frame_is_centred_on_its_time() -> None:
    click = np.zeros(16_000, np.float32)
    click[8_000] = 1.0
    energy = power_mels(click).sum(axis=1)
    assert int(energy.argmax()) == 50
    assert np.flatnonzero(energy > energy.max() * 1e-4).tolist() == [49, 50, 51]


def test_prints_of_one_speaker_are_alike_and_of_two_are_not() -> None:
    def centre(name: str) -> np.ndarray:
        samples = clip(name)
        windows = [samples[round(s * 16_000) : round(min(e, s + 1.6) * 16_000)] for s, e in speech_of(samples) if e - s > 1]
        return GE2E.embed_windows(windows).mean(axis=0) if windows else np.zeros(256)

    groups = [[c / np.linalg.norm(c) for c in map(centre, names) if c.any()] for names in (LIBRIVOX, DHD, CARDS)]
    same = [a @ b for group in groups for at, a in enumerate(group) for b in group[:at]]
    other = [a @ b for at, group in enumerate(groups) for rest in groups[:at] for a in group for b in rest]
    assert np.mean(same) > 0.7
    assert np.mean(other) < 0.55


def test_loudness_and_batches_do_not_change_a_print() -> None:
    samples = clip("librivox-0870")[16_000 : 16_000 + 25_600]
    loud, quiet = GE2E.embed_windows([samples * 0.02, samples * 0.01])
    assert loud @ quiet > 0.9999
    many = GE2E.embed_windows([samples] * 40)
    assert np.allclose(many, many[0], atol=1e-5)
    assert GE2E.embed_windows([]).shape == (0, 256)


def test_threads_that_come_at_once_share_one_encoder() -> None:
    samples = clip("dhd-numbers")[16_000 : 16_000 + 25_600]
    expected, results = GE2E.embed_windows([samples]), []
    threads = [threading.Thread(target=lambda: results.append(GE2E.embed_windows([samples]))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(np.array_equal(result, expected) for result in results)


def test_the_checkpoint_holds_the_layers_of_the_model() -> None:
    tensors = read_tensors(WeightStore.default().path(SPEAKERS.name, "pretrained.pt"), entry="model_state")
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    assert shapes["lstm.weight_ih_l0"] == (1024, 40)
    assert shapes["lstm.weight_hh_l2"] == (1024, 256)
    assert shapes["linear.weight"] == (256, 256)
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


class _Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04zip", b"\x80\x02K\x05.", pickle.dumps(5) * 3])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pretrained.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError):
        read_tensors(path, entry="model_state")


def test_settings_file_that_names_a_program_runs_nothing(tmp_path: Path) -> None:
    path, touched = tmp_path / "pretrained.pt", tmp_path / "touched"
    path.write_bytes(pickle.dumps(_Bomb(touched)))
    with pytest.raises(CheckpointError):
        read_tensors(path, entry="model_state")
    assert not touched.exists()
    pickle.loads(path.read_bytes())  # noqa: S301 - that it would have
    assert touched.exists()
