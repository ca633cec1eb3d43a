"""Maps a written text to the words that are spoken, in pieces that are aligned separately, and aligned words back to the written text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from workers.contract.transcription import AlignedWord
from workers.text.markup.boundaries import cut_segment, find_segments
from workers.text.normalise import normalise
from workers.text.spoken_text import SpokenText

LONGEST_PIECE_CHARACTERS: Final = 160
"""About ten seconds: one or several pieces fill an aligner's window."""

_WORD: Final = re.compile(r"\S+")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts without spaces between words."""


class AlignedSpan(NamedTuple):
    """Time span in which a range of characters of the spoken text is heard."""

    start_character: int
    end_character: int
    start: float
    """Seconds."""
    end: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of a long one."""

    start: int
    """Offset in the spoken text."""
    end: int
    weight: int
    """Letters and digits, to which its duration is proportional; at least one."""


def normalise_for_alignment(text: str, *, language: str) -> SpokenText:
    """Numbers, dates and signs as words, mapped to the written text."""
    return normalise(text, language=language)


def cut_pieces(spoken: str) -> list[Piece]:
    """Split the whole spoken text, in order, into pieces with at least one letter or digit. Empty if the text has none."""
    pieces: list[Piece] = []
    silent_from: int | None = None
    for segment in find_segments(spoken):
        for part in cut_segment(spoken, segment, longest=LONGEST_PIECE_CHARACTERS):
            weight = sum(map(str.isalnum, spoken[part.start : part.end]))
            if weight:
                pieces.append(Piece(part.start if silent_from is None else silent_from, part.end, weight))
                silent_from = None
            elif pieces:
                pieces[-1] = Piece(pieces[-1].start, part.end, pieces[-1].weight)
            else:
                silent_from = 0
    return pieces


def written_words(spoken: SpokenText, spans: Iterable[AlignedSpan]) -> list[AlignedWord]:
    """Written words, each from the first to the last aligned character of it. Words without aligned characters are left out."""
    units = list(_units(spoken.written))
    found: dict[int, tuple[float, float]] = {}
    for span in sorted(spans):
        first, last = (offset - spoken.start for offset in spoken.written_range(span.start_character, span.end_character))
        for number in _overlapping(units, first=first, last=last):
            start, end = found.get(number, (span.start, span.end))
            found[number] = min(start, span.start), max(end, span.end)
    aligned: list[AlignedWord] = []
    for (start, end), group in groupby(sorted(found), key=found.__getitem__):
        aligned += _share([units[number] for number in group], text=spoken.written, start=start, end=end)
    return aligned


def _share(units: list[tuple[int, int]], *, text: str, start: float, end: float) -> Iterator[AlignedWord]:
    """Divide the time of words that are pronounced together ("5 p.m." is "five PM") by their characters."""
    pace = (end - start) / sum(last - first for first, last in units)
    for first, last in units:
        following = start + pace * (last - first)
        yield AlignedWord(text[first:last], round(start, 3), round(following, 3), first, last)
        start = following


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Words between spaces; single characters in scripts without spaces."""
    for match in _WORD.finditer(text):
        start = match.start()
        for single in _UNSPACED.finditer(text, match.start(), match.end()):
            if start < single.start():
                yield start, single.start()
            yield single.span()
            start = single.end()
        if start < match.end():
            yield start, match.end()


def _overlapping(units: list[tuple[int, int]], *, first: int, last: int) -> Iterator[int]:
    """Indices of the units that overlap the range."""
    low, high = 0, len(units)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if units[middle][1] <= first else (low, middle)
    while low < len(units) and units[low][0] < last:
        yield low
        low += 1
