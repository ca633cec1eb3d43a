"""Recordings for the slow transcription tests: hours of LibriVox clips, and audio without speech."""

import random
from pathlib import Path

import numpy as np
import soundfile

from tests.workers.recognition.clips import LIBRIVOX, clip

RATE = 16_000


def order_of(rounds: int) -> list[str]:
    """Clips in rounds of different order, never the same twice in a row."""
    names: list[str] = []
    for number in range(rounds):
        following = random.Random(number).sample(LIBRIVOX, len(LIBRIVOX))
        if names and names[-1] == following[0]:
            following.reverse()
        names += following
    return names


def write_clips(path: Path, names: list[str]) -> float:
    """Write the clips to one FLAC file; returns its duration in seconds."""
    with soundfile.SoundFile(path, "w", samplerate=RATE, channels=1) as file:
        for name in names:
            file.write(clip(name))
    return sum(len(clip(name)) for name in names) / RATE


def write_samples(path: Path, samples: np.ndarray) -> float:
    """Write the samples to a FLAC file; returns its duration in seconds."""
    soundfile.write(path, samples, RATE)
    return len(samples) / RATE
