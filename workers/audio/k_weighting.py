"""Loudness by ITU-R BS.1770-4 and EBU R128 of a stream of any number of channels, in bounded memory."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.loudness import ABSOLUTE_GATE, BLOCK_STEPS, RELATIVE_GATE, STEP_SECONDS
from workers.audio.true_peak import TruePeakMeter

Samples = NDArray[np.float32]

SHORT_TERM_STEPS: Final = 30
"""Short-term blocks of 3 s, of which the loudness range is made (EBU Tech 3342)."""
RANGE_GATE: Final = -20.0
RANGE_PERCENTILES: Final = (10, 95)
OFFSET: Final = -0.691

SHELF_HERTZ, SHELF_DECIBELS, SHELF_Q, SHELF_EXPONENT = 1681.974450955533, 3.999843853973347, 0.7071752369554196, 0.4996667741545416
PASS_HERTZ, PASS_Q = 38.13547087602444, 0.5003270373238773
"""Analogue prototypes of the two stages of K-weighting: at 48 kHz they give the coefficients of BS.1770-4, tables 1 and 2."""

CHANNEL_WEIGHTS: Final[Mapping[int, tuple[float, ...]]] = MappingProxyType(
    {
        1: (1.0,),
        2: (1.0, 1.0),
        3: (1.0, 1.0, 0.0),
        4: (1.0, 1.0, 1.41, 1.41),
        5: (1.0, 1.0, 1.0, 1.41, 1.41),
        6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
        7: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41),
        8: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41, 1.41),
    }
)
"""BS.1770-4, table 3, for the usual layouts: surround channels count more, the effects channel not at all."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Measured loudness of a recording."""

    integrated: float
    """LUFS; minus infinity for silence."""
    range: float
    """Loudness range in LU."""
    true_peak: float
    """dBTP; minus infinity for silence."""


class LoudnessMeter:
    """Measures a stream block by block: 8 bytes for each 100 ms are kept."""

    def __init__(self, *, sample_rate: int, channels: int) -> None:
        """sample_rate: Hz."""
        self._step = round(STEP_SECONDS * sample_rate)
        self._weights = np.array(CHANNEL_WEIGHTS[channels])
        self._sections = k_weighting(sample_rate)
        self._state = np.zeros((len(self._sections), channels, 2))
        self._waiting = np.zeros((0, channels))
        self._powers: list[NDArray[np.float64]] = []
        self._peak = TruePeakMeter(channels=channels)

    def feed(self, samples: Samples) -> None:
        """Measure samples [n, channels]."""
        from scipy.signal import sosfilt

        if not len(samples):
            return
        self._peak.feed(samples)
        filtered, self._state = sosfilt(self._sections, samples.T.astype(np.float64), zi=self._state)
        waiting = np.concatenate([self._waiting, filtered.T])
        whole = len(waiting) // self._step
        steps = waiting[: whole * self._step].reshape(whole, self._step, samples.shape[1])
        self._powers.append((np.square(steps).mean(axis=1)) @ self._weights)
        self._waiting = waiting[whole * self._step :]

    def finish(self) -> Loudness:
        """Loudness of everything that was fed. A recording shorter than 400 ms is measured as one block."""
        powers = np.concatenate([*self._powers, np.zeros(0)])
        if len(powers) < BLOCK_STEPS and len(self._waiting):
            powers = np.append(powers, np.square(self._waiting).mean(axis=0) @ self._weights)
        return Loudness(_integrated(powers), _range(powers), self._peak.decibels)


def k_weighting(sample_rate: int) -> NDArray[np.float64]:
    """Second-order sections [2, 6] of K-weighting at a sample rate in Hz."""
    shelf = math.tan(math.pi * SHELF_HERTZ / sample_rate)
    high, band = 10 ** (SHELF_DECIBELS / 20), 10 ** (SHELF_DECIBELS / 20 * SHELF_EXPONENT)
    first = 1 + shelf / SHELF_Q + shelf**2
    numerator = [high + band * shelf / SHELF_Q + shelf**2, 2 * (shelf**2 - high), high - band * shelf / SHELF_Q + shelf**2]
    denominator = [first, 2 * (shelf**2 - 1), 1 - shelf / SHELF_Q + shelf**2]
    low = math.tan(math.pi * PASS_HERTZ / sample_rate)
    scale = 1 + low / PASS_Q + low**2
    return np.array(
        [
            [value / first for value in (*numerator, *denominator)],
            [1.0, -2.0, 1.0, 1.0, 2 * (low**2 - 1) / scale, (1 - low / PASS_Q + low**2) / scale],
        ]
    )


def _integrated(powers: NDArray[np.float64]) -> float:
    blocks = _sliding_means(powers, BLOCK_STEPS)
    gated = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not len(gated):
        return -math.inf
    return _lufs(float(gated[gated > gated.mean() * 10 ** (RELATIVE_GATE / 10)].mean()))


def _range(powers: NDArray[np.float64]) -> float:
    blocks = _sliding_means(powers, SHORT_TERM_STEPS)
    gated = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not len(gated):
        return 0.0
    gated = gated[gated > gated.mean() * 10 ** (RANGE_GATE / 10)]
    low, high = np.percentile(10 * np.log10(gated), RANGE_PERCENTILES)
    return float(high - low)


def _sliding_means(powers: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Means of overlapping blocks; one of all steps where there are fewer."""
    if len(powers) <= steps:
        return powers.mean(keepdims=True) if len(powers) else powers
    return np.asarray(np.lib.stride_tricks.sliding_window_view(powers, steps).mean(axis=1))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))


def _lufs(power: float) -> float:
    return OFFSET + 10 * math.log10(power)
