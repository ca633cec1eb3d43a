"""Instant likeness of a speaker: embeddings, gender, pitch and pace of the recordings, and the mix of built-in voices that comes nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workers.cloning.features import Floats
from workers.kokoro.likeness import find_likeness, heard_gender
from workers.kokoro.runtime import SAMPLE_RATE
from workers.kokoro.voice_file import KokoroVoice
from workers.speakers.d_vector import DVectorEncoder
from workers.speakers.encoder import SpeakerEncoder, mean_direction
from workers.speakers.ge2e import Ge2eEncoder

ENCODERS: Final[tuple[type[SpeakerEncoder], ...]] = (Ge2eEncoder, DVectorEncoder)


@dataclass(frozen=True, slots=True)
class SpeakerLikeness:
    """A voice that is usable at once, and what it was chosen by."""

    voice: KokoroVoice
    nearest_voice: str
    gender: str
    """male or female."""
    log_f0: tuple[float, float]
    """The speaker's mean and deviation of log F0."""


def choose_likeness(speech: Sequence[Floats], *, log_f0: tuple[float, float], pace: float | None = None) -> SpeakerLikeness:
    """The nearest mix at the speaker's pitch. speech: mono, 24 kHz, of one speaker; pace: phonemes a second, if the words are known.

    Raises WorkError (engine_unavailable).
    """
    encoders = (encoder() for encoder in ENCODERS)
    embeddings = {
        encoder.name: mean_direction(np.stack([encoder.embed(one, sample_rate=SAMPLE_RATE) for one in speech]))
        for encoder in encoders
        if encoder.is_available()
    }
    gender = heard_gender(embeddings)
    known = log_f0 if log_f0[0] else None
    found = find_likeness(embeddings, gender=gender, log_f0=known, pace=pace)
    return SpeakerLikeness(found.voice, found.nearest_voice, gender, log_f0)
