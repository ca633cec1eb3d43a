"""Measurable changes of a delivery: pitch, pitch range, pace and energy."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.conversion import Delivery, SpeakerProfile

NARROWEST_RANGE, WIDEST_RANGE = 0.75, 1.33
"""Bounds of the factor between two speakers' pitch ranges: beyond them the contour sounds flat or sung."""
LOWEST_HERTZ, HIGHEST_HERTZ = 50.0, 1000.0


@dataclass(frozen=True, slots=True)
class Prosody:
    """Change of pitch, pace and energy."""

    semitones: float = 0.0
    range_factor: float = 1.0
    """Factor of the deviation of log F0."""
    tempo: float = 1.0
    """2.0 is twice as fast."""
    decibels: float = 0.0


EMOTIONS: Final[Mapping[str, Prosody]] = MappingProxyType(
    {
        "neutral": Prosody(),
        "happy": Prosody(semitones=2.0, range_factor=1.3, tempo=1.06, decibels=1.5),
        "sad": Prosody(semitones=-1.5, range_factor=0.6, tempo=0.85, decibels=-4.0),
        "angry": Prosody(semitones=1.0, range_factor=1.25, tempo=1.08, decibels=3.5),
        "excited": Prosody(semitones=3.0, range_factor=1.5, tempo=1.15, decibels=3.0),
    }
)
"""Directions and rough sizes as in Murray and Arnott, Toward the simulation of emotion in synthetic speech (1993)."""


def prosody_of(delivery: Delivery) -> Prosody:
    """Prosody of a delivery; an emotion of a newer platform is taken as neutral."""
    prosody = EMOTIONS.get(delivery.emotion, Prosody())
    return Prosody(prosody.semitones, prosody.range_factor, prosody.tempo * delivery.speed, prosody.decibels)


def move_pitch(hertz: NDArray[np.float64], *, source: SpeakerProfile, target: SpeakerProfile, prosody: Prosody) -> NDArray[np.float64]:
    """F0 of each frame in Hz, 0 where unvoiced, moved from the source's register to the target's; linear in the logarithm."""
    factor = np.clip(target.log_f0_deviation / max(source.log_f0_deviation, 1e-3), NARROWEST_RANGE, WIDEST_RANGE) * prosody.range_factor
    voiced = hertz > 0
    logarithm = np.log(np.where(voiced, hertz, 1.0))
    moved = np.exp((logarithm - source.log_f0_mean) * factor + target.log_f0_mean + prosody.semitones * np.log(2) / 12)
    return np.where(voiced, np.clip(moved, LOWEST_HERTZ, HIGHEST_HERTZ), 0.0)
