"""Acoustic features of speech as Kokoro's training computed them: mel spectrum, energy, pitch. Samples are mono [n], 24 kHz, full scale 1.0."""

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.runtime import SAMPLE_RATE

Floats = NDArray[np.float32]

HOP: Final = 300
"""Samples per frame: 12.5 ms."""
FRAME_SECONDS: Final = HOP / SAMPLE_RATE
UNIT: Final = 2 * HOP
"""Samples per unit of the model's durations: 25 ms."""
SPECTRUM: Final = 2048
WINDOW: Final = 1200
BANDS: Final = 80
FILTER_RATE: Final = 16_000
"""Sample rate in Hz that StyleTTS 2 lays its mel filters for, though its audio has 24 kHz (torchaudio's default)."""
FLOOR: Final = 1e-5
LOWEST_HERTZ, HIGHEST_HERTZ = 60.0, 450.0
SILENCE_NEPERS: Final = 7.0
"""Frames that lie further below the loud ones have no pitch, whatever the tracker finds in their noise."""
_BLOCK_FRAMES: Final = 1024
"""Frames transformed together, so that the memory does not grow with the recording."""


def mel_spectrum(samples: Floats) -> Floats:
    """Logarithm of the power in 80 mel bands, [80, n // 300 + 1]; frame i is centred on sample 300 i."""
    padded = np.pad(samples.astype(np.float32), SPECTRUM // 2, mode="reflect" if samples.size > SPECTRUM // 2 else "constant")
    edge = (SPECTRUM - WINDOW) // 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, SPECTRUM)[::HOP, edge : edge + WINDOW]
    blocks = []
    for first in range(0, len(frames), _BLOCK_FRAMES):
        spectrum = np.fft.rfft(frames[first : first + _BLOCK_FRAMES] * _window(), SPECTRUM)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        blocks.append(np.log(FLOOR + power @ mel_filters()).T)
    return np.concatenate(blocks, axis=1).astype(np.float32)


def energy(samples: Floats) -> Floats:
    """The decoder's input N, [frames]: the logarithm of the norm of the mel power. One neper of it is a factor of e in power."""
    log_mels = mel_spectrum(samples)
    norms: Floats = np.linalg.norm(np.exp(log_mels), axis=0)
    return np.log(norms).astype(np.float32)


def pitch(samples: Floats, *, levels: Floats | None = None) -> Floats:
    """F0 in Hz, [frames], 0 where there is no voice. levels: the energy, if it is known already.

    Harvest's contour where Dio finds a voice (WORLD): 31 cents from what the model predicts for its own voices.
    """
    import pyworld

    wide = np.ascontiguousarray(samples, np.float64)
    limits: dict[str, Any] = {"f0_floor": LOWEST_HERTZ, "f0_ceil": HIGHEST_HERTZ, "frame_period": FRAME_SECONDS * 1000}
    contour, times = pyworld.harvest(wide, SAMPLE_RATE, **limits)
    voiced, _ = pyworld.dio(wide, SAMPLE_RATE, **limits)
    count = min(len(contour), len(voiced), samples.size // HOP + 1)
    refined = pyworld.stonemask(wide, contour[:count], times[:count], SAMPLE_RATE)
    hertz = np.zeros(samples.size // HOP + 1, np.float32)
    hertz[:count] = np.where(voiced[:count] > 0, refined, 0.0)
    levels = energy(samples) if levels is None else levels
    hertz[levels < np.percentile(levels, 95) - SILENCE_NEPERS] = 0.0
    return hertz


def log_pitch_statistics(hertz: Floats) -> tuple[float, float]:
    """Mean and deviation of the natural logarithm of F0 over the voiced frames; (0, 0) without any."""
    voiced = np.log(hertz[hertz > 0])
    return (float(voiced.mean()), float(voiced.std())) if voiced.size else (0.0, 0.0)


@cache
def mel_filters() -> Floats:
    """Triangles [1025, 80] on the HTK mel scale, not normalised."""
    hertz = np.linspace(0, FILTER_RATE // 2, SPECTRUM // 2 + 1)
    highest = 2595 * np.log10(1 + FILTER_RATE / 2 / 700)
    points = 700 * (10 ** (np.linspace(0, highest, BANDS + 2) / 2595) - 1)
    widths, slopes = np.diff(points), points[None] - hertz[:, None]
    triangles = np.minimum(-slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:])
    return np.maximum(0, triangles).astype(np.float32)


@cache
def _window() -> Floats:
    """Hann, periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
