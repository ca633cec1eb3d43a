"""Converts dictionary IPA to the notation that a model was trained on."""

import re
from typing import Final

VOWELS: Final = frozenset("aeiouyæøœɑɒɐɔəɘɛɜɞɪɨɯɵʉʊʌʏɶɤɚɝᵻAIOQWY")
_STRESS: Final = re.compile(r"([ˈˌ])([^ˈˌ ]*)")

_EVEN: Final = str.maketrans({"'": "ˈ", ",": "ˌ", "g": "ɡ", ".": None, "͡": None, "͜": None, "/": None, "[": None, "]": None, "‿": None})

KOKORO: Final = (
    ("eɪ", "A"), ("aɪ", "I"), ("ɔɪ", "Y"), ("oʊ", "O"), ("aʊ", "W"), ("əʊ", "Q"), ("tʃ", "ʧ"), ("dʒ", "ʤ"),
    ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɫ", "l"), ("r", "ɹ"),
)  # fmt: skip
"""Sounds that Kokoro v1.0 writes with one symbol (hexgrad/misaki, EN_PHONES)."""


def espeak_spelling(ipa: str) -> str:
    """eSpeak's notation: stress before the vowel instead of the syllable, no ties, no syllable dots."""
    return _STRESS.sub(_before_vowel, ipa.translate(_EVEN)).strip()


def kokoro_spelling(ipa: str) -> str:
    """eSpeak's notation with Kokoro's symbols for diphthongs and affricates."""
    spelled = ipa.translate(_EVEN)
    for sounds, symbol in KOKORO:
        spelled = spelled.replace(sounds, symbol)
    return _STRESS.sub(_before_vowel, spelled).strip()


def _before_vowel(match: re.Match[str]) -> str:
    mark, rest = match.groups()
    place = next((index for index, sound in enumerate(rest) if sound in VOWELS), 0)
    return f"{rest[:place]}{mark}{rest[place:]}"
