"""Measured sound of the built-in voices (traits.json, written by `python -m tools.voice_traits`), and standard scores in it."""

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TRAITS: Final = Path(__file__).with_name("traits.json")


@dataclass(frozen=True, slots=True)
class Traits:
    """Sound of one voice, or the mean of several."""

    pitch_hertz: float
    pitch_range_semitones: float
    phonemes_per_second: float
    warmth_decibels: float
    """Level from 50 to 1,000 Hz above that from 1,000 to 5,000 Hz: the alpha ratio of GeMAPS."""
    level_range_decibels: float
    """Standard deviation of the level while it speaks."""
    centroid_hertz: float

    @property
    def octaves(self) -> float:
        """Pitch on a scale that adds up: octaves above 1 Hz."""
        return math.log2(self.pitch_hertz)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of a quantity among voices."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Scale":
        """Scale of some values; their deviation counts as 1 if they are all equal."""
        known = list(values)
        mean = math.fsum(known) / len(known)
        variance = math.fsum((value - mean) ** 2 for value in known) / len(known)
        return cls(mean, math.sqrt(variance) or 1.0)

    def score(self, value: float) -> float:
        """Standard deviations above the mean."""
        return (value - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Scores:
    """Scales of the voices among which a design chooses."""

    pitch: Scale
    pace: Scale
    warmth: Scale
    range: Scale
    level: Scale

    @classmethod
    def among(cls, voices: Collection[str]) -> "Scores":
        """Scales of these voices."""
        found = [voice_traits()[voice] for voice in voices]
        return cls(
            Scale.of(one.octaves for one in found),
            Scale.of(one.phonemes_per_second for one in found),
            Scale.of(one.warmth_decibels for one in found),
            Scale.of(one.pitch_range_semitones for one in found),
            Scale.of(one.level_range_decibels for one in found),
        )

    def of(self, voice: str) -> dict[str, float]:
        """Standard scores of a voice in each attribute. Energy: half the liveliness of its pitch, half that of its level."""
        one = voice_traits()[voice]
        return {
            "pitch": self.pitch.score(one.octaves),
            "pace": self.pace.score(one.phonemes_per_second),
            "warmth": self.warmth.score(one.warmth_decibels),
            "energy": (self.range.score(one.pitch_range_semitones) + self.level.score(one.level_range_decibels)) / 2,
        }


@cache
def voice_traits() -> Mapping[str, Traits]:
    return {voice: Traits(**values) for voice, values in json.loads(TRAITS.read_text("utf-8")).items()}


def mean_traits(weights: Mapping[str, float]) -> Traits:
    """Expected sound of a mix: styles add up, so that its pitch in octaves and its other traits are about the weighted means."""
    total = math.fsum(weights.values())

    def mean(name: str) -> float:
        return math.fsum(weight * getattr(voice_traits()[voice], name) for voice, weight in weights.items()) / total

    octaves = mean("octaves")
    others = ("pitch_range_semitones", "phonemes_per_second", "warmth_decibels", "level_range_decibels", "centroid_hertz")
    return Traits(2**octaves, **{name: mean(name) for name in others})
