"""Instant likeness: the built-in voice, or mix of them, that is most like a speaker."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from workers.cloning.features import SAMPLE_RATE, Floats
from workers.kokoro.stock_voices import gender_of
from workers.kokoro.voice_file import KokoroVoice
from workers.speakers.encoder import mean_direction
from workers.speakers.ge2e import Ge2eEncoder

LIBRARY: Final = Path(__file__).with_name("stock_voices.npz")
"""GE2E embedding and mean log F0 of each English voice, reading one sentence."""
PITCH_WEIGHT: Final = 0.3
"""Loss of similarity per factor of e in F0: an octave counts as much as .2 of cosine."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A voice that is usable at once."""

    voice: KokoroVoice
    nearest_voice: str
    gender: str
    """male or female."""
    log_f0: tuple[float, float]
    """The speaker's mean and deviation of log F0."""


def choose_likeness(speech: Sequence[Floats], *, log_f0: tuple[float, float]) -> Likeness:
    """The nearest built-in voice at the speaker's pitch. speech: mono, 24 kHz, of one speaker. Raises WorkError (engine_unavailable)."""
    encoder = Ge2eEncoder()
    embedding = mean_direction(np.stack([encoder.embed(one, sample_rate=SAMPLE_RATE) for one in speech]))
    voices, embeddings, means = _library()
    scores = embeddings @ embedding
    if log_f0[0]:
        scores = scores - PITCH_WEIGHT * np.abs(means - log_f0[0])
    nearest = voices[int(scores.argmax())]
    voice = KokoroVoice({nearest: 1.0}, {nearest: 1.0}, log_f0=log_f0 if log_f0[0] else None)
    return Likeness(voice, nearest, gender_of(nearest), log_f0)


@cache
def _library() -> tuple[list[str], Floats, Floats]:
    with np.load(LIBRARY, allow_pickle=False) as found:
        return [str(voice) for voice in found["voices"]], found["embeddings"].astype(np.float32), found["log_f0"].astype(np.float32)
