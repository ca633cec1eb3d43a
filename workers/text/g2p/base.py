"""Result type of a G2P: phonemes grouped by written word."""

from dataclasses import dataclass
from typing import Protocol

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.text.phonemes import PhonemisedText, WordPhonemes

PAUSE_MARKS = ",.!?;:—…"
"""Punctuation in Kokoro's vocabulary that marks a pause or intonation."""


@dataclass(frozen=True, slots=True)
class PhonemeWord:
    """Phonemes of one written word, or a punctuation mark."""

    phonemes: str
    start: int
    """Offset of the word's first character in the text, in code points."""
    end: int
    is_mark: bool = False


class G2P(Protocol):
    def __call__(self, text: str) -> list[PhonemeWord]:
        """All words and marks of the text, in order. Raises WorkError (engine_unavailable) if a library is missing."""


def explain_import(error: Exception, *, language: str) -> WorkError:
    """Error for a language whose packages cannot be imported, for any exception of the import."""
    if isinstance(error, ImportError) and error.name:
        return WorkError(ENGINE_UNAVAILABLE, f"{language} needs the package {error.name}: install requirements/languages.txt.")
    reason = f"{type(error).__name__}: {error}"
    return WorkError(ENGINE_UNAVAILABLE, f"The packages for {language} cannot be imported ({reason}): install requirements/languages.txt.")


def join_phonemes(words: list[PhonemeWord]) -> PhonemisedText:
    """One phoneme string, words separated by spaces and marks attached, with the range of each written word."""
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
    return PhonemisedText("".join(pieces), tuple(places))
