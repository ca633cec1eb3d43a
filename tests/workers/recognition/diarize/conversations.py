"""Conversations assembled from clips of single speakers, with their turns."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.workers.recognition.diarize.diarization_error import Turn
from workers.recognition.speech_regions import find_regions
from workers.recognition.vad import speech_probabilities

RATE = 16_000
CLIPS = Path(__file__).parents[3] / "data" / "pocketsphinx"
LIBRIVOX = tuple(f"librivox-{number}" for number in ("0870", "0880", "0890", "0920", "0930"))
CARDS = tuple(f"cards-{number}" for number in ("001", "002", "003", "004", "005"))
DHD = tuple(f"dhd-{name}" for name in ("goforward", "numbers", "something", "2934z"))
"""Clips of three people."""

LOUDNESS = 0.05
"""Root mean square of all clips: a conversation has one microphone."""


@dataclass(frozen=True)
class Conversation:
    """One recording."""

    samples: NDArray[np.float32]
    turns: list[Turn]
    """Turns by the speech in the single clips."""

    @property
    def speech(self) -> list[tuple[float, float]]:
        """Stretches of speech in the recording."""
        return speech_of(self.samples)


@cache
def clip(name: str) -> NDArray[np.float32]:
    """Mono samples at 16 kHz."""
    samples, rate = soundfile.read(CLIPS / f"{name}.flac", dtype="float32")
    assert rate == RATE
    return samples * np.float32(LOUDNESS / np.sqrt(np.mean(samples**2)))


def speech_of(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Start and end in seconds of the speech."""
    return [(region.start, region.end) for region in find_regions(speech_probabilities(samples), seconds=len(samples) / RATE)]


def converse(*names: str, pause_seconds: float = 0.4, noise: float = 0.0005, seed: int = 1) -> Conversation:
    """Clips in turn with pauses of up to twice `pause_seconds`, over a little noise."""
    chance = np.random.default_rng(seed)
    pieces: list[NDArray[np.float32]] = []
    turns: list[Turn] = []
    samples = 0
    for name in names:
        said = clip(name)
        turns += [(start + samples / RATE, end + samples / RATE, name.split("-")[0]) for start, end in speech_of(said)]
        pause = np.zeros(round(chance.uniform(0, 2 * pause_seconds) * RATE), np.float32)
        pieces += [said, pause]
        samples += len(said) + len(pause)
    mixed = np.concatenate(pieces)
    return Conversation((mixed + chance.normal(0, noise, len(mixed))).astype(np.float32), turns)
