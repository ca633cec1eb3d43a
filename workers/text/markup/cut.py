"""Splits a document into the parts that workers speak in parallel."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from workers.contract.markup import Segment
from workers.text.markup import boundaries
from workers.text.markup.document import Document, spoken_size
from workers.text.markup.parts import LONGEST_PART_CHARACTERS, LONGEST_WORDLESS, SLACK, cut_into_parts
from workers.text.normalise.formatting import mask_formatting

_MARK: Final = re.compile(r"[^\w ]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters [start, end) of the written text, all of one segment."""

    segment: int
    start: int
    end: int
    size: int
    """Approximate number of characters that an engine receives for it."""
    is_end: bool
    """True if a sentence, or a piece that was too long, ends after it."""


def cut_document(document: Document, *, longest: int = LONGEST_PART_CHARACTERS) -> list[tuple[Segment, ...]]:
    """Split a document at sentence ends into parts of about `longest` characters as spoken.

    Concatenated the parts are the document: `start` of every segment stays an offset in the whole written text, only plain text is divided,
    and a pause stays with the text it follows. A plain text is split exactly as by cut_into_parts. Linear in the length of the text.
    """
    if not document.is_markup:
        return list(_cut_plain(document.written, longest=longest))
    return [_rebuild(document, part) for part in _pack(_cut_pieces(document, longest=longest), document, longest=longest)]


def _cut_plain(text: str, *, longest: int) -> Iterator[tuple[Segment, ...]]:
    start = 0
    for part in cut_into_parts(text, longest=longest):
        yield (Segment(part, start),)
        start += len(part)


def _cut_pieces(document: Document, *, longest: int) -> list[_Piece]:
    written = document.written
    ends = [sentence.end for sentence in boundaries.find_segments(_mask_elements(document))]
    stops = [start + len(written[start:end].rstrip()) for start, end in zip([0, *ends], ends, strict=False)]
    pieces: list[_Piece] = []
    for index, segment in enumerate(document.segments):
        stop = segment.start + len(segment.text)
        at_end = bisect_left(ends, stop)
        is_end = segment.ends_sentence or segment.kind == "break" or (at_end < len(ends) and stops[at_end] <= stop)
        if segment.kind == "text":
            inner = ends[bisect_left(ends, segment.start + 1) : at_end]
            pieces.extend(_cut_run(written, index, [segment.start, *inner, stop], is_end=is_end, longest=longest))
        else:
            pieces.append(_Piece(index, segment.start, stop, max(1, spoken_size(segment)), is_end))
    return pieces


def _mask_elements(document: Document) -> str:
    """The written text without punctuation inside indivisible elements and link targets."""
    return "".join(
        mask_formatting(segment.text) if segment.kind == "text" else _MARK.sub(lambda match: "x" * len(match[0]), segment.text)
        for segment in document.segments
    )


def _cut_run(written: str, index: int, edges: list[int], *, is_end: bool, longest: int) -> Iterator[_Piece]:
    """Sentences of a run of plain text; `is_end` is true if one ends after the last of them."""
    start = edges[0]
    for end in edges[1:]:
        if end < edges[-1] and not written[start:end].strip():
            continue  # white space after a sentence that ended in the segment before
        pieces = list(boundaries.cut_segment(written, boundaries.Segment(start, end, boundaries.Break.SENTENCE), longest=longest))
        for piece in pieces:
            is_last = piece.end == edges[-1]
            yield _Piece(index, piece.start, piece.end, piece.end - piece.start, is_end if is_last else True)
        start = end


def _pack(pieces: list[_Piece], document: Document, *, longest: int) -> Iterator[list[_Piece]]:
    limit, left = int(longest * SLACK), sum(piece.size for piece in pieces)
    part: list[_Piece] = []
    size, has_words = 0, False
    for unit in _units(pieces, document, longest=longest):
        unit_size, unit_has_words = sum(piece.size for piece in unit), any(_has_words(document, piece) for piece in unit)
        is_full = size + unit_size > longest and left > limit
        if part and ((is_full and has_words and unit_has_words) or size + unit_size > LONGEST_WORDLESS * longest):
            yield part
            left -= size
            part, size, has_words = [], 0, False
        part.extend(unit)
        size += unit_size
        has_words = has_words or unit_has_words
    if part:
        yield part


def _units(pieces: list[_Piece], document: Document, *, longest: int) -> Iterator[list[_Piece]]:
    """Runs of pieces between which a cut is good; a run too long for one part is divided between its pieces."""
    unit: list[_Piece] = []
    size = 0
    for index, piece in enumerate(pieces):
        if unit and size + piece.size > longest:
            yield unit
            unit, size = [], 0
        unit.append(piece)
        size += piece.size
        is_pause_next = index + 1 < len(pieces) and document.segments[pieces[index + 1].segment].kind == "break"
        if piece.is_end and not is_pause_next:
            yield unit
            unit, size = [], 0
    if unit:
        yield unit


def _has_words(document: Document, piece: _Piece) -> bool:
    return any(character.isalnum() for character in document.written[piece.start : piece.end])


def _rebuild(document: Document, part: list[_Piece]) -> tuple[Segment, ...]:
    """Segments of a part; pieces of one segment are merged again."""
    segments = []
    for index, group in groupby(part, key=lambda piece: piece.segment):
        run = list(group)
        whole, start, end = document.segments[index], run[0].start, run[-1].end
        is_whole_end = end == whole.start + len(whole.text)
        if start == whole.start and is_whole_end:
            segments.append(whole)
            continue
        ends_sentence, ends_paragraph = whole.ends_sentence and is_whole_end, whole.ends_paragraph and is_whole_end
        text = document.written[start:end]
        segments.append(replace(whole, text=text, start=start, ends_sentence=ends_sentence, ends_paragraph=ends_paragraph))
    return tuple(segments)
