"""Splits a long text into the parts that workers speak in parallel."""

from typing import Final

from workers.text.markup.boundaries import Segment, cut_segment, find_segments
from workers.text.normalise.formatting import mask_formatting

LONGEST_PART_CHARACTERS: Final = 500
"""About 30 seconds of speech: short enough to repeat when a worker is lost, long enough to be worth a message."""

SLACK: Final = 1.5
"""Factor of the limit up to which a text or a rest stays one part: a last part of three words is not worth a message."""

LONGEST_WORDLESS: Final = 8
"""Factor of the limit to which a part may grow to absorb text without words, such as rows of stars or dots."""


def cut_into_parts(text: str, *, longest: int = LONGEST_PART_CHARACTERS) -> list[str]:
    """Split a text at sentence ends into parts of about `longest` characters, whose concatenation is the text.

    A text of up to 1.5 times `longest` is one part, the empty text none. Longer sentences are cut at clauses, commas, spaces. Text without
    letters or digits joins a part with some, until that part has LONGEST_WORDLESS times `longest` characters. Linear in the length of the
    text.
    """
    limit = int(longest * SLACK)
    if len(text) <= limit:
        return [text] if text else []
    parts: list[str] = []
    start = end = 0
    has_words = False
    for segment in _pieces(text, longest=longest):
        is_full = segment.end - start > longest and len(text) - start > limit
        is_good = has_words and _has_words(text[segment.start : segment.end])
        is_too_long = end > start and segment.end - start > LONGEST_WORDLESS * longest
        if (is_full and is_good) or is_too_long:
            parts.append(text[start:end])
            start, has_words = segment.start, False
        end = segment.end
        has_words = has_words or _has_words(text[segment.start : segment.end])
    return [*parts, text[start:end]]


def _pieces(text: str, *, longest: int) -> list[Segment]:
    masked = mask_formatting(text)
    return [piece for segment in find_segments(masked) for piece in cut_segment(masked, segment, longest=longest)]


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)
