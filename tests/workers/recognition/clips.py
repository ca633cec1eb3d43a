"""Human speech: tests/data/pocketsphinx."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "data" / "pocketsphinx"
TRANSCRIPTS: dict[str, str] = json.loads((FOLDER / "transcripts.json").read_text())
LIBRIVOX = tuple(sorted(name for name in TRANSCRIPTS if name.startswith("librivox")))
RATE = 16_000


@cache
def clip(name: str) -> NDArray[np.float32]:
    """Mono samples at 16 kHz."""
    samples, rate = soundfile.read(FOLDER / f"{name}.flac", dtype="float32")
    assert rate == RATE
    return np.asarray(samples)


def clips(names: Sequence[str]) -> NDArray[np.float32]:
    """Clips concatenated."""
    return np.concatenate([clip(name) for name in names])


def said(names: Sequence[str]) -> str:
    """Transcripts of the clips, in the form of `spoken_words`."""
    return spoken_words(" ".join(TRANSCRIPTS[name] for name in names))


def spoken_words(text: str) -> str:
    """Lower-case words, the one abbreviation of the clips written out."""
    return " ".join(re.findall(r"[\w']+", re.sub(r"\bmr\b\.?", "mister", text.lower())))


def errors_in(text: str, names: Sequence[str]) -> float:
    """Word error rate of a transcript of clips. Not expected to be 0: processors round a model's sums differently."""
    return float(jiwer.wer(said(names), spoken_words(text)))


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, *, level: float, exponent: float = 0.0, seed: int = 0) -> NDArray[np.float32]:
    """Noise whose power falls with frequency by the exponent: 0 white, 1 pink, 2 brown. level: root mean square."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** (exponent / 2)
    samples = np.fft.irfft(spectrum, count)
    return np.clip(samples * (level / samples.std()), -1, 1).astype(np.float32)


def music(seconds: float, *, seed: int = 0) -> NDArray[np.float32]:
    """Instrumental music: bass, chords of plucked strings, drums."""
    random = np.random.default_rng(seed)
    samples = np.zeros(round(seconds * RATE), np.float64)
    beat = round(0.5 * RATE)
    drum = random.standard_normal(beat) * np.exp(-np.arange(beat) / 700)
    root = 110.0
    for number, start in enumerate(range(0, len(samples) - beat, beat)):
        if number % 4 == 0:
            root = 110.0 * 2 ** (random.choice([0, 3, 5, 7]) / 12)
        for ratio, level in ((0.5, 0.3), (1, 0.15), (1.2, 0.1), (1.5, 0.1), (2, 0.08)):
            samples[start : start + beat] += level * _string(root * ratio, length=beat)
        samples[start : start + beat] += (0.2 if number % 2 else 0.1) * drum
    return np.asarray(0.5 * samples / np.abs(samples).max(), np.float32)


def _string(hertz: float, *, length: int) -> NDArray[np.float64]:
    time = np.arange(length) / RATE
    harmonics = [np.sin(2 * np.pi * hertz * n * time) * np.exp(-time * (2 + n)) / n for n in range(1, 8)]
    return np.asarray(np.sum(harmonics, axis=0))
