"""Classifies a voice as male or female by its pitch."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE

FRAME_SAMPLES: Final = 1024
"""Frame of 64 ms: three periods of the lowest voice."""
STEP_SAMPLES: Final = 640
LOWEST_HERTZ, HIGHEST_HERTZ = 60.0, 400.0
VOICED_ABOVE: Final = 0.55
"""Threshold of the normalised autocorrelation; noise and consonants lie below it."""
LOUD_SHARE: Final = 0.1
"""Share of the loudest frames' level; quieter frames are breath and room noise."""
MALE_BELOW, FEMALE_ABOVE = 145.0, 175.0
"""Thresholds in Hz. Men average 85 to 155, women 165 to 255 (Titze, Principles of Voice Production, 1994); between them the gender is
unclear.
"""
CLEAR_SHARE: Final = 0.6
FEWEST_FRAMES: Final = 25
"""Fewest voiced frames: a second."""


@dataclass(frozen=True, slots=True)
class PitchTally:
    """Voiced frames counted by pitch class."""

    male: int = 0
    female: int = 0
    unclear: int = 0

    def __add__(self, other: "PitchTally") -> "PitchTally":
        return PitchTally(self.male + other.male, self.female + other.female, self.unclear + other.unclear)

    @property
    def gender(self) -> str:
        """Gender of the voice that speaks most: male, female, or neutral if unclear; empty without a voice."""
        total = self.male + self.female + self.unclear
        if total < FEWEST_FRAMES:
            return ""
        if self.male > CLEAR_SHARE * total:
            return "male"
        return "female" if self.female > CLEAR_SHARE * total else "neutral"


def tally_pitch(samples: NDArray[np.float32]) -> PitchTally:
    """Count the voiced frames of speech by pitch. samples: mono, 16 kHz, shape [n]."""
    hertz = voiced_pitches(samples)
    male, female = int((hertz < MALE_BELOW).sum()), int((hertz > FEMALE_ABOVE).sum())
    return PitchTally(male, female, len(hertz) - male - female)


def voiced_pitches(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Hz of every voiced frame, by the first high peak of the autocorrelation (Boersma 1993, without interpolation)."""
    if len(samples) < FRAME_SAMPLES:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::STEP_SAMPLES].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    level = np.sqrt((frames**2).mean(axis=1))
    frames = frames[level > LOUD_SHARE * max(float(np.quantile(level, 0.95)), 1e-5)]
    if not len(frames):
        return np.zeros(0)
    window = np.hanning(FRAME_SAMPLES)
    correlation = _autocorrelation(frames * window) / _autocorrelation(window[None])
    correlation /= np.maximum(correlation[:, :1], 1e-12)
    shortest, longest = int(RECOGNITION_SAMPLE_RATE / HIGHEST_HERTZ), int(RECOGNITION_SAMPLE_RATE / LOWEST_HERTZ)
    lags = correlation[:, shortest:longest]
    # The first peak that is nearly the highest: a later one is an octave below.
    is_high = lags >= 0.85 * lags.max(axis=1, keepdims=True)
    peak = is_high.argmax(axis=1)
    best = np.array([_climb_to_peak(row, position) for row, position in zip(lags, peak, strict=True)])
    voiced = lags[np.arange(len(lags)), best] > VOICED_ABOVE
    hertz: NDArray[np.float64] = RECOGNITION_SAMPLE_RATE / (best[voiced] + shortest).astype(np.float64)
    return hertz


def most_common(genders: Iterable[tuple[str, float]]) -> str:
    """Gender with the most seconds; neutral if two are nearly equal, empty if none is known."""
    seconds: dict[str, float] = {}
    for gender, weight in genders:
        if gender:
            seconds[gender] = seconds.get(gender, 0.0) + weight
    if not seconds:
        return ""
    best = max(seconds, key=lambda gender: seconds[gender])
    return best if seconds[best] > CLEAR_SHARE * sum(seconds.values()) else "neutral"


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(frames, 2 * FRAME_SAMPLES, axis=1)
    return np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : FRAME_SAMPLES // 2]


def _climb_to_peak(row: NDArray[np.float64], position: int) -> int:
    while position + 1 < len(row) and row[position + 1] > row[position]:
        position += 1
    return position
