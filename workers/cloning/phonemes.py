"""Words of a recording as Kokoro's phonemes."""

from collections.abc import Container

from workers.kokoro.source_languages import find_source_obstacle, source_accent
from workers.text.normalise import normalise


def can_phonemise(language: str) -> bool:
    """True if words of the language can be aligned with a recording on this machine; Kokoro need not speak it."""
    return not find_source_obstacle(language)


def phonemise(text: str, *, language: str, vocabulary: Container[str] | None = None) -> str:
    """Phonemes of a written text, those of the vocabulary if one is given. Raises WorkError (engine_unavailable)."""
    spoken = normalise(text, language=language, has_html=False).text
    phonemised = source_accent(language).phonemizer()(spoken)
    return "".join(phoneme for phoneme in phonemised.phonemes if vocabulary is None or phoneme in vocabulary)
