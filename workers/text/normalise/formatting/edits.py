"""Changes of a text that leave out its formatting, tied to what was written."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from workers.text.spoken import Builder, SpokenText


class Edit(NamedTuple):
    """The characters [start, end) are read as `said`."""

    start: int
    end: int
    said: str = ""
    is_opening: bool = False
    """True if the edit belongs to the word behind it and not to the one before."""


@dataclass(slots=True)
class _Piece:
    """A stretch of the text; `said` is None where it is read as written, else in parts what is read."""

    start: int
    end: int
    said: list[str] | None = None
    is_heard: bool = False
    """True if a letter or figure is in `said`; not computed for text that is read as written."""


def apply_edits(text: str, edits: Iterable[Edit]) -> SpokenText:
    """The text with all edits made, which are in order and do not overlap. Linear in the text.

    What is written with letters or figures and not heard, a link's target for instance, becomes part of the word beside it, so that every
    written word leads to something spoken. Where nothing would be heard at all the text stays as it is.
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
    """The pieces put together. White space at the edges of what is said stands for nothing written, so that the word keeps its place."""
    builder = Builder(text)
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
    """Appends a piece; what waits for a word joins its first one. Returns what still waits."""
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
    """Joins what is not heard to the last word before it; where there is none it waits for the next."""
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
    """The last word of a stretch and what stands behind it; what is before goes back to the pieces."""
    end = next((at for at in range(piece.end, piece.start, -1) if text[at - 1].isalnum()), piece.start)
    start = next((at for at in range(end, piece.start, -1) if not text[at - 1].isalnum()), piece.start)
    if start > piece.start:
        pieces.append(_Piece(piece.start, start))
    return _Piece(start, piece.end, [text[start : piece.end]], is_heard=end > piece.start)


def _merge(first: _Piece, behind: list[_Piece]) -> _Piece:
    """A piece and those that follow it, the last one first in the list, as one."""
    said = first.said if first.said is not None else []
    for piece in reversed(behind):
        said += piece.said or []
    return _Piece(first.start, behind[0].end if behind else first.end, said, first.is_heard)


def mask_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text at its own length, each edit as what stands for it between sentences: line ends, spaces or brackets."""
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
