"""A text for translation: cut at sentence ends, put together again, and dealt into shares."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from workers.text.sentences import split_sentences

WITHOUT_SPACES: Final = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
"""Languages that put no space between sentences."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, and the white space behind it."""

    text: str
    """Without white space at its ends."""
    gap: str


def cut_passages(text: str, *, longest: int) -> list[Passage]:
    """The sentences of a text, of at most `longest` characters each; what is no white space is in one of them exactly once."""
    passages: list[Passage] = []
    for sentence in split_sentences(text.lstrip(), longest=longest):
        core = sentence.text.strip()
        gap = sentence.text[len(sentence.text.rstrip()) :]
        if core:
            passages.append(Passage(core, gap))
    return passages


def gap_between(gap: str, *, target: str) -> str:
    """Separator between two sentences of the translation: line ends as they were, else what the language is written with."""
    if "\n" in gap:
        return "".join(character for character in gap if character == "\n")
    return "" if target in WITHOUT_SPACES else " "


def deal_shares(pieces: Sequence[str], *, shares: int) -> tuple[str, ...]:
    """The pieces, in order, as exactly so many shares of about the same length; together they are the pieces' text. Some may be empty."""
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
