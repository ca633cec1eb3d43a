"""Groups timed words to segments: sentences, or clauses of long sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SENTENCE_ENDS: Final = frozenset(".!?。！？…।؟")
CLAUSE_ENDS: Final = frozenset(",;:，；：、،")
CLOSING: Final = "\"'”’)]}»」』"
LONGEST_SECONDS: Final = 14.0
LONGEST_CHARACTERS: Final = 180
SHORTEST_SHARE: Final = 0.35
"""Shortest share of a long sentence that either half may have."""
PAUSE_SECONDS: Final = 1.2
"""A silence of this length ends a segment."""
_ABBREVIATION: Final = re.compile(
    r"(?:mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|no|vol|fig|e\.g|i\.e|a\.m|p\.m|sra|bzw|ca|nr|[a-z]|[a-z]\.[a-z])\.", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TimedWord:
    """Word as the recogniser wrote it, including the space before it."""

    text: str
    start: float
    end: float
    probability: float = 0.0
    tokens: tuple[int, ...] = ()


def split_words(words: Sequence[TimedWord]) -> list[list[TimedWord]]:
    """Split the words into consecutive groups, each a segment."""
    groups: list[list[TimedWord]] = []
    for index, word in enumerate(words):
        is_new = not index or _ends_sentence(words[index - 1], following=word) or word.start - words[index - 1].end >= PAUSE_SECONDS
        if is_new:
            groups.append([])
        groups[-1].append(word)
    return [part for group in groups for part in _split_long(group)]


def text_of(words: Sequence[TimedWord]) -> str:
    return "".join(word.text for word in words).strip()


def _ends_sentence(word: TimedWord, *, following: TimedWord) -> bool:
    bare = word.text.strip().rstrip(CLOSING)
    if not bare or bare[-1] not in SENTENCE_ENDS or _ABBREVIATION.fullmatch(bare.lstrip("\"'“‘([{«")):
        return False
    begin = following.text.strip().lstrip("\"'“‘([{«¿¡")[:1]
    return not begin.islower()


def _split_long(words: list[TimedWord]) -> list[list[TimedWord]]:
    """Cut a group at ends of clauses, otherwise at its longest pauses, until each part is short enough."""
    if len(words) < 2 or (words[-1].end - words[0].start <= LONGEST_SECONDS and len(text_of(words)) <= LONGEST_CHARACTERS):
        return [words]
    least = max(1, int(len(words) * SHORTEST_SHARE))
    places = range(least, max(least + 1, len(words) - least + 1))
    middle = len(words) / 2

    def score(place: int) -> tuple[bool, float, float]:
        return (words[place - 1].text.strip()[-1:] in CLAUSE_ENDS, words[place].start - words[place - 1].end, -abs(place - middle))

    cut = max((place for place in places if place < len(words)), key=score)
    return [*_split_long(words[:cut]), *_split_long(words[cut:])]
