"""Names for the speakers of a recording, by short recordings of known voices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.recognition.diarize.speaker_embeddings import has_spans
from workers.recognition.diarize.timelines import Timeline
from workers.speakers import CAMPPLUS, GE2E
from workers.speakers.encoder import Embeddings

SAME_VOICE: Final[Mapping[str, float]] = {CAMPPLUS.name: 0.5, GE2E.name: 0.8}
"""Cosine similarity of a known voice and a speaker's mean embedding from which on they are one person (docs/figures.md)."""


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """Known speaker with the embedding of the voice."""

    name: str
    encoder: str
    vector: Embeddings


def embed_known_voice(name: str, samples: Samples) -> KnownVoice:
    """Embedding of a recording of one voice: mono [n] at 16 kHz, full scale 1.0, by the encoder that embeds speech on this machine.

    Raises ValueError for a recording without sound, WorkError (engine_unavailable) without the weights.
    """
    encoder = CAMPPLUS if has_spans() else GE2E
    return KnownVoice(name, encoder.name, encoder.embed(samples, sample_rate=RECOGNITION_SAMPLE_RATE))


def name_speakers(timeline: Timeline, *, known: Sequence[KnownVoice]) -> dict[int, str]:
    """Name of each speaker, by index, who is similar enough to a known voice: that of the nearest one.

    Voices by another encoder than the timeline's are left out: workers with and without the weight set `diarization` share the recording.
    """
    voices = [voice for voice in known if voice.encoder == timeline.encoder]
    if not voices:
        return {}
    similarities = timeline.centres @ np.stack([voice.vector for voice in voices]).T
    nearest = similarities.argmax(axis=1)
    least = SAME_VOICE[timeline.encoder]
    return {speaker: voices[int(at)].name for speaker, at in enumerate(nearest) if float(similarities[speaker, at]) >= least}
