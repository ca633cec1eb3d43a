"""Groups timed words to readable cues with the least total cost over the whole text, by dynamic programming."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest
from typing import Final

from workers.text.markup.boundaries import Break
from workers.text.subtitles.lines import SHORT_WORD_CHARACTERS, break_lines, split_wide, width
from workers.text.subtitles.words import ShownWord

LONGEST_SECONDS: Final = 7.0
SHORTEST_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 2.0
"""Longest silence within a cue."""
LINGER_SECONDS: Final = 0.5
"""Longest time that a fast cue stays after its last word (Netflix: 12 frames)."""
COLUMNS_PER_SECOND: Final = 17.0
"""Reading speed: Netflix's 17 characters per second for most languages, about 9 Chinese characters."""

SHORTEST_STEP_SECONDS: Final = 0.01
"""Least time from the start of a word to that of the next."""

CUE_COST: Final = 10.0
END_COST: Final = {
    Break.PARAGRAPH: 0.0,
    Break.LINE: 0.0,
    Break.SENTENCE: 0.0,
    Break.CLAUSE: 6.0,
    Break.COMMA: 9.0,
    Break.WORD: 28.0,
    Break.CHARACTER: 32.0,
}
PAUSE_GAIN: Final = 14.0
"""Cost reduction of a cue end followed by a pause of NOTED_PAUSE_SECONDS or more."""
NOTED_PAUSE_SECONDS: Final = 0.3
SHORT_WORD_COST: Final = 8.0
INNER_SENTENCE_COST: Final = 12.0
"""Cost of a sentence end within a cue, at most MOST_INNER_COST for all of them."""
INNER_PAUSE_COST: Final = 20.0
"""Cost of each second of silence within a cue."""
MOST_INNER_COST: Final = 60.0
LONE_WORD_COST: Final = 200.0
"""Cost above all the former for one cue: a word stands alone only if it is a sentence, or fits nowhere else."""
TOO_SHORT_COST: Final = 1000.0
"""Cost above all others: a cue is too short only if it cannot be joined to a neighbour."""

SENTENCE_ENDS: Final = frozenset({Break.PARAGRAPH, Break.LINE, Break.SENTENCE})


@dataclass(frozen=True, slots=True)
class Cue:
    """Text on the screen from start to end (seconds, whole milliseconds)."""

    start: float
    end: float
    lines: tuple[str, ...]
    """One or two lines."""
    speaker: str = ""


def make_cues(words: Sequence[ShownWord], *, columns: int, has_labels: bool = False) -> list[Cue]:
    """Cues of at most two lines of `columns`, 1 to 7 s long, without overlap, one speaker each.

    A cue is shorter than a second only if the next word follows at once and fits on the screen with neither neighbour. has_labels: the
    first cue of every turn begins with its speaker's name. Linear in the number of words.
    """
    pieces = _in_time(_pieces(words, columns=columns, has_labels=has_labels))
    ends = _choose_ends(pieces, columns=columns)
    cues = []
    for number, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
        following = pieces[last].start if number + 1 < len(ends) else math.inf
        cues.append(_cue(pieces[first:last], following=following, columns=columns))
    return cues


def _pieces(words: Sequence[ShownWord], *, columns: int, has_labels: bool) -> Iterator[ShownWord]:
    """Words, with speaker names where they belong, none wider than a line."""
    speaker = ""
    for word in words:
        text = f"{word.speaker}: {word.text}" if has_labels and word.speaker and word.speaker != speaker else word.text
        speaker = word.speaker
        parts = list(split_wide(text, columns=columns))
        seconds = (word.end - word.start) / len(parts)
        for number, part in enumerate(parts[:-1]):
            start = word.start + seconds * number
            yield replace(word, text=part, start=start, end=start + seconds, break_after=Break.CHARACTER, has_space_after=False)
        yield replace(word, text=parts[-1], start=word.start + seconds * (len(parts) - 1))


def _in_time(words: Iterable[ShownWord]) -> list[ShownWord]:
    """Monotonic words: timings that stand still, run backwards or overlap are moved forward."""
    pushed: list[ShownWord] = []
    earliest = 0.0
    for word in words:
        start = max(word.start, earliest)
        earliest = start + SHORTEST_STEP_SECONDS
        pushed.append(replace(word, start=start, end=max(word.end, earliest)))
    return [
        replace(word, end=min(word.end, following.start)) if following else word
        for word, following in zip_longest(pushed, pushed[1:])
        if word
    ]


def _choose_ends(words: Sequence[ShownWord], *, columns: int) -> list[int]:
    """Indices of the words after which cues end: the cheapest path."""
    limits = _limits(words, columns=columns)
    end_costs = [_end_cost(words, position) for position in range(len(words))]
    sentences = [0, *accumulate(word.break_after in SENTENCE_ENDS for word in words)]
    pauses = [0.0, *accumulate(_pause_after(words, position) for position in range(len(words)))]
    best, origin = [0.0] + [math.inf] * len(words), [0] * (len(words) + 1)
    for first in range(len(words)):
        opens = first == 0 or words[first - 1].break_after in SENTENCE_ENDS or words[first - 1].speaker != words[first].speaker
        for last in range(first + 1, limits[first] + 1):
            inner = INNER_SENTENCE_COST * (sentences[last - 1] - sentences[first]) + INNER_PAUSE_COST * (pauses[last - 1] - pauses[first])
            cost = best[first] + CUE_COST + end_costs[last - 1] + min(inner, MOST_INNER_COST)
            if last - first == 1 and not (opens and words[first].break_after in SENTENCE_ENDS):
                cost += LONE_WORD_COST
            if last < len(words) and words[last].start - words[first].start < SHORTEST_SECONDS:
                cost += TOO_SHORT_COST
            if cost < best[last]:
                best[last], origin[last] = cost, first
    ends, position = [], len(words)
    while position:
        ends.append(position)
        position = origin[position]
    return ends[::-1]


def _limits(words: Sequence[ShownWord], *, columns: int) -> list[int]:
    """Positions, for each word, after the last one that fits into a cue with it."""
    line_ends = _line_ends(words, columns=columns)
    limits = []
    run = 0
    for first, word in enumerate(words):
        run = max(run, first + 1)
        while run < len(words) and words[run].speaker == word.speaker and _pause_after(words, run - 1) <= LONGEST_PAUSE_SECONDS:
            run += 1
        middle = line_ends[first]
        last = min(run, line_ends[middle] if middle < len(words) else middle)
        while last > first + 1 and words[last - 1].end - word.start > LONGEST_SECONDS:
            last -= 1
        limits.append(last)
    return limits


def _line_ends(words: Sequence[ShownWord], *, columns: int) -> list[int]:
    """Positions, for each word, after the last one that fits into a line with it."""
    widths = [width(word.text) for word in words]
    offsets = [0, *accumulate(wide + word.has_space_after for wide, word in zip(widths, words, strict=True))]
    ends = []
    last = 0
    for first in range(len(words)):
        last = max(last, first + 1)
        while last < len(words) and offsets[last] + widths[last] - offsets[first] <= columns:
            last += 1
        ends.append(last)
    return ends


def _end_cost(words: Sequence[ShownWord], position: int) -> float:
    word = words[position]
    if position + 1 == len(words) or words[position + 1].speaker != word.speaker:
        return 0.0
    cost = END_COST[word.break_after]
    if word.break_after is Break.WORD and len(word.text) <= SHORT_WORD_CHARACTERS:
        cost += SHORT_WORD_COST
    return max(0.0, cost - PAUSE_GAIN) if _pause_after(words, position) >= NOTED_PAUSE_SECONDS else cost


def _pause_after(words: Sequence[ShownWord], position: int) -> float:
    return max(0.0, words[position + 1].start - words[position].end) if position + 1 < len(words) else 0.0


def _cue(words: Sequence[ShownWord], *, following: float, columns: int) -> Cue:
    """Cue that stays long enough to be read, if there is time."""
    lines = break_lines(words, columns=columns)
    start, spoken_end = words[0].start, words[-1].end
    read_end = start + sum(map(width, lines)) / COLUMNS_PER_SECOND
    end = max(spoken_end, start + SHORTEST_SECONDS, min(read_end, spoken_end + LINGER_SECONDS))
    return Cue(round(start, 3), round(min(end, start + LONGEST_SECONDS, following), 3), lines, words[0].speaker)
