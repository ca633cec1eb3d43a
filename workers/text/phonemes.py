"""Phonemes of a text, and which of them each written word is heard in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from workers.engines.base import WordTiming


@dataclass(frozen=True, slots=True)
class WordPhonemes:
    """One written word, and its phonemes without the marks around them."""

    start_character: int
    """Offset in the text, in code points."""
    end_character: int
    first: int
    """Offset of its first phoneme in the phoneme string."""
    end: int
    """Behind its last phoneme; greater than `first`."""


@dataclass(frozen=True, slots=True)
class Phonemised:
    """A text as phonemes, one character each, pauses and melody marks among them."""

    phonemes: str
    words: tuple[WordPhonemes, ...]
    """In order, and only those that are heard: an emoji has none."""

    def restrict(self, alphabet: Callable[[str], bool]) -> "Phonemised":
        """The same without the phonemes that a model does not know; words that lose all of theirs are dropped."""
        kept = [1 if alphabet(phoneme) else 0 for phoneme in self.phonemes]
        places = [0, *accumulate(kept)]
        words = (WordPhonemes(w.start_character, w.end_character, places[w.first], places[w.end]) for w in self.words)
        phonemes = "".join(phoneme for phoneme, is_kept in zip(self.phonemes, kept, strict=True) if is_kept)
        return Phonemised(phonemes, tuple(word for word in words if word.end > word.first))


def phoneme_boundaries(durations: Sequence[int], *, unit_seconds: float, lead_units: int) -> list[float]:
    """Where each phoneme begins, in seconds, and where the last one ends, from the durations of a model's tokens.

    durations: one for each token, in units; the first and the last token are padding, and the first is heard `lead_units` shorter.
    """
    return [max(0, units - lead_units) * unit_seconds for units in accumulate(durations[:-1])]


def time_words(phonemised: Phonemised, *, text: str, boundaries: Sequence[float]) -> tuple[WordTiming, ...]:
    """When each written word is heard.

    boundaries: seconds, one more than there are phonemes; phoneme i sounds from boundaries[i] to boundaries[i + 1].
    """
    return tuple(
        WordTiming(
            text[word.start_character : word.end_character],
            round(float(boundaries[word.first]), 4),
            round(float(boundaries[word.end]), 4),
            word.start_character,
            word.end_character,
        )
        for word in phonemised.words
    )
