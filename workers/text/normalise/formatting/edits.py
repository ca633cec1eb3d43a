"""Edits that remove formatting from a text, mapped to the written text."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from workers.text.spoken_text import SpokenText, SpokenTextBuilder


class Edit(NamedTuple):
    """The characters [start, end) are read as `said`."""

    start: int
    end: int
    said: str = ""
    is_opening: bool = False
    """True if the edit belongs to the following word and not to the preceding one."""


@dataclass(slots=True)
class _Piece:
    """Stretch of the text; `said` is None if it is read as written, otherwise its replacements."""

    start: int
    end: int
    said: list[str] | None = None
    is_heard: bool = False
    """True if `said` contains a letter or figure; not computed for text read as written."""


def apply_edits(text: str, edits: Iterable[Edit]) -> SpokenText:
    """Apply ordered, disjoint edits. Linear in the text.

    Removed letters or figures, such as a link's target, become part of the neighbouring word, so that every written word maps to something
    spoken. If nothing would be audible the text stays unchanged.
    """
    pieces: list[_Piece] = []
    position = 0
    waiting: _Piece | None = None
    for edit in edits:
        waiting = _add(pieces, _Piece(position, edit.start), waiting, text=text)
        piece = _Piece(edit.start, edit.end, [edit.said], any(map(str.isalnum, edit.said)))
        if waiting is not None or not _is_lost(edit, text=text):
            waiting = _add(pieces, piece, waiting, text=text)
        else:
            waiting = piece if edit.is_opening else _join_previous(pieces, piece, text=text)
        position = edit.end
    if not position:
        return SpokenText.verbatim(text)
    waiting = _add(pieces, _Piece(position, len(text)), waiting, text=text)
    if waiting is not None:
        waiting = _join_previous(pieces, waiting, text=text)
    return SpokenText.verbatim(text) if waiting is not None else _build(text, pieces)


def _build(text: str, pieces: list[_Piece]) -> SpokenText:
    """Assemble the pieces. White space at the edges of a replacement maps to no written text, so that the word keeps its position."""
    builder = SpokenTextBuilder(text)
    for piece in pieces:
        if piece.said is None:
            builder.keep(up_to=piece.end)
            continue
        said = "".join(piece.said)
        word = said.strip()
        if not word:
            builder.say(said, up_to=piece.end)
            continue
        start = len(said) - len(said.lstrip())
        builder.say(said[:start], up_to=builder.position)
        builder.say(word, up_to=piece.end)
        builder.say(said[start + len(word) :], up_to=piece.end)
    return builder.build()


def _is_lost(edit: Edit, *, text: str) -> bool:
    """True if the edit replaces letters or figures with nothing audible."""
    return not _is_visible(edit.said) and any(map(str.isalnum, text[edit.start : edit.end]))


def _is_visible(said: str) -> bool:
    return any(not character.isspace() and unicodedata.category(character) != "Cf" for character in said)


def _add(pieces: list[_Piece], piece: _Piece, waiting: _Piece | None, *, text: str) -> _Piece | None:
    """Append a piece; text waiting for a word joins its first one. Returns text that still waits."""
    if piece.start == piece.end:
        return waiting
    if waiting is None or waiting.said is None:
        pieces.append(piece)
        return None
    if piece.said is None:
        start = next((at for at in range(piece.start, piece.end) if text[at].isalnum()), piece.end)
        end = next((at for at in range(start, piece.end) if not text[at].isalnum()), piece.end)
        rest = _Piece(end, piece.end)
        piece = _Piece(piece.start, end, [text[piece.start : end]], is_heard=start < end)
    else:
        rest = _Piece(piece.end, piece.end)
    waiting.said += piece.said or []
    waiting.end, waiting.is_heard = piece.end, piece.is_heard
    if not piece.is_heard:
        return waiting
    pieces.append(waiting)
    if rest.start < rest.end:
        pieces.append(rest)
    return None


def _join_previous(pieces: list[_Piece], lost: _Piece, *, text: str) -> _Piece | None:
    """Join silent text to the last word before it; without one it waits for the next."""
    behind = [lost]
    while pieces:
        last = pieces.pop()
        if last.said is None:
            last = _split_last_word(pieces, last, text=text)
        if last.is_heard:
            pieces.append(_merge(last, behind))
            return None
        behind.append(last)
    first = behind.pop()
    return _merge(first, behind)


def _split_last_word(pieces: list[_Piece], piece: _Piece, *, text: str) -> _Piece:
    """Last word of a stretch and the text after it; the text before goes back to the pieces."""
    end = next((at for at in range(piece.end, piece.start, -1) if text[at - 1].isalnum()), piece.start)
    start = next((at for at in range(end, piece.start, -1) if not text[at - 1].isalnum()), piece.start)
    if start > piece.start:
        pieces.append(_Piece(piece.start, start))
    return _Piece(start, piece.end, [text[start : piece.end]], is_heard=end > piece.start)


def _merge(first: _Piece, behind: list[_Piece]) -> _Piece:
    """Merge a piece with those that follow it (the last one first in the list)."""
    said = first.said if first.said is not None else []
    for piece in reversed(behind):
        said += piece.said or []
    return _Piece(first.start, behind[0].end if behind else first.end, said, first.is_heard)


def mask_edits(text: str, edits: Iterable[Edit]) -> str:
    """Text of the same length with each edit as its stand-in between sentences: line ends, spaces or brackets."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        length = edit.end - edit.start
        mark = "(" if edit.is_opening else ")"
        filling = "\n" * edit.said.count("\n") if "\n" in edit.said else edit.said if edit.said.isspace() else ""
        pieces += [
            text[position : edit.start],
            (" " * length + filling)[-length:] if filling else "x" * length if edit.said else mark * length,
        ]
        position = edit.end
    return "".join([*pieces, text[position:]]) if position else text
