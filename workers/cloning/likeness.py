"""Instant likeness of a speaker: embeddings, gender, pitch and pace of the recordings, and the mix of built-in voices that comes nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.cloning.features import SAMPLE_RATE, Floats
from workers.kokoro.likeness import LIBRARY, find_likeness
from workers.kokoro.stock_voices import gender_of
from workers.kokoro.voice_file import KokoroVoice
from workers.recognition.pitch import PitchTally, tally_pitch
from workers.speakers.d_vector import DVectorEncoder
from workers.speakers.encoder import SpeakerEncoder, mean_direction
from workers.speakers.ge2e import Ge2eEncoder

STOCK_VOICES: Final = Path(__file__).with_name("stock_voices.npz")
"""GE2E embedding and mean log F0 of the English voices, each reading one sentence: used where the library of mixes is missing."""
PITCH_WEIGHT: Final = 0.3
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
    tally = sum((tally_pitch(resample(one, input_rate=SAMPLE_RATE, output_rate=RECOGNITION_SAMPLE_RATE)) for one in speech), PitchTally())
    gender = tally.gender if tally.gender in {"male", "female"} else ""
    known = log_f0 if log_f0[0] else None
    if not LIBRARY.is_file():
        return _nearest_stock_voice(embeddings["ge2e"], gender=gender, log_f0=log_f0)
    found = find_likeness(embeddings, gender=gender, log_f0=known, pace=pace)
    return SpeakerLikeness(found.voice, found.nearest_voice, gender or gender_of(found.nearest_voice), log_f0)


def _nearest_stock_voice(embedding: Floats, *, gender: str, log_f0: tuple[float, float]) -> SpeakerLikeness:
    with np.load(STOCK_VOICES, allow_pickle=False) as found:
        voices, scores = [str(voice) for voice in found["voices"]], found["embeddings"].astype(np.float32) @ embedding
        scores -= PITCH_WEIGHT * np.abs(found["log_f0"] - log_f0[0]) if log_f0[0] else 0.0
    allowed = np.array([not gender or gender_of(voice) == gender for voice in voices])
    nearest = voices[int(np.where(allowed, scores, -np.inf).argmax())]
    voice = KokoroVoice({nearest: 1.0}, {nearest: 1.0}, log_f0=log_f0 if log_f0[0] else None)
    return SpeakerLikeness(voice, nearest, gender or gender_of(nearest), log_f0)
