"""Words of a recording as Kokoro's phonemes."""

from collections.abc import Container

from workers.contract.tags import primary_tag
from workers.kokoro.accents import LANGUAGES, accent_of
from workers.text.g2p.languages import find_obstacle
from workers.text.normalise import normalise


def can_phonemise(language: str) -> bool:
    """True if words of the language can be given to Kokoro on this machine."""
    return primary_tag(language) in LANGUAGES and not find_obstacle(primary_tag(language))


def phonemise(text: str, *, language: str, vocabulary: Container[str] | None = None) -> str:
    """Phonemes of a written text, those of the vocabulary if one is given. Raises WorkError (engine_unavailable)."""
    spoken = normalise(text, language=language, has_html=False).text
    phonemised = accent_of(language).phonemizer()(spoken)
    return "".join(phoneme for phoneme in phonemised.phonemes if vocabulary is None or phoneme in vocabulary)
