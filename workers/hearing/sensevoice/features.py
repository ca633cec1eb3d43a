"""Kaldi's log-mel filter banks and stacked frames, the input of SenseVoice."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES: Final = 400
STEP_SAMPLES: Final = 160
TRANSFORM_SAMPLES: Final = 512
BANDS: Final = 80
LOWEST_HERTZ, HIGHEST_HERTZ = 20.0, 8000.0
PREEMPHASIS: Final = 0.97
SMALLEST: Final = np.float32(1.1920928955078125e-07)
"""Smallest energy before the logarithm, as in Kaldi: float32's epsilon."""
INTEGER_SCALE: Final = np.float32(32768.0)
"""Factor to 16-bit integers, the scale of Kaldi's samples."""
RATE: Final = 16_000

Floats = NDArray[np.float32]


def filter_banks(samples: Floats) -> Floats:
    """Log-mel energies [frames, 80] of mono samples at 16 kHz, full scale 1.0: kaldi's fbank with a Hamming window and without dither.

    Every 10 ms a frame of 25 ms, none beyond the end (snip_edges). Formulas: kaldi, feature-window.cc and mel-computations.cc.
    """
    if len(samples) < FRAME_SAMPLES:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples * INTEGER_SCALE, FRAME_SAMPLES)[::STEP_SAMPLES].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME_SAMPLES) / (FRAME_SAMPLES - 1))
    spectrum = np.fft.rfft((frames - PREEMPHASIS * before) * window, TRANSFORM_SAMPLES)[:, : TRANSFORM_SAMPLES // 2]
    energies = (np.abs(spectrum) ** 2) @ _mel_weights().T
    return np.log(np.maximum(energies, SMALLEST)).astype(np.float32)


def stack_frames(features: Floats, *, size: int, step: int) -> Floats:
    """Stack every `size` frames at each `step`: [frames, bands] to [fewer, size * bands]. An incomplete last stack is dropped."""
    if len(features) < size:
        return np.zeros((0, size * features.shape[1]), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(features, size, axis=0)[::step]
    return np.ascontiguousarray(windows.transpose(0, 2, 1)).reshape(len(windows), -1)


@cache
def _mel_weights() -> NDArray[np.float64]:
    """Triangles that are linear in mel, [80, 256]."""
    edges = np.linspace(_mel(LOWEST_HERTZ), _mel(HIGHEST_HERTZ), BANDS + 2)
    bins = _mel(np.arange(TRANSFORM_SAMPLES // 2) * RATE / TRANSFORM_SAMPLES)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    weights: NDArray[np.float64] = np.maximum(0.0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
    return weights


def _mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log(1.0 + np.asarray(hertz) / 700.0))
