"""English phonemes in the notation of pocketsphinx's acoustic model."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workers.text.english import english_phonemizer

ARPABET: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))
"""ARPABET symbols by the symbols of hibari's and Kokoro's phonemes."""
SILENT_WORD: Final = "AH"
"""Phoneme for a word without known sounds: an arbitrary vowel."""


def arpabet_of(word: str) -> str:
    """Phonemes of an English word, guessed if no dictionary has it."""
    phonemes = english_phonemizer(is_british=False)(word).phonemes.replace("ɜɹ", "ɜ").replace("əɹ", "ɜ")
    return " ".join(ARPABET[symbol] for symbol in phonemes if symbol in ARPABET) or SILENT_WORD
