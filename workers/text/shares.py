"""Splits a text into sentences for translation, joins the results, and divides them into shares."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from workers.text.sentences import split_sentences

WITHOUT_SPACES: Final = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
"""Languages without spaces between sentences."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence and the white space after it."""

    text: str
    """Text without surrounding white space."""
    gap: str


def cut_passages(text: str, *, longest: int) -> list[Passage]:
    """Sentences of a text, of at most `longest` characters each; every character except white space is in exactly one."""
    passages: list[Passage] = []
    for sentence in split_sentences(text.lstrip(), longest=longest):
        core = sentence.text.strip()
        gap = sentence.text[len(sentence.text.rstrip()) :]
        if core:
            passages.append(Passage(core, gap))
    return passages


def gap_between(gap: str, *, target: str) -> str:
    """Separator between two sentences of the translation: line ends are kept, otherwise that of the target language."""
    if "\n" in gap:
        return "".join(character for character in gap if character == "\n")
    return "" if target in WITHOUT_SPACES else " "


def split_into_shares(pieces: Sequence[str], *, shares: int) -> tuple[str, ...]:
    """Divide the pieces, in order, into the given number of shares of about equal length, whose concatenation is the text. Some may be
    empty.
    """
    if shares < 1:
        raise ValueError("a text has at least one share")
    edges = [0, *accumulate(map(len, pieces))]
    cuts = [0]
    for number in range(1, shares):
        wanted = edges[-1] * number / shares
        after = bisect_left(edges, wanted)
        nearest = after - 1 if after and wanted - edges[after - 1] <= edges[after] - wanted else after
        cuts.append(max(cuts[-1], nearest))
    cuts.append(len(pieces))
    return tuple("".join(pieces[start:end]) for start, end in pairwise(cuts))
