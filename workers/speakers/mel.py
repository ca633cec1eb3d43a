"""Power mel spectrograms of the speaker encoders: 40 bands, frames of 25 ms every 10 ms, not logarithmic."""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE

BANDS: Final = 40
WINDOW: Final = 400
HOP: Final = 160
HAMMING: Final = (0.54, 0.46)
"""Constant and cosine of the window."""

LINEAR_HERTZ: Final = 200 / 3
"""Slaney's mel scale: linear up to 1 kHz, 15 mels, then 27 mels to each factor of 6.4 (Auditory Toolbox, 1998)."""
BREAK_HERTZ: Final = 1000.0
LOG_STEP: Final = math.log(6.4) / 27


def power_mels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples [n] at 16 kHz to frames [n // 160 + 1, 40]: frame i is centred on sample 160 i, with silence around the recording."""
    return framed_mels(np.pad(samples, WINDOW // 2), window=hann())


def framed_mels(samples: NDArray[np.float32], *, window: NDArray[np.float32]) -> NDArray[np.float32]:
    """Frames [(n - len(window)) // 160 + 1, 40] of the samples [n] at 16 kHz, none if there are fewer than the window has."""
    if len(samples) < len(window):
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, len(window))[::HOP]
    spectrum = np.fft.rfft(frames * window, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power @ mel_filters(len(window))


@cache
def hann() -> NDArray[np.float32]:
    """Window [400], periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@cache
def hamming(size: int) -> NDArray[np.float32]:
    """Window [size], of which the middle 400 are periodic and the rest is zero."""
    window = HAMMING[0] - HAMMING[1] * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    before = (size - WINDOW) // 2
    return np.pad(window, (before, size - WINDOW - before)).astype(np.float32)


@cache
def mel_filters(size: int) -> NDArray[np.float32]:
    """Triangles [size // 2 + 1, 40] of equal area, as librosa.filters.mel makes them by default."""
    edges = _to_hertz(np.linspace(0.0, _to_mel(RECOGNITION_SAMPLE_RATE / 2), BANDS + 2))
    bins = np.fft.rfftfreq(size, 1 / RECOGNITION_SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


def _to_mel(hertz: float) -> float:
    return BREAK_HERTZ / LINEAR_HERTZ + math.log(hertz / BREAK_HERTZ) / LOG_STEP


def _to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    break_mels = BREAK_HERTZ / LINEAR_HERTZ
    return np.where(mels < break_mels, mels * LINEAR_HERTZ, BREAK_HERTZ * np.exp(LOG_STEP * (mels - break_mels)))
