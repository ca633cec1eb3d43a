"""A written text as it is said, in pieces that are aligned by themselves, and the way back from what was heard to the written words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from workers.contract.listening import AlignedWord
from workers.text.markup.boundaries import cut_segment, find_segments
from workers.text.normalise import normalise
from workers.text.spoken import SpokenText

LONGEST_PIECE_CHARACTERS: Final = 160
"""Some ten seconds: several pieces, or one, fill what an aligner takes at once."""

_WORD: Final = re.compile(r"\S+")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts without spaces between words."""


class HeardSpan(NamedTuple):
    """Time span in which some characters of the spoken text are heard."""

    start_character: int
    end_character: int
    start: float
    """Seconds."""
    end: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of a long one."""

    start: int
    """Offsets in the spoken text."""
    end: int
    weight: int
    """Letters and digits, to which its duration is proportional; at least one."""


def speak_text(text: str, *, language: str) -> SpokenText:
    """Numbers, dates and signs as words, tied to how they were written."""
    return normalise(text, language=language)


def cut_pieces(spoken: str) -> list[Piece]:
    """The whole spoken text, in order; none without a letter or digit. Empty for a text that has none at all."""
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


def written_words(spoken: SpokenText, heard: Iterable[HeardSpan]) -> list[AlignedWord]:
    """The words as they were written, each from the first to the last of what is heard of it. What is not heard of is left out."""
    units = list(_units(spoken.written))
    found: dict[int, tuple[float, float]] = {}
    for span in sorted(heard):
        first, last = (offset - spoken.start for offset in spoken.written_range(span.start_character, span.end_character))
        for number in _touched(units, first=first, last=last):
            start, end = found.get(number, (span.start, span.end))
            found[number] = min(start, span.start), max(end, span.end)
    aligned: list[AlignedWord] = []
    for (start, end), group in groupby(sorted(found), key=found.__getitem__):
        aligned += _share([units[number] for number in group], text=spoken.written, start=start, end=end)
    return aligned


def _share(units: list[tuple[int, int]], *, text: str, start: float, end: float) -> Iterator[AlignedWord]:
    """Words that are one to the ear ("5 p.m." is "five PM") divide its time by their characters."""
    pace = (end - start) / sum(last - first for first, last in units)
    for first, last in units:
        following = start + pace * (last - first)
        yield AlignedWord(text[first:last], round(start, 3), round(following, 3), first, last)
        start = following


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Words between spaces; of scripts without spaces every character."""
    for match in _WORD.finditer(text):
        start = match.start()
        for single in _UNSPACED.finditer(text, match.start(), match.end()):
            if start < single.start():
                yield start, single.start()
            yield single.span()
            start = single.end()
        if start < match.end():
            yield start, match.end()


def _touched(units: list[tuple[int, int]], *, first: int, last: int) -> Iterator[int]:
    """Numbers of the units that share a character with the range."""
    low, high = 0, len(units)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if units[middle][1] <= first else (low, middle)
    while low < len(units) and units[low][0] < last:
        yield low
        low += 1
