"""Streams of audio: chains, and blocks that overlap."""

import numpy as np
import pytest

from workers.audio.limiter import PeakLimiter
from workers.audio.loudness import CEILING
from workers.audio.streams import AudioStream, Chain, Frames, OverlappedBlocks


def noise(length: int, channels: int = 2, *, level: float = 0.3) -> Frames:
    return (np.random.default_rng(length).standard_normal((length, channels)) * level).astype(np.float32)


def run(stream: AudioStream, frames: Frames, *, block: int) -> Frames:
    with stream:
        made = [stream.feed(frames[start : start + block]) for start in range(0, len(frames), block)]
        return np.concatenate([*made, stream.finish()])


@pytest.mark.parametrize("length", [1, 99, 100, 101, 179, 180, 181, 1000])
@pytest.mark.parametrize("block", [7, 100, 5000])
def test_overlapped_blocks_of_an_unchanged_recording_are_that_recording(length: int, block: int) -> None:
    frames = noise(length)
    sizes: list[int] = []

    def transform(given: Frames) -> Frames:
        sizes.append(len(given))
        return given

    made = run(OverlappedBlocks(transform, channels=2, block=100, overlap=20), frames, block=block)
    assert made.shape == frames.shape
    assert np.abs(made - frames).max() < 1e-6
    assert all(size == 100 for size in sizes[:-1])
    assert sizes[-1] < 200


def test_neighbouring_blocks_fade_over_into_each_other() -> None:
    levels = iter([0.0, 1.0])
    made = run(
        OverlappedBlocks(lambda given: np.full_like(given, next(levels)), channels=1, block=100, overlap=50), noise(150, 1), block=150
    )[:, 0]
    assert not made[:50].any()
    assert (np.diff(made[49:101]) > 0).all()
    assert (made[100:] == 1.0).all()


def test_an_empty_chain_passes_frames_on() -> None:
    frames = noise(10)
    assert run(Chain([]), frames, block=3).tolist() == frames.tolist()


def test_a_chain_feeds_what_one_stream_held_back_to_the_next() -> None:
    frames = noise(1000)
    chain = Chain([OverlappedBlocks(lambda given: given * 2, channels=2, block=100, overlap=10) for _ in range(3)])
    assert np.abs(run(chain, frames, block=64) - 8 * frames).max() < 1e-5


@pytest.mark.parametrize("length", [1, 95, 96, 97, 5000])
@pytest.mark.parametrize("block", [1, 50, 5000])
def test_the_limiter_keeps_length_and_ceiling_for_any_blocks(length: int, block: int) -> None:
    frames = noise(length, level=1.0)
    made = run(PeakLimiter(sample_rate=8000, channels=2, gain=3.0), frames, block=block)
    assert made.shape == frames.shape
    assert np.abs(made).max() <= CEILING + 1e-6
    assert np.abs(made - run(PeakLimiter(sample_rate=8000, channels=2, gain=3.0), frames, block=length)).max() < 1e-6


def test_the_limiter_leaves_everything_but_the_surroundings_of_a_peak_unchanged() -> None:
    frames = np.full((48_000, 1), 0.1, np.float32)
    frames[20_000] = 3.0
    changed = np.flatnonzero(run(PeakLimiter(sample_rate=48_000, channels=1), frames, block=48_000)[:, 0] != frames[:, 0])
    assert 20_000 - 2000 < changed[0] <= 20_000 <= changed[-1] < 20_000 + 2000
