"""A long text cut into the parts that workers speak side by side."""

from typing import Final

from workers.text.markup.boundaries import Segment, cut_segment, find_segments
from workers.text.normalise.formatting import mask_formatting

LONGEST_PART_CHARACTERS: Final = 500
"""Some 30 seconds of speech: short enough to be done again when a worker is lost, long enough to be worth a message."""

SLACK: Final = 1.5
"""A text or a rest up to so many times the limit stays one part: a last part of three words is worth nothing."""

LONGEST_WORDLESS: Final = 8
"""A part may grow to so many times the limit rather than leave what holds no word, rows of stars or dots, to a part of its own."""


def cut_into_parts(text: str, *, longest: int = LONGEST_PART_CHARACTERS) -> list[str]:
    """Cuts a text at sentence ends into parts of about `longest` characters; put together they are the text exactly.

    A text of up to 1.5 times `longest` is one part, the empty text none. Sentences longer than that are cut at clauses, commas, spaces.
    What has no letter or digit joins a part that has one, until that part has LONGEST_WORDLESS times `longest` characters. Linear in the
    length of the text.
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
