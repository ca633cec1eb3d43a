"""ElevenLabs' ids of voices and models. Its model ids are rows of the catalogue (apps/catalog/starting_stand_ins.py)."""

from typing import Final

from apps.catalog.elevenlabs_voices import PREMADE_VOICES
from apps.catalog.voices import DialectVoices

DEFAULT_MODEL: Final = "eleven_multilingual_v2"
MODEL_PREFIX: Final = "eleven_"
"""Beginning of the names of ElevenLabs' models that speak or convert."""
SPEAKERS: Final = {name: voice.speaker for voice in PREMADE_VOICES.values() for name in (voice.voice_id, voice.name)}
VOICES: Final = DialectVoices(names=SPEAKERS.keys(), by_engine={"kokoro": SPEAKERS})
"""Premade voices by id and name: every model accepts them, and kokoro has a voice for each."""


def our_voice(voice_id: str) -> str:
    """Id of the voice that speaks for a premade one; any other id unchanged."""
    return SPEAKERS.get(voice_id, voice_id)
