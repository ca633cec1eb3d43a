"""Boundaries at which a plain text may be cut: paragraphs, lines and sentences, and clauses and words inside long ones."""

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from workers.text.markup.abbreviations import is_abbreviation


class Break(enum.Enum):
    """Kind of boundary that ends a segment."""

    PARAGRAPH = "paragraph"
    LINE = "line"
    SENTENCE = "sentence"
    CLAUSE = "clause"
    COMMA = "comma"
    WORD = "word"
    CHARACTER = "character"


PAUSES: Final[Mapping[Break, float]] = MappingProxyType(
    {
        Break.PARAGRAPH: 0.75,
        Break.LINE: 0.5,
        Break.SENTENCE: 0.4,
        Break.CLAUSE: 0.2,
        Break.COMMA: 0.15,
        Break.WORD: 0.05,
        Break.CHARACTER: 0.0,
    }
)
"""Seconds from the last sound of a sentence to the first of the next, at normal speed. A design choice, not a measurement; Kokoro itself
pauses 0.2 s between two sentences of one input, or not at all.
"""


class Segment(NamedTuple):
    """Characters [start, end) of a text, including the white space after them."""

    start: int
    end: int
    kind: Break


# Every pattern below matches where it first looks or fails within one character, and repeats possessively: no text makes them slow.
STOP: Final = re.compile(
    r"(?P<latin>[.!?…‽؟۔]++(?:[\"'”’)\]}»›]|[ \u00a0\u202f](?=»))*+(?: ++(?:[.!?…‽؟۔]++ ++){8,}+)?)"  # a long row of stops is one
    r"|(?P<full>[。！？｡．]++[!?！？」』）】》〉”’\"]*+)"
    r"|(?P<danda>[।॥]++[\"'”’)]*+)"
    r"|(?P<line>(?:\r\n|[\n\r\f\u2028\u2029])\s*+)"
)
LINE_END: Final = re.compile(r"\r\n|[\n\r\f\u2028]|(?P<paragraph>\u2029)")
SPACE: Final = re.compile(r"\s*+")
QUOTED: Final = re.compile(r"と|って")
"""Particles that continue a sentence after a Japanese quotation: 「そうですか。」と言った。"""

OPENERS: Final = "\"'“‘«‹([{¿¡—–-*_"
LIST_MARK: Final = re.compile(r"(?:[-*•‣·–—>#]|[0-9]{1,3}[.)]|[A-Za-z][.)])[ \t]")

WRAPPED_LINE_CHARACTERS: Final = 45
"""Lines of at least this length that continue in the next one were wrapped by an editor; shorter ones are headings, verses or addresses."""

LONGEST_CLUSTER_CHARACTERS: Final = 32
"""Longest distance at which the base of combining marks is searched backwards."""

LONGEST_SPACE_CHARACTERS: Final = 200
"""Longest white space appended to a piece."""

CLAUSE_MARKS: Final = ";:—–…；："
COMMA_MARKS: Final = ",，、،؛"
CUTS: Final = (
    (Break.CLAUSE, re.compile(rf"[{CLAUSE_MARKS}](?=\s)|[—；：]")),
    (Break.COMMA, re.compile(rf"[{COMMA_MARKS})](?=\s)|[，、،؛]")),
    (Break.WORD, re.compile(r"\s")),
)


def find_segments(text: str) -> list[Segment]:
    """Split a text at the ends of its sentences, lines and paragraphs. The segments are adjacent and cover the text exactly. Linear in its
    length.
    """
    segments: list[Segment] = []
    start = line_start = 0
    first = SPACE.match(text).end()  # type: ignore[union-attr]  # it matches the empty string
    for match in STOP.finditer(text):
        end = SPACE.match(text, match.end()).end()  # type: ignore[union-attr]  # it matches the empty string
        kind = _kind_of_stop(text, match, segment_start=start, line_start=line_start, end=end)
        if match["line"]:
            line_start = match.end()
        if kind is None or end <= start or end == first:
            continue
        segments.append(Segment(start, end, kind))
        start = end
    if start < len(text):
        segments.append(Segment(start, len(text), _kind_of_rest(text[start:])))
    return segments


def _kind_of_rest(rest: str) -> Break:
    """Break of a text that ends without a stop: a part of a long sentence may have been cut at its comma."""
    last = rest.rstrip()[-1:]
    if last and last in CLAUSE_MARKS:
        return Break.CLAUSE
    return Break.COMMA if last and last in COMMA_MARKS else Break.SENTENCE


def _kind_of_stop(text: str, match: re.Match[str], *, segment_start: int, line_start: int, end: int) -> Break | None:
    lines = _count_line_ends(text[match.start() if match["line"] else match.end() : end])
    if lines >= 2:
        return Break.PARAGRAPH
    if match["line"]:
        return Break.LINE if _is_line_break(text, line_start, match.start(), end) else None
    if match["full"] and QUOTED.match(text, match.end()) and match["full"][-1] in "」』":
        return None
    if match["latin"] and not _is_sentence_end(text, match, segment_start=segment_start, next_start=end):
        return None
    return Break.LINE if lines and _starts_list_item(text, end) else Break.SENTENCE


def _count_line_ends(space: str) -> int:
    """Number of line ends in white space; a paragraph separator counts as two."""
    return sum(2 if match["paragraph"] else 1 for match in LINE_END.finditer(space))


def _starts_list_item(text: str, position: int) -> bool:
    return LIST_MARK.match(text, position) is not None


def _is_line_break(text: str, line_start: int, line_end: int, next_start: int) -> bool:
    """True if a single line end is intended, and not an editor's wrapping of a paragraph."""
    if next_start >= len(text) or _starts_list_item(text, next_start):
        return True
    if text[next_start].islower():
        return False
    return line_end - line_start < WRAPPED_LINE_CHARACTERS or _starts_list_item(text, line_start)


def _is_sentence_end(text: str, match: re.Match[str], *, segment_start: int, next_start: int) -> bool:
    """True if a Latin full stop, question or exclamation mark ends a sentence."""
    if next_start >= len(text):
        return True
    if next_start == match.end() and not text[next_start - 1].isspace():  # no space after it: 3.14, example.com, but also "Hello!你好"
        return _is_ideographic(text[next_start])
    following = text[next_start : next_start + 24].lstrip(OPENERS)
    if following[:1].islower():
        return False
    if match["latin"].rstrip("\"'”’)]}»›") != ".":
        return True
    return not is_abbreviation(
        _word_before(text, match.start(), segment_start), following=following, is_first=_is_first(text, match, segment_start)
    )


def _word_before(text: str, stop: int, segment_start: int) -> str:
    """Characters since the last space, at most 24, without opening quotation marks."""
    words = text[max(segment_start, stop - 24) : stop].split()
    return words[-1].lstrip(OPENERS) if words and not text[stop - 1].isspace() else ""


def _is_first(text: str, match: re.Match[str], segment_start: int) -> bool:
    """True if only one short word lies between the start of the segment and the stop: the number of a list item."""
    return match.start() - segment_start <= 24 and len(text[segment_start : match.start()].split()) == 1


def _is_ideographic(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def cut_segment(text: str, segment: Segment, *, longest: int) -> Iterator[Segment]:
    """Split a segment into pieces of at most `longest` characters: at a clause, otherwise a comma, a space, or anywhere.

    White space after a piece belongs to it, which may exceed the limit by LONGEST_SPACE_CHARACTERS or `longest`, whichever is more.
    """
    start, most_space = segment.start, max(longest, LONGEST_SPACE_CHARACTERS)
    while segment.end - start > longest:
        end, kind = _find_cut(text, start, longest)
        end = SPACE.match(text, end, min(segment.end, end + most_space)).end()  # type: ignore[union-attr]  # it matches the empty string
        if end >= segment.end:
            break
        yield Segment(start, end, kind)
        start = end
    yield Segment(start, segment.end, segment.kind)


def _find_cut(text: str, start: int, longest: int) -> tuple[int, Break]:
    """Last good place in the last two thirds of a window."""
    earliest, latest = start + max(1, longest // 3), start + longest
    for kind, pattern in CUTS:
        ends = [match.end() for match in pattern.finditer(text, earliest - 1, latest)]
        if ends:
            return ends[-1], kind
    cut = latest
    while cut > max(earliest, latest - LONGEST_CLUSTER_CHARACTERS) and _belongs_to_previous(text[cut]):
        cut -= 1
    return cut, Break.CHARACTER


def _belongs_to_previous(character: str) -> bool:
    """True for combining marks, joiners, variation selectors and skin tones, which stay with their base."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or "\U0001f3fb" <= character <= "\U0001f3ff"
