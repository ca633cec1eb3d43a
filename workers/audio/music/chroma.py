"""Pitch classes of music by the peaks of its spectrum: drums have few, instruments many."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.music.frames import SAMPLE_RATE, Samples, SpectrumStream

SIZE, HOP = 4096, 1024
LOWEST_HERTZ, HIGHEST_HERTZ = 80.0, 2000.0
A4_HERTZ: Final = 440.0
PEAK_SHARE: Final = 0.01
"""Peaks below this share of a frame's highest are ignored."""
HARMONICS: Final = 4
HARMONIC_DECAY: Final = 0.6
"""A peak may be a harmonic: it also counts for the notes whose second, third or fourth harmonic it would be, each less than the one before
(Gómez, Tonal description of music audio signals, 2006).
"""
BINS: Final = 120
"""Tenths of a semitone in an octave."""
NEIGHBOURS: Final = np.array([0.2, 0.5, 0.9, 1.0, 0.9, 0.5, 0.2])
"""Weights of the tenths around the middle of a semitone."""
LEAST_FRAMES: Final = 3 * SAMPLE_RATE // HOP
MOST_DETUNED: Final = 4
"""Tenths of a semitone by which an instrument may be tuned higher or lower."""


class ChromaMeter:
    """Pitch classes of a stream: 48 bytes for each 46 ms are kept."""

    def __init__(self) -> None:
        self._spectra = SpectrumStream(size=SIZE, hop=HOP)
        self._sum = np.zeros(BINS)
        self._sounding = 0
        """Frames with any peak."""
        self._frames: list[NDArray[np.float32]] = []

    def feed(self, samples: Samples) -> None:
        """Measure mono samples [n] at SAMPLE_RATE."""
        spectra = self._spectra.feed(samples)
        if not len(spectra):
            return
        rows, hertz, magnitudes = _find_peaks(spectra)
        with_harmonics = np.zeros((len(spectra), BINS))
        for harmonic in range(1, HARMONICS + 1):
            np.add.at(with_harmonics, (rows, _bins(hertz / harmonic)), np.sqrt(magnitudes) * HARMONIC_DECAY ** (harmonic - 1))
        self._sounding += int(np.count_nonzero(with_harmonics.max(axis=1)))
        self._sum += (with_harmonics / np.maximum(with_harmonics.max(axis=1, keepdims=True), 1e-9)).sum(axis=0)
        plain = np.zeros((len(spectra), 12), np.float32)
        np.add.at(plain, (rows, (_bins(hertz) + 5) // 10 % 12), np.sqrt(magnitudes))
        self._frames.append(plain)

    @property
    def frames(self) -> NDArray[np.float32]:
        """Weights of the pitch classes C, C#, … in each frame, [frames, 12], without harmonics."""
        return np.concatenate([*self._frames, np.zeros((0, 12), np.float32)])

    def fold(self) -> tuple[NDArray[np.float64], float]:
        """Weights of the pitch classes in the whole stream, [12], and how much the peaks stick to semitones.

        The second is 1 for sounds of any pitch, such as speech and noise, and above 2 for most tuned instruments. Both are at the tuning
        that fits best, and zero for less than some seconds of sound.
        """
        total = self._sum.sum()
        if self._sounding < LEAST_FRAMES:
            return np.zeros(12), 0.0
        middles = np.arange(0, BINS, 10)
        around = [self._sum[(middles[:, None] + shift + np.arange(-3, 4)) % BINS] for shift in range(-MOST_DETUNED, MOST_DETUNED + 1)]
        best = max(around, key=lambda bins: float(bins[:, 2:5].sum(axis=0) @ [0.5, 1.0, 0.5]))
        return best @ NEIGHBOURS, float(best[:, 3].sum() / (total / 10))


def _find_peaks(spectra: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float32]]:
    """Frame, frequency (Hz, interpolated by a parabola through the logarithms) and magnitude of all peaks."""
    first, last = (round(hertz * SIZE / SAMPLE_RATE) for hertz in (LOWEST_HERTZ, HIGHEST_HERTZ))
    middle, lower, upper = spectra[:, first:last], spectra[:, first - 1 : last - 1], spectra[:, first + 1 : last + 1]
    is_peak = (middle > lower) & (middle >= upper) & (middle > PEAK_SHARE * middle.max(axis=1, keepdims=True))
    rows, columns = np.nonzero(is_peak)
    before, peak, after = (np.log(part[rows, columns] + 1e-9) for part in (lower, middle, upper))
    curve = before - 2 * peak + after
    offset = np.where(curve < 0, 0.5 * (before - after) / np.where(curve < 0, curve, -1.0), 0.0)
    return rows, (columns + first + offset) * SAMPLE_RATE / SIZE, middle[rows, columns]


def _bins(hertz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Tenths of a semitone above C, [n]."""
    return np.asarray(np.rint(120 * np.log2(hertz / A4_HERTZ) + 90).astype(np.int64) % BINS)
