"""Measures the loudness of speech and adjusts it to the target without clipping."""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP_SECONDS: Final = 0.1
BLOCK_STEPS: Final = 4
"""ITU-R BS.1770-4: blocks of 400 ms that overlap by three quarters."""

ABSOLUTE_GATE: Final = -70.0
RELATIVE_GATE: Final = -10.0
"""LUFS and LU, BS.1770-4: quieter blocks are pauses and do not count."""

SHELF: Final = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGH_PASS: Final = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
FILTER_RATE: Final = 48_000
"""BS.1770-4, tables 1 and 2: numerators and denominators of the two stages of K-weighting, at 48 kHz."""

TARGET_LUFS: Final = -20.0
"""Target loudness: the quiet end of AES TD1004's recommendation for streams (-20 to -16). Louder speech would have most of its peaks
limited.
"""
STRONGEST_GAIN_DB: Final = 12.0

CEILING: Final = 10 ** (-1.0 / 20)
KNEE: Final = 10 ** (-3.0 / 20)
"""Peaks above -3 dBFS are compressed below -1 dBFS: lossy codecs overshoot by up to 1 dB."""


def measure_loudness(samples: NDArray[np.float32], *, sample_rate: int) -> float:
    """Integrated loudness in LUFS of mono samples [n] by ITU-R BS.1770-4; minus infinity for silence.

    K-weighting is applied to the spectrum of each step rather than by a recursive filter, which NumPy has none of: within 0.1 LU on speech.
    """
    return integrated_loudness(step_powers(samples, sample_rate))


def integrated_loudness(powers: NDArray[np.float64]) -> float:
    """Integrated loudness in LUFS of the steps' powers, summed over the channels; minus infinity for silence."""
    if not len(powers):
        return -math.inf
    if len(powers) >= BLOCK_STEPS:
        powers = np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), "valid")
    gated = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(gated):
        return -math.inf
    gated = gated[gated > gated.mean() * 10 ** (RELATIVE_GATE / 10)]
    return float(-0.691 + 10 * np.log10(gated.mean()))


def level_gain(samples: NDArray[np.float32], *, sample_rate: int) -> float:
    """Factor that brings speech to TARGET_LUFS, at most 12 dB either way; 1.0 for silence."""
    loudness = measure_loudness(samples, sample_rate=sample_rate)
    if math.isinf(loudness):
        return 1.0
    return float(10 ** (np.clip(TARGET_LUFS - loudness, -STRONGEST_GAIN_DB, STRONGEST_GAIN_DB) / 20))


def limit_peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compress samples above KNEE along tanh towards CEILING; samples below it are unchanged."""
    magnitude = np.abs(samples)
    if not len(samples) or magnitude.max() <= KNEE:
        return samples
    room = CEILING - KNEE
    bent = KNEE + room * np.tanh((magnitude - KNEE) / room)
    return np.where(magnitude > KNEE, np.copysign(bent, samples), samples).astype(np.float32)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def step_powers(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
    """Mean squares of the K-weighted signal in each step of 100 ms, the last of which may be padded."""
    step = round(STEP_SECONDS * sample_rate)
    padded = np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)
    spectra = np.abs(np.fft.rfft(padded)) ** 2 * _k_weights(sample_rate)
    return np.asarray(spectra.sum(axis=1), np.float64)


@cache
def _k_weights(sample_rate: int) -> NDArray[np.float64]:
    """Squared response of K-weighting at the frequencies of one step, scaled so that their sum is a mean square (Parseval)."""
    step = round(STEP_SECONDS * sample_rate)
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(step, 1 / sample_rate) / FILTER_RATE)
    response = np.ones(len(z), np.complex128)
    for numerator, denominator in (SHELF, HIGH_PASS):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    sides = np.full(len(z), 2.0)
    sides[0] = 1.0
    if step % 2 == 0:
        sides[-1] = 1.0
    return np.asarray(np.abs(response) ** 2 * sides / step**2, np.float64)
