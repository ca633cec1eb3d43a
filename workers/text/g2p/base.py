"""The result of a G2P: phonemes, each group with the written word that it speaks."""

from dataclasses import dataclass
from typing import Protocol

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.text.phonemes import Phonemised, WordPhonemes

PAUSE_MARKS = ",.!?;:—…"
"""Punctuation that Kokoro's vocabulary knows as a pause or a melody."""


@dataclass(frozen=True, slots=True)
class PhonemeWord:
    """The phonemes of one written word, or a punctuation mark."""

    phonemes: str
    start: int
    """Offset of the word's first character in the text, in code points."""
    end: int
    is_mark: bool = False


class G2P(Protocol):
    """Letters to phonemes of one language. May be called from several threads."""

    def __call__(self, text: str) -> list[PhonemeWord]:
        """All words and marks of the text, in order. Raises WorkError (engine_unavailable) when a library is missing."""


def explain_import(error: Exception, *, language: str) -> WorkError:
    """The error for a language whose packages cannot be imported, whatever the import raised."""
    if isinstance(error, ImportError) and error.name:
        return WorkError(ENGINE_UNAVAILABLE, f"{language} needs the package {error.name}: install requirements/languages.txt.")
    reason = f"{type(error).__name__}: {error}"
    return WorkError(ENGINE_UNAVAILABLE, f"The packages for {language} cannot be imported ({reason}): install requirements/languages.txt.")


def join_phonemes(words: list[PhonemeWord]) -> Phonemised:
    """One phoneme string, words separated by a space and marks attached, and where each written word lies in it."""
    pieces: list[str] = []
    places: list[WordPhonemes] = []
    length = 0
    for word in words:
        if not word.phonemes:
            continue
        if length and not word.is_mark:
            pieces.append(" ")
            length += 1
        if not word.is_mark:
            places.append(WordPhonemes(word.start, word.end, length, length + len(word.phonemes)))
        pieces.append(word.phonemes)
        length += len(word.phonemes)
    return Phonemised("".join(pieces), tuple(places))
