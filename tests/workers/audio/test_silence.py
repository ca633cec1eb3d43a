"""Silence: found by level, cut with short fades."""

import numpy as np
import pytest

from workers.audio.peaks import PeakMeter
from workers.audio.silence import LevelMeter, find_sound, keep_stretches

RATE = 8000


def levels_of(samples: np.ndarray, *, block: int = 777) -> np.ndarray:
    meter = LevelMeter(sample_rate=RATE)
    for start in range(0, len(samples), block):
        meter.feed(samples[start : start + block])
    return meter.finish()


def bursts(*stretches: tuple[float, float], seconds: float) -> np.ndarray:
    """Stereo silence with a tone in the second channel from each start to each end, in seconds."""
    times = np.arange(round(seconds * RATE)) / RATE
    is_loud = np.any([(times >= start) & (times < end) for start, end in stretches], axis=0) if stretches else np.zeros(len(times))
    return np.stack([np.zeros(len(times)), 0.3 * np.sin(2 * np.pi * 400 * times) * is_loud], axis=1).astype(np.float32)


SOUND = bursts((1.0, 2.0), (2.3, 3.0), (5.0, 6.0), seconds=7.5)


@pytest.mark.parametrize(
    ("padding", "pause", "expected"),
    [
        (0.1, None, [(0.9, 6.1)]),
        (0.0, None, [(1.0, 6.0)]),
        (3.0, None, [(0.0, 7.5)]),
        (0.1, 1.0, [(0.9, 3.1), (4.9, 6.1)]),
        (0.1, 0.2, [(0.9, 2.1), (2.2, 3.1), (4.9, 6.1)]),
        (0.5, 0.2, [(0.5, 3.5), (4.5, 6.5)]),
    ],
)
def test_find_sound_keeps_padding_and_pauses_as_asked(padding: float, pause: float | None, expected: list[tuple[float, float]]) -> None:
    found = find_sound(levels_of(SOUND), threshold_decibels=-50, padding_seconds=padding, longest_pause_seconds=pause)
    assert [(round(start, 2), round(end, 2)) for start, end in found] == expected


def test_find_sound_in_silence_or_below_the_threshold_finds_nothing() -> None:
    for samples, threshold in ((bursts(seconds=2.0), -90.0), (SOUND, -6.0), (SOUND[:0], -50.0)):
        assert find_sound(levels_of(samples), threshold_decibels=threshold, padding_seconds=0.1, longest_pause_seconds=None) == []


@pytest.mark.parametrize("block", [100, 8000, 100_000])
def test_kept_stretches_are_exact_between_their_fades(block: int) -> None:
    stretches = [(0.0, 1.5), (2.0, 2.5), (5.5, 7.5)]
    blocks = [SOUND[start : start + block] for start in range(0, len(SOUND), block)]
    kept = np.concatenate(list(keep_stretches(blocks, stretches, sample_rate=RATE)))
    whole = np.concatenate([SOUND[round(start * RATE) : round(end * RATE)] for start, end in stretches])
    assert len(kept) == len(whole)
    fade = RATE // 200
    changed = np.flatnonzero(np.abs(kept - whole).max(axis=1) > 0)
    assert set(changed // fade * fade) <= {12_000 - fade, 12_000, 16_000 - fade, 16_000, len(whole) - fade}
    assert kept[12_000].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("bits", "full"), [(8, 127), (16, 32767)])
def test_peaks_are_lowest_and_highest_of_each_pixel_and_channel(bits: int, full: int) -> None:
    meter = PeakMeter(samples_per_pixel=4, bits=bits)
    samples = np.array([[0, 0], [1, -1], [-0.5, 0], [0, 0.5], [2, -2], [0.25, 0]], np.float32)
    for start in (0, 3):
        meter.feed(samples[start : start + 3])
    half = round(full / 2)
    assert meter.finish() == [-half, full, -full, half, round(full / 4), full, -full, 0]
