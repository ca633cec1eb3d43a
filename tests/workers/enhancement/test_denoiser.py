"""DeepFilterNet in its child process: length, alignment, hostile samples, failures."""

import sys
from pathlib import Path

import numpy as np
import pytest

from workers.audio.streams import Frames
from workers.contract.errors import WorkError
from workers.engines.deepfilternet import DeepFilterNet
from workers.enhancement import denoiser
from workers.enhancement.denoiser import SAMPLE_RATE, Denoiser

STILL_NOISE = (0.05 * np.random.default_rng(1).standard_normal((SAMPLE_RATE, 2))).astype(np.float32)


def run(stream: Denoiser, frames: Frames, *, block: int = SAMPLE_RATE) -> Frames:
    with stream:
        made = [stream.feed(frames[start : start + block]) for start in range(0, len(frames), block)]
        return np.concatenate([*made, stream.finish()])


def test_any_blocks_give_the_same_frames_of_the_same_length() -> None:
    frames = STILL_NOISE[:10_001]
    made = run(Denoiser(channels=2, attenuation_decibels=100.0), frames)
    assert made.shape == frames.shape
    assert np.array_equal(made, run(Denoiser(channels=2, attenuation_decibels=100.0), frames, block=777))


def test_a_low_attenuation_limit_returns_the_recording_in_time() -> None:
    made = run(Denoiser(channels=1, attenuation_decibels=3.0), STILL_NOISE[:20_000, :1])
    late = [float(made[1000 : 1000 + 15_000, 0] @ STILL_NOISE[1000 - lag : 16_000 - lag, 0]) for lag in range(-500, 501)]
    assert int(np.argmax(late)) - 500 == 0


def test_a_higher_strength_leaves_less_of_steady_noise() -> None:
    power = []
    for strength in (1, 2, 3):
        stream = DeepFilterNet().open_stream(channels=1, strength=strength)
        assert isinstance(stream, Denoiser)
        power.append(float(np.square(run(stream, STILL_NOISE[:, :1])[SAMPLE_RATE // 2 :]).mean()))
    noise = float(np.square(STILL_NOISE[SAMPLE_RATE // 2 :, 0]).mean())
    assert noise > 8 * power[0] > 8 * 4 * power[1] > 8 * 4 * power[2]


def test_a_recording_without_frames_starts_no_process() -> None:
    stream = Denoiser(channels=1, attenuation_decibels=100.0)
    assert len(stream.finish()) == 0
    assert stream._process is None


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "import sys; sys.stdin.buffer.read(10)", "print('\\0' * 3, end='')"])
def test_a_child_process_that_ends_early_is_an_internal_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    (tmp_path / "program.py").write_text(code)
    monkeypatch.setattr(denoiser, "PROGRAM", tmp_path / "program.py")
    with Denoiser(channels=1, attenuation_decibels=100.0) as stream, pytest.raises(WorkError, match="ended unexpectedly"):
        stream.feed(STILL_NOISE[:, :1])


def test_a_child_process_that_hangs_is_ended_after_the_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "program.py").write_text("import sys, time\nsys.stdin.buffer.read(100)\ntime.sleep(60)")
    monkeypatch.setattr(denoiser, "PROGRAM", tmp_path / "program.py")
    monkeypatch.setattr(denoiser, "ANSWER_SECONDS", 0.2)
    with Denoiser(channels=1, attenuation_decibels=100.0) as stream, pytest.raises(WorkError, match="ended unexpectedly"):
        stream.feed(STILL_NOISE[:, :1])


def test_closing_in_the_middle_ends_the_child_process() -> None:
    stream = Denoiser(channels=1, attenuation_decibels=100.0)
    stream.feed(STILL_NOISE[:1000, :1])
    process = stream._process
    assert process is not None
    assert process.args[0] == sys.executable  # type: ignore[index]
    stream.close()
    assert process.returncode is not None
