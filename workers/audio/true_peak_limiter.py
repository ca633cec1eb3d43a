"""Limiter that keeps true peaks below a ceiling by smooth gain, with look-ahead, for streams of any length."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.streams import AudioStream, Frames
from workers.audio.true_peak import TAPS, interpolated_peaks

WINDOW_SECONDS: Final = 0.03
"""Time within which the gain falls before a peak and rises after it: short enough to be inaudible as pumping, long enough not to distort."""
MARGIN: Final = 10 ** (-0.1 / 20)
"""The interpolation filter underestimates some peaks by up to a tenth of a decibel."""


class TruePeakLimiter(AudioStream):
    """Applies a gain, less of it around peaks. Only these change; everything else is scaled exactly."""

    def __init__(self, *, gain: float, ceiling: float, sample_rate: int, channels: int) -> None:
        """gain: factor; ceiling: highest true peak of the result as a factor of full scale; sample_rate: Hz."""
        self._gain = gain
        self._ceiling = ceiling * MARGIN
        self._half = max(2 * TAPS, round(WINDOW_SECONDS * sample_rate / 2))
        self._history: Frames = np.zeros((TAPS, channels), np.float32)
        self._waiting: Frames = np.zeros((0, channels), np.float32)
        self._wanted: NDArray[np.float64] = np.ones(2 * self._half)
        """Gain that each sample's peak allows, from 2 * half samples before the first waiting one."""

    def feed(self, frames: Frames) -> Frames:
        """Scale a block; the last 30 ms are held back."""
        scaled = np.asarray(frames * np.float32(self._gain), np.float32)
        peaks = interpolated_peaks(scaled, history=self._history, above=self._ceiling)
        self._history = np.concatenate([self._history, scaled])[-TAPS:]
        self._waiting = np.concatenate([self._waiting, scaled])
        self._wanted = np.concatenate([self._wanted, np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-9))])
        return self._take(len(self._waiting) - 2 * self._half)

    def finish(self) -> Frames:
        self._wanted = np.concatenate([self._wanted, np.ones(2 * self._half)])
        return self._take(len(self._waiting))

    def close(self) -> None:
        self._waiting = self._waiting[:0]

    def _take(self, count: int) -> Frames:
        """Return the first waiting frames, each with the mean of the lowest gains around it: never more than its own peak allows."""
        if count <= 0:
            return self._waiting[:0]
        wanted = self._wanted[: count + 4 * self._half]
        frames, self._waiting = self._waiting[:count], self._waiting[count:]
        self._wanted = self._wanted[count:]
        if wanted.min() >= 1.0:
            return frames
        from scipy.ndimage import minimum_filter1d, uniform_filter1d

        width = 2 * self._half + 1
        smooth = uniform_filter1d(minimum_filter1d(wanted, width, mode="nearest"), width, mode="nearest")
        return np.asarray(frames * smooth[2 * self._half : 2 * self._half + count, None], np.float32)
