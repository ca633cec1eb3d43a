"""Width of a text on the screen, and line breaking."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from workers.contract.tags import primary_tag
from workers.text.markup.boundaries import Break
from workers.text.subtitles.words import ShownWord

USUAL_COLUMNS: Final = 42
"""Characters per line in Netflix's Timed Text Style Guides and the BBC's guidelines for wide screens."""
COLUMNS: Final[Mapping[str, int]] = {"ja": 26, "zh": 32, "yue": 32, "ko": 32, "th": 35}
"""Columns per line in the same style guides. Full-width characters take two columns: 13 Japanese, 16 Chinese or Korean characters."""
WIDE_SHARE: Final = 3
"""A text of unknown language is East Asian if one in this many characters is wide."""

BREAK_COST: Final[Mapping[Break, float]] = {
    Break.PARAGRAPH: -20,
    Break.LINE: -20,
    Break.SENTENCE: -20,
    Break.CLAUSE: -14,
    Break.COMMA: -12,
    Break.WORD: 0,
    Break.CHARACTER: 6,
}
"""Columns of imbalance that a good break is worth."""
TOP_HEAVY_COST: Final = 0.3
"""Cost of a longer upper line."""
SHORT_WORD_COST: Final = 8
SHORT_WORD_CHARACTERS: Final = 3
"""Length of articles and prepositions in European languages, which belong to the following word."""
LONE_WORD_COST: Final = 15


def columns_for(language: str, text: str) -> int:
    """Columns per line in a language (BCP 47 tag); by the text's script if it is empty."""
    primary = primary_tag(language)
    if primary:
        return COLUMNS.get(primary, USUAL_COLUMNS)
    wide = width(text) - len(text)
    return COLUMNS["zh"] if wide * WIDE_SHARE > len(text) else USUAL_COLUMNS


def width(text: str) -> int:
    """Columns of a text: two for a full-width character, one for any other code point."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shown_text(words: Sequence[ShownWord]) -> str:
    """Words joined to one line."""
    return "".join(word.text + (" " if word.has_space_after else "") for word in words).rstrip()


def split_wide(text: str, *, columns: int) -> Iterator[str]:
    """Split a text without good break positions into pieces that fit into a line; at spaces if it has them. Combining marks stay with
    their base.
    """
    while width(text) > columns:
        end = taken = 0
        while taken + width(text[end]) <= columns:
            taken += width(text[end])
            end += 1
        space = text.rfind(" ", 1, end + 1)
        cut = space if space > 0 else _before_marks(text, end)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def break_lines(words: Sequence[ShownWord], *, columns: int) -> tuple[str, ...]:
    """One line if the words fit, otherwise two: balanced, the lower one longer, broken at punctuation rather than after a short word."""
    whole = shown_text(words)
    if width(whole) <= columns:
        return (whole,)
    best: tuple[float, tuple[str, str]] | None = None
    for position in range(1, len(words)):
        upper, lower = shown_text(words[:position]), shown_text(words[position:])
        if width(upper) > columns or width(lower) > columns:
            continue
        cost = _break_cost(words, position=position, surplus=width(upper) - width(lower))
        if best is None or cost < best[0]:
            best = cost, (upper, lower)
    if best is None:
        raise ValueError("the words do not fit into two lines")
    return best[1]


def _break_cost(words: Sequence[ShownWord], *, position: int, surplus: int) -> float:
    last = words[position - 1]
    cost = abs(surplus) + TOP_HEAVY_COST * max(0, surplus) + BREAK_COST[last.break_after]
    if last.break_after is Break.WORD and len(last.text) <= SHORT_WORD_CHARACTERS:
        cost += SHORT_WORD_COST
    if len(words) > 2 and len(words) - position == 1:
        cost += LONE_WORD_COST
    return cost


def _before_marks(text: str, end: int) -> int:
    cut = end
    while cut > 1 and unicodedata.category(text[cut]) in {"Mn", "Mc", "Me", "Cf"}:
        cut -= 1
    return cut if cut > 1 else end
