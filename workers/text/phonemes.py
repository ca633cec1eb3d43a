"""Phonemes of a text, mapped to its written words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from workers.contract.speech import GivenPhonemes, WordTiming


@dataclass(frozen=True, slots=True)
class WordPhonemes:
    """One written word and its phonemes without the marks around them."""

    start_character: int
    """Offset in the text, in code points."""
    end_character: int
    first: int
    """Offset of its first phoneme in the phoneme string."""
    end: int
    """End of its last phoneme, exclusive; greater than `first`."""


@dataclass(frozen=True, slots=True)
class PhonemisedText:
    """Text as phonemes, one character each, including pause and intonation marks."""

    phonemes: str
    words: tuple[WordPhonemes, ...]
    """Audible words in order: an emoji has no phonemes."""

    def restrict(self, alphabet: Callable[[str], bool]) -> "PhonemisedText":
        """Remove phonemes that a model does not know; words that lose all of theirs are dropped."""
        kept = [1 if alphabet(phoneme) else 0 for phoneme in self.phonemes]
        places = [0, *accumulate(kept)]
        words = (WordPhonemes(w.start_character, w.end_character, places[w.first], places[w.end]) for w in self.words)
        phonemes = "".join(phoneme for phoneme, is_kept in zip(self.phonemes, kept, strict=True) if is_kept)
        return PhonemisedText(phonemes, tuple(word for word in words if word.end > word.first))

    def with_given(self, given: Sequence[GivenPhonemes], *, spell: Callable[[str], str]) -> "PhonemisedText":
        """Replace the phonemes of words by given ones in the model's notation, in order of position."""
        result = self
        for one in sorted(given, key=lambda one: one.start, reverse=True):  # from the end, so that earlier offsets stay valid
            result = result._with_one(one, sounds=spell(one.ipa))
        return result

    def _with_one(self, given: GivenPhonemes, *, sounds: str) -> "PhonemisedText":
        before = [word for word in self.words if word.end_character <= given.start]
        after = [word for word in self.words if word.start_character >= given.end]
        inside = self.words[len(before) : len(self.words) - len(after)]
        if not sounds:
            return self
        first = inside[0].first if inside else before[-1].end if before else 0
        end = inside[-1].end if inside else first
        if not inside:  # the spelling alone says nothing, so its sounds stand apart
            sounds = f"{' ' if before else ''}{sounds}{' ' if after and not before else ''}"
        shift = len(sounds) - (end - first)
        spoken = WordPhonemes(given.start, given.end, first + len(sounds) - len(sounds.lstrip()), first + len(sounds.rstrip()))
        moved = (WordPhonemes(w.start_character, w.end_character, w.first + shift, w.end + shift) for w in after)
        return PhonemisedText(self.phonemes[:first] + sounds + self.phonemes[end:], (*before, spoken, *moved))


def phoneme_boundaries(durations: Sequence[int], *, unit_seconds: float, lead_units: int) -> list[float]:
    """Start of each phoneme and end of the last one, in seconds, from the durations of a model's tokens.

    durations: one per token, in units; the first and the last token are padding, and the first is `lead_units` shorter in the audio.
    """
    return [max(0, units - lead_units) * unit_seconds for units in accumulate(durations[:-1])]


def time_words(phonemised: PhonemisedText, *, text: str, boundaries: Sequence[float]) -> tuple[WordTiming, ...]:
    """Time of each written word.

    boundaries: seconds, one more than there are phonemes; phoneme i lasts from boundaries[i] to boundaries[i + 1].
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
