"""G2P of each Kokoro language except English: availability and construction."""

import importlib.util
from collections.abc import Callable
from functools import cache, partial

from workers.contract.errors import WorkError
from workers.text.english import english_phonemizer
from workers.text.g2p.base import G2P, PhonemeWord, join_phonemes
from workers.text.g2p.chinese import ChineseG2P
from workers.text.g2p.espeak import VOICES, EspeakG2P, find_espeak_obstacle
from workers.text.g2p.japanese import JapaneseG2P
from workers.text.phonemes import PhonemisedText

Phonemizer = Callable[[str], PhonemisedText]


def find_obstacle(language: str) -> str:
    """Reason why the language cannot be phonemised here, one sentence; empty if it can.

    Constructs the G2P, which imports all its packages: a list of their names would not cover their own imports.
    """
    if language == "en":
        return "" if importlib.util.find_spec("hibari") else "English needs the package hibari-tts: install requirements/worker-cpu.txt."
    if language in VOICES:
        return find_espeak_obstacle(VOICES[language])
    try:
        phonemizer_of(language)
    except WorkError as missing:
        return missing.message
    return ""


@cache
def phonemizer_of(language: str) -> Phonemizer:
    """Cached phonemizer of the language. Raises WorkError (engine_unavailable)."""
    return partial(_phonemise, _make(language))


def _make(language: str) -> G2P:
    if language == "zh":
        return ChineseG2P(foreign=_english_words)
    if language == "ja":
        return JapaneseG2P()
    return EspeakG2P.for_kokoro(language)


def _phonemise(g2p: G2P, text: str) -> PhonemisedText:
    return join_phonemes(g2p(text))


def _english_words(text: str) -> list[PhonemeWord]:
    spoken = english_phonemizer(is_british=False)(text)
    return [PhonemeWord(spoken.phonemes[word.first : word.end], word.start_character, word.end_character) for word in spoken.words]
