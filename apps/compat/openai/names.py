"""OpenAI's names for voices. Its names for models are rows of the catalogue (apps/catalog/starting_stand_ins.py)."""

from typing import Final

from apps.catalog.starting_stand_ins import OPENAI_VOICES
from apps.catalog.voices import DialectVoices

VOICES: Final = DialectVoices(names=OPENAI_VOICES.keys(), by_engine={"kokoro": OPENAI_VOICES})
"""OpenAI's voice names: every model accepts them, and kokoro has a voice for each."""
