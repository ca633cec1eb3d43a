"""Onset strength of a stream: how much louder it becomes, from one 12 ms to the next."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.music.frames import SAMPLE_RATE, Samples, SpectrumStream

SIZE, HOP = 1024, 256
FRAME_RATE: Final = SAMPLE_RATE / HOP
"""Frames a second."""
MEL_BANDS, LOW_BANDS = 40, 6
LOWEST_HERTZ, HIGHEST_HERTZ = 30.0, 10_000.0
COMPRESSION: Final = 100.0
LOUD_PERCENTILE: Final = 99


class OnsetMeter:
    """Onset strengths of a stream: 8 bytes for each frame are kept."""

    def __init__(self) -> None:
        self._spectra = SpectrumStream(size=SIZE, hop=HOP)
        self._bank = _mel_bank()
        self._last: NDArray[np.float32] = np.zeros((0, MEL_BANDS), np.float32)
        self._loudest = 1e-6
        self._all: list[NDArray[np.float32]] = []
        self._low: list[NDArray[np.float32]] = []

    def feed(self, samples: Samples) -> None:
        """Measure mono samples [n] at SAMPLE_RATE."""
        spectra = self._spectra.feed(samples)
        if not len(spectra):
            return
        bands = spectra @ self._bank
        self._loudest = max(self._loudest, float(np.percentile(bands, LOUD_PERCENTILE)))
        levels = np.log1p(COMPRESSION * bands / self._loudest).astype(np.float32)
        rises = np.maximum(0, np.diff(np.concatenate([self._last, levels]), axis=0))
        self._last = levels[-1:]
        self._all.append(rises.mean(axis=1))
        self._low.append(rises[:, :LOW_BANDS].mean(axis=1))

    @property
    def strengths(self) -> NDArray[np.float32]:
        """Strengths of all bands, [frames]."""
        return np.concatenate([*self._all, np.zeros(0, np.float32)])

    @property
    def low_strengths(self) -> NDArray[np.float32]:
        """Strengths of the bass and the bass drum, [frames]."""
        return np.concatenate([*self._low, np.zeros(0, np.float32)])


def _mel_bank() -> NDArray[np.float32]:
    """Triangular filters at equal distances in mel, [bins, bands]."""
    lowest, highest = (2595 * np.log10(1 + hertz / 700) for hertz in (LOWEST_HERTZ, HIGHEST_HERTZ))
    mels = np.linspace(lowest, highest, MEL_BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    hertz = np.fft.rfftfreq(SIZE, 1 / SAMPLE_RATE)[:, None]
    lower, middle, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (hertz - lower) / (middle - lower), (upper - hertz) / (upper - middle)
    bank: NDArray[np.float32] = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return bank
