"""Splits a text into the sentences that a model synthesises in one call, each with the pause after it."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from workers.contract.engines import EngineSpec
from workers.contract.speech import Sentence
from workers.text.markup.boundaries import PAUSES, Segment, cut_segment, find_segments

LONGEST_CHARACTERS: Final = 300


class Splitter(Protocol):
    """Part of the engine protocol that splitting into sentences needs."""

    spec: EngineSpec

    def split(self, text: str, *, language: str) -> list[Sentence]:
        """Split into sentences that the model can synthesise in one call. Needs no weights."""


def split_sentences(
    text: str,
    *,
    longest: int = LONGEST_CHARACTERS,
    fits: Callable[[str], bool] = bool,
    is_speakable: Callable[[str], bool] | None = None,
) -> list[Sentence]:
    """Split a text into sentences; concatenated they are the text exactly, including white space.

    A sentence longer than `longest` characters is cut at clauses, commas, then spaces, and one that does not fit (too many phonemes, for
    example) in halves until it does. A part that is not speakable (by default one without a letter or digit, such as a row of asterisks)
    joins the sentence before it, or the first one, so that every sentence is speakable unless none is.
    """
    speakable = is_speakable or _has_words
    pieces: list[Segment] = []
    is_last_speakable = False
    for segment in find_segments(text):
        for piece in _fitting_pieces(text, segment, longest=longest, fits=fits):
            is_this_speakable = speakable(text[piece.start : piece.end])
            if pieces and not (is_this_speakable and is_last_speakable):
                pieces[-1] = _join(pieces[-1], piece, is_first_speakable=is_last_speakable)
            else:
                pieces.append(piece)
            is_last_speakable = is_last_speakable or is_this_speakable
    return [Sentence(text[piece.start : piece.end], piece.start, PAUSES[piece.kind]) for piece in pieces]


def _join(first: Segment, second: Segment, *, is_first_speakable: bool) -> Segment:
    """Merge two segments of which at most one is audible."""
    is_first_longer = is_first_speakable and PAUSES[first.kind] > PAUSES[second.kind]
    return Segment(first.start, second.end, first.kind if is_first_longer else second.kind)


def _fitting_pieces(text: str, segment: Segment, *, longest: int, fits: Callable[[str], bool]) -> Iterator[Segment]:
    """Pieces of at most `longest` characters; those that do not fit are halved repeatedly."""
    for piece in cut_segment(text, segment, longest=longest):
        written = text[piece.start : piece.end]
        visible = len(written.strip())
        if visible <= 1 or fits(written):
            yield piece
        else:
            yield from _fitting_pieces(text, piece, longest=(visible + 1) // 2, fits=fits)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)
