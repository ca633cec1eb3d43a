"""OpenAI's names for voices. Its names for models are rows of the catalogue (apps/catalog/starting_stand_ins.py)."""

from typing import Final

from apps.catalog.catalogue import EngineRow
from apps.catalog.starting_stand_ins import OPENAI_VOICES

VOICES: Final = {"kokoro": OPENAI_VOICES}
"""Installed models that have a voice of their own for each of OpenAI's."""


def voice_for(voice: str | None, *, engine: EngineRow) -> str | None:
    """The model's own voice for one of OpenAI's names; None for its default. A stand-in's row maps its voices itself."""
    if engine.stand_in is not None or voice is None or voice in engine.voices or voice not in OPENAI_VOICES:
        return voice
    mapped = VOICES.get(engine.id, {}).get(voice)
    return mapped if mapped in engine.voices else None
