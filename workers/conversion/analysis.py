"""Analysis of a prepared recording: level, cuts at quiet moments, profile of its speaker."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.probe.decode_options import WAV_HEADER_BYTES
from workers.audio.recordings import FULL_SCALE, SAMPLE_BYTES
from workers.audio.samples import Samples
from workers.contract.conversion import CONVERSION_RATE
from workers.conversion.stretches import FLOOR_DECIBELS, LevelTrack

CUT_RANGE_SECONDS: Final = 3.0
"""A cut is placed at the quietest moment within this distance of its nominal time."""
PROFILE_BLOCKS: Final = 6
PROFILE_BLOCK_SECONDS: Final = 8.0
"""Long recordings are measured in so many blocks spread over them."""
LOUD_PERCENTILE: Final = 95
SILENT_BELOW_DECIBELS: Final = -70.0
"""Level below which nothing can be heard."""


Read = Callable[[float, float], Samples]
"""Samples between two times in seconds, clipped to the recording."""


def byte_span(first: int, last: int) -> tuple[int, int]:
    """Byte range of samples in a prepared WAV."""
    return WAV_HEADER_BYTES + SAMPLE_BYTES * max(0, first), WAV_HEADER_BYTES + SAMPLE_BYTES * max(0, last)


def to_samples(raw: bytes) -> Samples:
    """Samples of a byte range of a prepared WAV."""
    return np.frombuffer(raw[: len(raw) // SAMPLE_BYTES * SAMPLE_BYTES], "<i2").astype(np.float32) / FULL_SCALE


def open_wav(path: Path) -> tuple[Read, float]:
    """Reader of a prepared WAV, and its length in seconds."""
    count = max(0, path.stat().st_size - WAV_HEADER_BYTES) // SAMPLE_BYTES

    def read(start: float, end: float) -> Samples:
        first, last = byte_span(round(start * CONVERSION_RATE), min(count, round(end * CONVERSION_RATE)))
        with path.open("rb") as file:
            file.seek(first)
            return to_samples(file.read(max(0, last - first)))

    return read, count / CONVERSION_RATE


def choose_cuts(read: Read, *, pieces: int, seconds: float) -> tuple[float, ...]:
    """Boundaries of the pieces, `pieces` + 1 times in seconds, each at the quietest moment near its nominal time."""
    room = min(CUT_RANGE_SECONDS, seconds / pieces / 3)
    cuts = [0.0]
    for piece in range(1, pieces):
        nominal = seconds * piece / pieces
        first, last = nominal - room, nominal + room
        cuts.append(round(LevelTrack(read(first, last), start=first).quietest_time(first, last), 4))
    return (*cuts, seconds)


def profile_samples(read: Read, *, seconds: float) -> Samples:
    """Samples that stand for the whole recording: all of a short one, blocks spread over a long one."""
    if seconds <= PROFILE_BLOCKS * PROFILE_BLOCK_SECONDS:
        return read(0.0, seconds)
    step = seconds / PROFILE_BLOCKS
    starts = [(block + 0.5) * step - PROFILE_BLOCK_SECONDS / 2 for block in range(PROFILE_BLOCKS)]
    return np.concatenate([read(start, start + PROFILE_BLOCK_SECONDS) for start in starts])


def loud_level(samples: Samples) -> float:
    """Level of the loud parts in dB relative to full scale."""
    frames = LevelTrack(samples, start=0.0).frames
    return float(np.percentile(frames, LOUD_PERCENTILE)) if len(frames) else FLOOR_DECIBELS
