"""Spectra as Perth's networks were trained on them: 32 kHz, transforms of 2048 every 10 ms, decibels scaled to about 0 to 1."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples

RATE: Final = 32_000
SIZE: Final = 2048
HOP: Final = 320
FLOOR: Final = 1e-9
"""Smallest magnitude (stft_magnitude_min)."""
FLOOR_DB: Final = -180.0
SPAN_DB: Final = 195.0
"""Range from the floor to 15 dB of headroom (perth_net_implicit/utils.py: normalize)."""
LOUD_SHARE: Final = 0.05
"""Frames whose levels sum to less than this share of the largest sum carry no mark (model/__init__.py: magmask)."""

Spectrum = NDArray[np.complex64]
Levels = NDArray[np.float32]


def to_spectrum(samples: Samples) -> Spectrum:
    """Samples [n] at 32 kHz to complex [1025, n // 320 + 1]; frame i is centred on sample 320 i, the ends are mirrored."""
    padded = np.pad(samples, SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP]
    return np.asarray(np.fft.rfft(frames * _window(), axis=1).T, np.complex64)


def to_samples(spectrum: Spectrum, *, length: int) -> Samples:
    """Inverse of to_spectrum: overlapping frames, weighted by the window."""
    frames = np.fft.irfft(spectrum.T, SIZE, axis=1).astype(np.float32) * _window()
    total = HOP * (len(frames) - 1) + SIZE
    samples, weights = np.zeros(total, np.float32), np.zeros(total, np.float32)
    for index, frame in enumerate(frames):
        samples[index * HOP : index * HOP + SIZE] += frame
        weights[index * HOP : index * HOP + SIZE] += _window() ** 2
    return np.asarray(samples / np.maximum(weights, 1e-8), np.float32)[SIZE // 2 : SIZE // 2 + length]


def to_levels(spectrum: Spectrum) -> Levels:
    """Magnitudes in scaled decibels, float32 of the same shape."""
    return np.asarray((20 * np.log10(np.maximum(np.abs(spectrum), FLOOR)) - FLOOR_DB) / SPAN_DB, np.float32)


def from_levels(levels: Levels) -> NDArray[np.float32]:
    return np.asarray(10 ** np.minimum((levels * SPAN_DB + FLOOR_DB) / 20, 10), np.float32)


def loud_frames(levels: Levels) -> NDArray[np.float32]:
    """1 for each frame that carries a mark, 0 for each that is too quiet: float32 [frames]."""
    sums = levels.sum(axis=0)
    return np.asarray(sums > LOUD_SHARE * sums.max(), np.float32)


@cache
def _window() -> NDArray[np.float32]:
    """Hann, periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.float32)
