"""Power mel spectrograms as in the speaker encoder's training: 40 bands, windows of 25 ms every 10 ms, not logarithmic."""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.recognition.diarize.graph import BANDS

WINDOW: Final = 400
HOP: Final = 160

LINEAR_HERTZ: Final = 200 / 3
"""Slaney's mel scale: linear up to 1 kHz, 15 mels, then 27 mels to each factor of 6.4 (Auditory Toolbox, 1998)."""
BREAK_HERTZ: Final = 1000.0
LOG_STEP: Final = math.log(6.4) / 27


def power_mels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples [n] at 16 kHz to frames [n // 160 + 1, 40]: frame i is centred on sample 160 i, with silence around the recording."""
    padded = np.pad(samples, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames * _window(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power @ _filters()


@cache
def _window() -> NDArray[np.float32]:
    """Hann, periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@cache
def _filters() -> NDArray[np.float32]:
    """Triangles [201, 40] of equal area, as librosa.filters.mel makes them by default."""
    edges = _to_hertz(np.linspace(0.0, _to_mel(RECOGNITION_SAMPLE_RATE / 2), BANDS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RECOGNITION_SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


def _to_mel(hertz: float) -> float:
    return BREAK_HERTZ / LINEAR_HERTZ + math.log(hertz / BREAK_HERTZ) / LOG_STEP


def _to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    break_mels = BREAK_HERTZ / LINEAR_HERTZ
    return np.where(mels < break_mels, mels * LINEAR_HERTZ, BREAK_HERTZ * np.exp(LOG_STEP * (mels - break_mels)))
