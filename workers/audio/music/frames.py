"""Overlapping windows of a stream."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SAMPLE_RATE = 22_050
"""Rate in Hz at which music is analysed."""


class SpectrumStream:
    """Magnitude spectra of overlapping Hann windows of a mono stream."""

    def __init__(self, *, size: int, hop: int) -> None:
        """size, hop: in samples."""
        self._hop = hop
        self._size = size
        self._window = np.hanning(size).astype(np.float32)
        self._waiting: Samples = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> NDArray[np.float32]:
        """Spectra [frames, size / 2 + 1] that a block of samples [n] completes."""
        waiting = np.concatenate([self._waiting, samples])
        count = max(0, (len(waiting) - self._size) // self._hop + 1)
        if not count:
            self._waiting = waiting
            return np.zeros((0, self._size // 2 + 1), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(waiting, self._size)[:: self._hop][:count]
        self._waiting = waiting[count * self._hop :]
        return np.abs(np.fft.rfft(windows * self._window, axis=1)).astype(np.float32)
