"""Words as subtitles show them: with surrounding characters, times, and the strength of the break after each."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.text.markup.boundaries import CLAUSE_MARKS, COMMA_MARKS, Break, find_segments

LONGEST_GAP_CHARACTERS: Final = 2000
"""Longest unspoken text between two spoken words. A word further on is not searched for, which bounds the search for every text."""
OPENING_CATEGORIES: Final = frozenset({"Ps", "Pi"})
OPENING_MARKS: Final = "¿¡"
CLOSERS: Final = "\"'”’)]}»›」』）】》〉"
STRENGTH: Final[Mapping[Break | None, int]] = {Break.PARAGRAPH: 3, Break.LINE: 2, Break.SENTENCE: 1}

_SPACE: Final = re.compile(r"\s+")
_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts that are written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


class TimedSpan(NamedTuple):
    """Time at which a piece of a text is heard: seconds, and code points of the text."""

    start: float
    end: float
    start_character: int
    end_character: int


@dataclass(frozen=True, slots=True)
class ShownWord:
    """Displayed piece: not empty, without line breaks."""

    text: str
    start: float
    """Seconds."""
    end: float
    break_after: Break = Break.WORD
    has_space_after: bool = True
    speaker: str = ""


def words_of_text(text: str, spans: Iterable[TimedSpan]) -> list[ShownWord]:
    """The whole text as words; unspoken text joins its neighbours. Empty if no span lies in the text."""
    return [word for word, _ in _shown(text, spans=spans)]


def words_of_transcript(segments: Sequence[TranscriptSegment]) -> list[ShownWord]:
    """All words of a transcript. Words of segments without words get times in proportion to their characters."""
    text, spans, starts = "", [], []
    for segment in segments:
        said = _SPACE.sub(" ", segment.text).strip()
        if not said:
            continue
        text += " " if text and not (_UNSPACED.match(text[-1]) or _UNSPACED.match(said)) else ""
        starts.append((len(text), segment.speaker))
        timed = locate_words(said, segment.words) or _spread(said, start=segment.start, end=segment.end)
        spans += [TimedSpan(span.start, span.end, span.start_character + len(text), span.end_character + len(text)) for span in timed]
        text += said
    words, turn = [], 0
    for word, position in _shown(text, spans=spans):
        while turn + 1 < len(starts) and starts[turn + 1][0] <= position:
            turn += 1
        words.append(replace(word, speaker=starts[turn][1]))
    return words


def locate_words(text: str, words: Sequence[TranscriptWord]) -> list[TimedSpan]:
    """Locate words in the text, in order; a word that is not found extends the one before it. Linear in the text."""
    spans: list[TimedSpan] = []
    position = 0
    for word in words:
        said = _SPACE.sub(" ", word.word).strip()
        found = text.find(said, position, position + LONGEST_GAP_CHARACTERS + len(said)) if said else -1
        if found >= 0:
            spans.append(TimedSpan(word.start, word.end, found, found + len(said)))
            position = found + len(said)
        elif spans:
            spans[-1] = spans[-1]._replace(end=max(spans[-1].end, word.end))
    return spans


def _shown(text: str, *, spans: Iterable[TimedSpan]) -> list[tuple[ShownWord, int]]:
    """Each word with the offset of its spoken characters."""
    timed = _in_order(spans, length=len(text))
    edges = [0, *(_edge(text, left.end_character, right.start_character) for left, right in pairwise(timed)), len(text)]
    if not timed:
        return []
    shown = []
    for number, (span, strong) in enumerate(zip(timed, _strong_breaks(text, edges=edges), strict=True)):
        raw = text[edges[number] : edges[number + 1]]
        visible = _SPACE.sub(" ", _UNSHOWN.sub("", raw)).strip()
        if visible:
            word = ShownWord(visible, span.start, span.end, strong or _weak_break(raw), has_space_after=raw[-1:].isspace())
            shown.append((word, span.start_character))
    return shown


def _in_order(spans: Iterable[TimedSpan], *, length: int) -> list[TimedSpan]:
    """Sort spans by their position in the text, without overlaps; two spans of the same characters are merged."""
    kept: list[TimedSpan] = []
    for span in sorted(spans, key=lambda span: span.start_character):
        first, last = max(0, span.start_character), min(length, span.end_character)
        if first >= last or not (math.isfinite(span.start) and math.isfinite(span.end)):
            continue
        if kept and first < kept[-1].end_character:
            kept[-1] = kept[-1]._replace(end=max(kept[-1].end, span.end), end_character=max(kept[-1].end_character, last))
            continue
        kept.append(TimedSpan(span.start, span.end, first, last))
    return kept


def _edge(text: str, end: int, start: int) -> int:
    """Break of the displayed text between two spoken words: after the last space, otherwise before an opening bracket or quotation mark."""
    for position in range(start - 1, end - 1, -1):
        if text[position].isspace():
            return position + 1
    for position in range(end, start):
        if unicodedata.category(text[position]) in OPENING_CATEGORIES or text[position] in OPENING_MARKS:
            return position
    return start


def _strong_breaks(text: str, *, edges: Sequence[int]) -> list[Break | None]:
    """Strongest end of a sentence, line or paragraph between each two edges."""
    found: list[Break | None] = [None] * (len(edges) - 1)
    number = 0
    for segment in find_segments(text):
        while number < len(found) - 1 and edges[number + 1] < segment.end:
            number += 1
        if STRENGTH.get(segment.kind, 0) > STRENGTH.get(found[number], 0):
            found[number] = segment.kind
    return found


def _weak_break(raw: str) -> Break:
    """Break between two words inside a sentence."""
    mark = raw.rstrip().rstrip(CLOSERS)[-1:]
    if mark and mark in CLAUSE_MARKS:
        return Break.CLAUSE
    if mark and mark in COMMA_MARKS:
        return Break.COMMA
    return Break.WORD if raw[-1:].isspace() else Break.CHARACTER


def _spread(text: str, *, start: float, end: float) -> list[TimedSpan]:
    """Distribute words, or characters of scripts without spaces, over the time of a segment."""
    pieces = [match.span() for match in re.finditer(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})\S)+", text)]
    pace = (end - start) / max(1, len(text))
    return [TimedSpan(start + pace * first, start + pace * last, first, last) for first, last in pieces]
