"""Cuts a text that arrives in pieces into sentences, each as soon as no further text can change where it ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workers.text.markup import boundaries
from workers.text.markup.abbreviations import ANYWHERE, BEFORE_A_NAME, BEFORE_A_NUMBER, INITIALS
from workers.text.markup.boundaries import CUTS, OPENERS, SPACE, Break
from workers.text.markup.sizes import FIRST_SIZE, FIRST_WITHOUT_CLAUSE, LEAST_SIZE, size_of

LONGEST_SENTENCE: Final = 300
"""Characters after which a sentence that has not ended is cut, at a clause if there is one."""
LONGEST_ELEMENT: Final = 4_000
"""Characters up to which an element of markup is kept together; beyond, a tag that is never closed is cut like text."""
LONGEST_TAG: Final = 500

_TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][\w:.-]*)[^<>]*?(?P<empty>/?)>")
_TAG_BEGUN: Final = re.compile(rf"<(?:/?[A-Za-z][^<>]{{0,{LONGEST_TAG}}})?\Z")
_EDGE_STOP: Final = re.compile(r"(?P<word>\S*?)(?P<stop>[.!?؟۔]+|[。！？｡।॥]+)(?P<space>\s*)\Z")
_MISSING_SPACE: Final = re.compile(r"[^\W\d_]{2}[.!?…]\Z")


@dataclass(frozen=True, slots=True)
class IncomingSentence:
    """A sentence, or a piece of a long one, with the white space after it."""

    text: str
    start: int
    """Characters of the text before it."""
    kind: Break
    """Boundary after it, by which the pause is chosen."""


class IncomingText:
    """The text that has not been cut yet. Concatenated, the sentences are the text, but for pieces without anything to say at a flush, and for
    a space between a full stop and a capital that arrived in two pieces.

    The cost of `feed` is linear in what waits, which is at most a sentence, or an element of markup.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._start = 0
        self._is_first = True

    @property
    def pending_characters(self) -> int:
        """Characters that wait for the end of their sentence."""
        return len(self._rest)

    def feed(self, text: str) -> list[IncomingSentence]:
        """Add text; returns the sentences that are certain now.

        An abbreviation, an initial or a number before a full stop at the edge waits for what follows; so does a stop without a space after
        it. The first sentence may end at a clause.
        """
        if _MISSING_SPACE.search(self._rest) and text[:1].isupper():
            self._rest += " "
        self._rest += text
        found = list(self._take(self._certain_cuts()))
        if self._is_first and not found and (cut := self._first_clause()) is not None:
            found = list(self._take([cut]))
        return found

    def flush(self) -> list[IncomingSentence]:
        """The rest of the text; the next text begins anew."""
        end = len(self._rest)
        found = list(self._take([*(cut for cut in self._cuts() if cut[0] < end), (end, Break.SENTENCE)]))
        self._start, self._rest, self._is_first = self._start + len(self._rest), "", True
        return found

    def clear(self) -> None:
        """Discard the rest of the text."""
        self._start, self._rest, self._is_first = self._start + len(self._rest), "", True

    def _take(self, cuts: list[tuple[int, Break]]) -> Iterator[IncomingSentence]:
        """Remove what lies before the cuts; a piece without anything to say joins the next."""
        start = 0
        for end, kind in cuts:
            piece = self._rest[start:end]
            if not _is_speakable(piece):
                continue
            yield IncomingSentence(piece, self._start + start, kind)
            self._is_first, start = False, end
        self._start, self._rest = self._start + start, self._rest[start:]

    def _certain_cuts(self) -> list[tuple[int, Break]]:
        """Cuts that further text cannot move."""
        text = self._rest
        return [cut for cut in self._cuts() if (_is_settled(text, cut[0]) if cut[0] < len(text) else self._is_edge_certain(cut[1]))]

    def _cuts(self) -> list[tuple[int, Break]]:
        """Ends of sentences, and places in long ones, outside of markup's elements."""
        text, kept = self._rest, _kept_together(self._rest)
        pieces = (
            piece for segment in boundaries.find_segments(text) for piece in boundaries.cut_segment(text, segment, longest=LONGEST_SENTENCE)
        )
        return [(piece.end, piece.kind) for piece in pieces if not any(start < piece.end < end for start, end in kept)]

    def _is_edge_certain(self, kind: Break) -> bool:
        """True if the sentence ends at the edge whatever follows: its stop has a space after it, or is full-width, and no abbreviation."""
        if kind is Break.PARAGRAPH:
            return True
        match = _EDGE_STOP.search(self._rest[-64:])
        if match is None:
            return False
        if match["stop"][0] in "。！？｡।॥":
            return True
        word = match["word"].lstrip(OPENERS)
        is_doubtful = not match["space"] or len(match["stop"]) > 1 or not word or word[-1].isdigit()
        return not is_doubtful and not (match["stop"] == "." and _may_be_abbreviation(word))

    def _first_clause(self) -> tuple[int, Break] | None:
        """A clause to begin with, long enough and with enough after it; between words if a long beginning has none."""
        text, kept = self._rest, _kept_together(self._rest)
        for kind, pattern in CUTS:
            if kind is Break.WORD and size_of(text) <= FIRST_WITHOUT_CLAUSE:
                continue
            ends = [SPACE.match(text, match.end()).end() for match in pattern.finditer(text)]  # type: ignore[union-attr]  # matches ""
            good = [end for end in ends if _is_good_start(text, end) and not any(start < end < stop for start, stop in kept)]
            if good:
                return good[-1 if kind is Break.WORD else 0], kind
        return None


def _is_settled(text: str, end: int) -> bool:
    """True if a cut inside the text stays: the last word may grow, and with it what an abbreviation before it means."""
    following = text[end:].lstrip(OPENERS)
    if not following:
        return False
    before = text[max(0, end - 64) : end].rstrip()
    if before.endswith(".") and _may_be_abbreviation((before[:-1].split() or [""])[-1].lstrip(OPENERS)):
        return re.search(r"[\W_]", following) is not None
    return True


def _may_be_abbreviation(word: str) -> bool:
    folded = word.casefold()
    return folded in BEFORE_A_NAME | BEFORE_A_NUMBER | ANYWHERE or word in ANYWHERE or INITIALS.fullmatch(word) is not None


def _is_good_start(text: str, end: int) -> bool:
    return LEAST_SIZE <= size_of(text[:end]) <= FIRST_SIZE and size_of(text[end:]) >= LEAST_SIZE


def _is_speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _kept_together(text: str) -> list[tuple[int, int]]:
    """Ranges [start, end) of elements and tags that no cut may divide; one that is open reaches beyond the text."""
    if "<" not in text:
        return []
    ranges: list[tuple[int, int]] = []
    open_names: list[str] = []
    start = 0
    for match in _TAG.finditer(text):
        if match["closing"]:
            if match["name"] in open_names:
                del open_names[open_names.index(match["name"]) :]
                if not open_names:
                    ranges.append((start, match.end()))
        elif match["empty"]:
            ranges.append((match.start(), match.end()))
        else:
            start = start if open_names else match.start()
            open_names.append(match["name"])
    begun = _TAG_BEGUN.search(text)
    if begun and not open_names:
        ranges.append((begun.start(), len(text) + 1))
    elif open_names and len(text) - start <= LONGEST_ELEMENT:
        ranges.append((start, len(text) + 1))
    return ranges
