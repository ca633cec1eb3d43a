"""Streams at another rate keep length and alignment."""

import numpy as np
import pytest

from workers.audio.streams import AudioStream, Chain, Frames
from workers.audio.stretches import Shape
from workers.enhancement.resampling import ResamplingStream, at_rate


def run(stream: AudioStream, frames: Frames, *, block: int = 1000) -> Frames:
    with stream:
        made = [stream.feed(frames[start : start + block]) for start in range(0, len(frames), block)]
        return np.concatenate([*made, stream.finish()])


@pytest.mark.parametrize("rate", [8000, 44_100, 96_000, 192_000])
def test_resampling_there_and_back_keeps_length_and_time(rate: int) -> None:
    times = np.arange(rate // 5) / rate
    wave = np.sin(2 * np.pi * 440 * times) * np.sin(np.pi * times / times[-1])
    frames = np.stack([wave, -wave], axis=1).astype(np.float32)
    made = run(at_rate(Chain([]), shape=Shape(rate, 2), sample_rate=48_000), frames)
    assert made.shape == frames.shape
    assert np.abs(made - frames).max() < 1e-3


@pytest.mark.parametrize("length", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(("rate", "other"), [(8000, 48_000), (192_000, 8000), (44_100, 48_000)])
def test_very_short_recordings_keep_their_length(rate: int, other: int, length: int) -> None:
    frames = np.full((length, 3), 0.25, np.float32)
    assert run(at_rate(Chain([]), shape=Shape(rate, 3), sample_rate=other), frames).shape == frames.shape
    converted = run(ResamplingStream(channels=3, input_rate=rate, output_rate=other), frames)
    assert len(converted) == max(1, round(length * other / rate))


def test_equal_rates_need_no_conversion() -> None:
    stream = Chain([])
    assert at_rate(stream, shape=Shape(48_000, 1), sample_rate=48_000) is stream
