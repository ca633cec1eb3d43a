"""What a G2P gives: phonemes, each group with the written word that it speaks."""

from dataclasses import dataclass
from typing import Protocol

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


def join_phonemes(words: list[PhonemeWord]) -> tuple[str, list[tuple[int, int, PhonemeWord]]]:
    """One phoneme string, words separated by a space and marks attached, and where each word lies in it (start, end)."""
    pieces: list[str] = []
    places: list[tuple[int, int, PhonemeWord]] = []
    length = 0
    for word in words:
        if not word.phonemes:
            continue
        if length and not word.is_mark:
            pieces.append(" ")
            length += 1
        places.append((length, length + len(word.phonemes), word))
        pieces.append(word.phonemes)
        length += len(word.phonemes)
    return "".join(pieces), places
