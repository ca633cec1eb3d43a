"""Alignment of a recording with a reading of the same words by Kokoro, whose durations are known, and what the decoder needs of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.cloning.features import BANDS, HOP, UNIT, Floats, energy, log_pitch_statistics, mel_spectrum, pitch
from workers.cloning.warping import warp

CEPSTRA: Final = 20
RANGE_NEPERS: Final = 9.0
"""Bands that lie further below the loudest one are taken to be silent."""
LOUDNESS_WEIGHT: Final = 1.5
"""Weight of the first coefficient, the loudness."""
SLOPE_WEIGHT: Final = 2.0
LOUD_PERCENTILE: Final = 85
UNVOICED_HERTZ: Final = 3.5
"""F0 that the model predicts where there is no voice."""


@dataclass(frozen=True, slots=True)
class SpeechAnalysis:
    """A recording as the decoder would be asked to speak it, in whole units of 25 ms."""

    samples: Floats
    """[600 units], at the level of the decoder's own speech."""
    tokens: NDArray[np.int64]
    """[units]: index of the token that is spoken, 0 and the last one for padding."""
    f0: Floats
    """[2 units], Hz; UNVOICED_HERTZ where there is no voice."""
    energy: Floats
    """[2 units]."""
    log_f0: tuple[float, float]
    """Mean and deviation of the natural logarithm of F0."""


def analyse(samples: Floats, *, reading: Floats, durations: NDArray[np.int64], reading_energy: Floats) -> SpeechAnalysis:
    """Analyse a recording whose words Kokoro has read.

    samples: mono, 24 kHz, at least UNIT of them; reading: the model's audio; durations: units per token; reading_energy: the model's N for it.
    """
    usable = samples[: samples.size // UNIT * UNIT]
    if not usable.size:
        raise ValueError("The recording is shorter than 25 ms.")
    usable = match_level(usable, reading_energy)
    levels = energy(usable)
    frames = usable.size // HOP
    hertz = pitch(usable, levels=levels)[:frames]
    return SpeechAnalysis(
        samples=usable,
        tokens=align_tokens(usable, reading=reading, durations=durations),
        f0=np.where(hertz > 0, hertz, UNVOICED_HERTZ).astype(np.float32),
        energy=levels[:frames],
        log_f0=log_pitch_statistics(hertz),
    )


def match_level(samples: Floats, reading_energy: Floats) -> Floats:
    """The recording at the level at which its loud frames have the energy that the model predicts for its own."""
    difference = np.percentile(reading_energy, LOUD_PERCENTILE) - np.percentile(energy(samples), LOUD_PERCENTILE)
    gain = np.float32(np.exp(difference / 2))  # half, since energy is power
    return samples * gain


def align_tokens(samples: Floats, *, reading: Floats, durations: NDArray[np.int64]) -> NDArray[np.int64]:
    """Token spoken in each 25 ms of the recording, [samples // 600]. Between two of the model's voices the median error is 0 units."""
    positions = warp(cepstra(reading).T, cepstra(samples).T)
    middles = np.minimum(np.arange(samples.size // UNIT) * 2 + 1, len(positions) - 1)
    tokens = np.repeat(np.arange(len(durations)), durations)
    units = (positions[middles] / 2).astype(np.int64)
    return tokens[np.clip(units, 0, len(tokens) - 1)]


def cepstra(samples: Floats) -> Floats:
    """Features for the alignment, [40, frames]: 20 cepstral coefficients of zero mean and unit deviation, and their slopes."""
    log_mels = mel_spectrum(samples)
    log_mels = np.maximum(log_mels, log_mels.max() - RANGE_NEPERS)
    cosines = np.cos(np.pi / BANDS * np.outer(np.arange(CEPSTRA), np.arange(BANDS) + 0.5)).astype(np.float32)
    coefficients = cosines @ log_mels
    coefficients -= coefficients.mean(axis=1, keepdims=True)
    coefficients /= coefficients.std(axis=1, keepdims=True) + 1e-5
    slopes = np.gradient(coefficients, axis=1) if coefficients.shape[1] > 1 else np.zeros_like(coefficients)
    weights = np.r_[LOUDNESS_WEIGHT, np.ones(CEPSTRA - 1)].astype(np.float32)
    return np.concatenate([coefficients * weights[:, None], SLOPE_WEIGHT * slopes]).astype(np.float32)
