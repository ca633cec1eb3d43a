"""Short-time spectra of stereo audio, as Spleeter was trained on, and the masks that split them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.streams import Frames

WINDOW: Final = 4096
HOP: Final = 1024
FRAME_MULTIPLE: Final = 64
"""The network halves the number of frames six times."""
EDGE_BINS: Final = 20
"""Bins whose mean mask stands for those above the network's range, as in Spleeter's extension `average`."""
SMALLEST: Final = 1e-10

Spectra = NDArray[np.complex64]
"""[channels, frames, bins]."""

_HANN: Final = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def analyse(frames: Frames) -> Spectra:
    """Spectra of samples [n, channels], with silence around them, so that every sample lies under a full set of windows."""
    length = -(-len(frames) // HOP) * HOP
    padded = np.pad(frames.T, ((0, 0), (WINDOW - HOP, length - len(frames) + WINDOW - HOP)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)[:, ::HOP]
    return np.asarray(np.fft.rfft(windows * _HANN), np.complex64)


def synthesise(spectra: Spectra, *, length: int) -> Frames:
    """Samples [length, channels] of spectra made by `analyse`."""
    pieces = np.asarray(np.fft.irfft(spectra, WINDOW), np.float32) * _HANN
    channels, count, _ = pieces.shape
    parts = WINDOW // HOP
    total = np.zeros((channels, count + parts - 1, HOP), np.float32)
    for part in range(parts):
        total[:, part : part + count] += pieces[:, :, part * HOP : (part + 1) * HOP]
    scale = np.square(_HANN).reshape(parts, HOP).sum(axis=0)
    start = WINDOW - HOP
    return np.ascontiguousarray((total / scale).reshape(channels, -1)[:, start : start + length].T)


def pad_frames(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pad [channels, frames, bins] with silence to a number of frames that the network takes."""
    return np.pad(magnitudes, ((0, 0), (0, -magnitudes.shape[1] % FRAME_MULTIPLE), (0, 0)))


def masks(estimates: Sequence[NDArray[np.float32]], *, bins: int) -> list[NDArray[np.float32]]:
    """Ratio masks [channels, frames, bins] of the estimated magnitudes [channels, frames, fewer bins]; together they are 1."""
    squares = [np.square(estimate) for estimate in estimates]
    total = sum(squares[1:], squares[0]) + SMALLEST
    return [_extend(np.asarray((square + SMALLEST / len(squares)) / total, np.float32), bins=bins) for square in squares]


def _extend(mask: NDArray[np.float32], *, bins: int) -> NDArray[np.float32]:
    channels, frames, known = mask.shape
    above = np.broadcast_to(mask[:, :, -EDGE_BINS:].mean(axis=2, keepdims=True), (channels, frames, bins - known))
    return np.concatenate([mask, above], axis=2)
