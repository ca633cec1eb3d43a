"""Words of a recording as Kokoro's phonemes."""

from collections.abc import Container
from typing import Final

from workers.contract.tags import primary_tag
from workers.text.english import english_phonemizer
from workers.text.g2p.languages import find_obstacle, phonemizer_of
from workers.text.normalise import normalise

LANGUAGES: Final = ("en", "es", "fr", "hi", "it", "ja", "pt", "zh")
"""Primary tags of the languages that Kokoro was trained on."""


def can_phonemise(language: str) -> bool:
    """True if words of the language can be given to Kokoro on this machine."""
    return primary_tag(language) in LANGUAGES and not find_obstacle(primary_tag(language))


def phonemise(text: str, *, language: str, vocabulary: Container[str]) -> str:
    """Phonemes of a written text, those of the vocabulary. Raises WorkError (engine_unavailable)."""
    tag = primary_tag(language)
    spoken = normalise(text, language=tag, has_html=False).text
    phonemizer = english_phonemizer(is_british=False) if tag == "en" else phonemizer_of(tag)
    return "".join(phoneme for phoneme in phonemizer(spoken).phonemes if phoneme in vocabulary)
