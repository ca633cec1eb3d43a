"""True peaks: the highest level between the samples, by fourfold oversampling (ITU-R BS.1770-4, annex 2)."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_PHASE_0: Final = (
    0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
    0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
)  # fmt: skip
_PHASE_1: Final = (
    -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
    0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)  # fmt: skip
PHASES: Final = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]])
"""Interpolation filters of the four phases, 12 taps each, as the recommendation prints them."""
TAPS: Final = 12
MOST_OVERSHOOT: Final = 2.03
"""Largest sum of a filter's magnitudes: no interpolated value is higher than so many times the samples around it."""
BLOCK: Final = 4096
"""Samples whose peak decides whether interpolating them can matter."""


def interpolated_peaks(samples: Samples, *, history: Samples, above: float) -> NDArray[np.float64]:
    """Highest magnitude near each sample, over all channels, [n]: of the sample and of the four values between its neighbours.

    samples [n, channels]; history [TAPS, channels]: the samples before them; above: magnitudes up to this one need not be exact.
    The values lie within TAPS samples of where they occur.
    """
    padded = np.concatenate([history, samples])
    peaks = np.asarray(np.abs(samples).max(axis=1), np.float64)
    for start in range(0, len(samples), BLOCK):
        stretch = padded[start : start + BLOCK + TAPS]
        if np.abs(stretch).max(initial=0.0) * MOST_OVERSHOOT > above:
            windows = np.lib.stride_tricks.sliding_window_view(stretch[1:], TAPS, axis=0)
            between = np.abs(windows @ PHASES.T.astype(np.float32)).max(axis=(1, 2))
            peaks[start : start + BLOCK] = np.maximum(peaks[start : start + BLOCK], between)
    return peaks


class TruePeakMeter:
    """Finds the true peak of a stream."""

    def __init__(self, *, channels: int) -> None:
        self._history: Samples = np.zeros((TAPS, channels), np.float32)
        self._highest = 0.0

    @property
    def decibels(self) -> float:
        """Highest level so far in dBTP; minus infinity for silence."""
        return 20 * math.log10(self._highest) if self._highest else -math.inf

    def feed(self, samples: Samples) -> None:
        """Measure samples [n, channels]."""
        peaks = interpolated_peaks(samples, history=self._history, above=self._highest)
        self._highest = max(self._highest, float(peaks.max(initial=0.0)))
        self._history = np.concatenate([self._history, samples])[-TAPS:]
