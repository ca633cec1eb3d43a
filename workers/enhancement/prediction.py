"""Late reflections predicted from what came before and subtracted: weighted prediction error (Yoshioka and Nakatani 2012), by nara_wpe."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.streams import Frames

SAMPLE_RATE: Final = 48_000
HIGHEST_HZ: Final = 8_000.0
"""Frequency above which nothing is predicted: air and walls absorb what is higher."""
ITERATIONS: Final = 3
PARTS: Final = 4
"""Hops of a window."""
QUIETEST: Final = 1e-4
"""Peak below which a block is passed on: there is nothing to predict in silence."""
ALIKE: Final = 1e-3
"""Largest difference of two channels, relative to the peak, that count as one: two with the same sound cannot be distinguished."""
MOST_JOINT_CHANNELS: Final = 2


@dataclass(frozen=True, slots=True)
class Prediction:
    """Span of the past from which the present is predicted, in windows of 32 ms with hops of 8 ms."""

    delay: int
    """Hops to the most recent frame that is used: what is nearer belongs to the sound itself."""
    taps: int
    """Number of frames used."""
    hop: int = 384
    """Samples of a hop."""


def subtract_prediction(frames: Frames, *, prediction: Prediction, amount: float) -> Frames:
    """Remove `amount` (0 to 1) of what can be predicted in a block of some ten seconds [n, channels] at 48 kHz."""
    peak = float(np.abs(frames).max()) if len(frames) else 0.0
    if peak < QUIETEST or len(frames) < prediction.hop * PARTS * (prediction.delay + prediction.taps):
        return frames
    if frames.shape[1] > 1 and float(np.ptp(frames, axis=1).max()) < ALIKE * peak:
        one = subtract_prediction(frames.mean(axis=1, keepdims=True), prediction=prediction, amount=amount)
        return np.repeat(one, frames.shape[1], axis=1)
    groups = [frames] if frames.shape[1] <= MOST_JOINT_CHANNELS else [frames[:, index : index + 1] for index in range(frames.shape[1])]
    return np.concatenate([_subtract(group, prediction=prediction, amount=amount) for group in groups], axis=1)


def _subtract(frames: Frames, *, prediction: Prediction, amount: float) -> Frames:
    from nara_wpe.wpe import wpe_v8

    window, hop = prediction.hop * PARTS, prediction.hop
    hann = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)).astype(np.float32)
    spectra = _analyse(frames, hann=hann, hop=hop)
    used = int(HIGHEST_HZ * window / SAMPLE_RATE)
    observed = np.ascontiguousarray(spectra[:, :, 1:used].transpose(2, 0, 1), np.complex128)  # [bins, channels, frames]
    with np.errstate(all="ignore"):
        dried = wpe_v8(observed, taps=prediction.taps, delay=prediction.delay, iterations=ITERATIONS, statistics_mode="full")
    late = np.nan_to_num(observed - dried)
    # A bad estimate must never make a frame louder than it was.
    late *= np.minimum(1.0, np.abs(observed) / np.maximum(np.abs(late), 1e-12))
    spectra[:, :, 1:used] -= (amount * late).transpose(1, 2, 0)
    return _synthesise(spectra, hann=hann, hop=hop, length=len(frames))


def _analyse(frames: Frames, *, hann: NDArray[np.float32], hop: int) -> NDArray[np.complex64]:
    """Spectra [channels, frames, bins] of samples [n, channels] with silence around them."""
    window = len(hann)
    padded = np.pad(frames.T, ((0, 0), (window - hop, -len(frames) % hop + window - hop)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1)[:, ::hop]
    return np.asarray(np.fft.rfft(windows * hann), np.complex64)


def _synthesise(spectra: NDArray[np.complex64], *, hann: NDArray[np.float32], hop: int, length: int) -> Frames:
    window = len(hann)
    pieces = np.asarray(np.fft.irfft(spectra, window), np.float32) * hann
    channels, count, _ = pieces.shape
    total = np.zeros((channels, count + PARTS - 1, hop), np.float32)
    for part in range(PARTS):
        total[:, part : part + count] += pieces[:, :, part * hop : (part + 1) * hop]
    start = window - hop
    return np.ascontiguousarray(total.reshape(channels, -1)[:, start : start + length].T * np.float32(2 / PARTS))
