"""Values of spoken text: sentences, phonemes, word timings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """Piece of text that is synthesised in one call and cannot be interrupted."""

    text: str
    """Text as the customer wrote it."""
    start: int
    """Offset of the first character in the part's text, in code points."""
    pause_after: float
    """Seconds of silence between the last sound of this sentence and the first of the next."""


@dataclass(frozen=True, slots=True)
class WordTiming:
    """Start and end time of one written word in the audio."""

    word: str
    """Word as the customer wrote it."""
    start: float
    """Seconds from the first sample of the audio that it belongs to."""
    end: float
    start_character: int
    """Offset in the text that the audio speaks, in code points."""
    end_character: int


@dataclass(frozen=True, slots=True)
class GivenPhonemes:
    """Piece of a sentence with phonemes from markup."""

    start: int
    """Offset of its first character in the sentence, in code points."""
    end: int
    ipa: str

    def within(self, start: int, end: int) -> "GivenPhonemes":
        """Shift to the sentence from `start` to `end` of the text that this one counts in."""
        return GivenPhonemes(max(self.start, start) - start, min(self.end, end) - start, self.ipa)
