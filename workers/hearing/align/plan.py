"""Assigns pieces of a text to stretches of its long recording: cuts at silences where the pace of speech expects sentence ends."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from workers.hearing.align.spoken import Piece

LONGEST_SECONDS: Final = 28.0
"""Longest stretch: Whisper's window is 30 s."""
BAND_SECONDS: Final = 30.0
"""So far a cut may lie from where an even pace puts it: speech lingers here and hurries there."""
TOLERANCE: Final = 0.5
"""A stretch may hold so much more or less speech than its text's share, and TOLERANCE_SECONDS on top."""
TOLERANCE_SECONDS: Final = 2.0
CUT_COST: Final = 0.3
"""Cost of a cut, in squared seconds for each second expected."""
SILENCE_GAIN: Final = 2.0
"""Taken off for each second of silence at a cut, MOST_SILENCE_SECONDS at most: readers rest between sentences. At a rest of 0.4 s a cut
earns more than it costs, so that the sentences follow the rests one by one; stretches are put together of them afterwards."""
MOST_SILENCE_SECONDS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text and the seconds in which it is said."""

    start_character: int
    end_character: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Silence:
    """A place to cut."""

    at: float
    seconds: float
    speech_before: float
    """Seconds of speech from the recording's beginning."""


def plan_stretches(pieces: Sequence[Piece], *, speech: Sequence[tuple[float, float]], seconds: float) -> list[Stretch]:
    """Stretches of at most LONGEST_SECONDS, in order, that hold all pieces; longer ones only where the text leaves no other way.

    speech: start and end of everything that sounds like speech, ascending; seconds: the recording's length.
    """
    if not pieces:
        return []
    if seconds <= LONGEST_SECONDS:
        return [Stretch(pieces[0].start, pieces[-1].end, 0.0, seconds)]
    silences = _silences(speech, seconds=seconds)
    cuts = _gather(_best_cuts(pieces, silences=silences)) or _even_cuts(pieces, seconds=seconds)
    return [
        Stretch(pieces[first].start, pieces[last - 1].end, start, end)
        for (first, start), (last, end) in pairwise(cuts)
        if last > first and end > start
    ]


def _silences(speech: Sequence[tuple[float, float]], *, seconds: float) -> list[_Silence]:
    """The beginning, the middle of every silence between two stretches of speech, the end."""
    spoken = list(accumulate((end - start for start, end in speech), initial=0.0))
    inner = [
        _Silence((left[1] + right[0]) / 2, right[0] - left[1], spoken[number])
        for number, (left, right) in enumerate(pairwise(speech), start=1)
    ]
    return [_Silence(0.0, 0.0, 0.0), *inner, _Silence(seconds, 0.0, spoken[-1])]


def _best_cuts(pieces: Sequence[Piece], *, silences: Sequence[_Silence]) -> list[tuple[int, float]]:
    """(number of pieces before, seconds) of the cheapest cuts from beginning to end; empty where no way leads through."""
    pace = silences[-1].speech_before / sum(piece.weight for piece in pieces)
    expected = [pace * weight for weight in accumulate((piece.weight for piece in pieces), initial=0)]
    times, spoken = [silence.at for silence in silences], [silence.speech_before for silence in silences]
    last_piece, last_silence = len(pieces), len(silences) - 1
    best: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(last_piece + 1)]
    best[0][0] = (0.0, -1, -1)
    for piece, states in enumerate(best):
        for silence, (cost, _, _) in list(states.items()):
            latest = bisect_right(times, times[silence] + LONGEST_SECONDS) - 1
            for following in range(piece + 1, last_piece + 1):
                share = expected[following] - expected[piece]
                if share * (1 - TOLERANCE) - TOLERANCE_SECONDS > LONGEST_SECONDS:
                    break
                allowed = share * TOLERANCE + TOLERANCE_SECONDS
                low = max(spoken[silence] + share - allowed, expected[following] - BAND_SECONDS)
                high = min(spoken[silence] + share + allowed, expected[following] + BAND_SECONDS)
                for place in range(max(silence + 1, bisect_left(spoken, low)), min(latest, bisect_right(spoken, high) - 1) + 1):
                    if (following == last_piece) != (place == last_silence):
                        continue
                    surplus = spoken[place] - spoken[silence] - share
                    total = cost + surplus * surplus / (share + 1) + CUT_COST
                    total -= SILENCE_GAIN * min(silences[place].seconds, MOST_SILENCE_SECONDS)
                    if total < best[following].get(place, (math.inf, 0, 0))[0]:
                        best[following][place] = (total, piece, silence)
    return _trace(best, piece=last_piece, silence=last_silence, times=times)


def _gather(cuts: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """As few of the cuts as stretches of LONGEST_SECONDS need: an aligner is right within a stretch and knows nothing across its ends."""
    kept = list(cuts[:1])
    for cut, following in pairwise(cuts):
        if following[1] - kept[-1][1] > LONGEST_SECONDS:
            kept.append(cut)
    return kept + list(cuts[-1:])


def _trace(
    best: Sequence[dict[int, tuple[float, int, int]]], *, piece: int, silence: int, times: Sequence[float]
) -> list[tuple[int, float]]:
    cuts: list[tuple[int, float]] = []
    while silence >= 0:
        if silence not in best[piece]:
            return []
        cuts.append((piece, times[silence]))
        _, piece, silence = best[piece][silence]
    return cuts[::-1]


def _even_cuts(pieces: Sequence[Piece], *, seconds: float) -> list[tuple[int, float]]:
    """As the pace alone says, for sound without silences: the text's share is the time's share."""
    total = sum(piece.weight for piece in pieces)
    count = math.ceil(seconds / (LONGEST_SECONDS * 0.8))
    cuts, done = [(0, 0.0)], 0
    for number, piece in enumerate(pieces, start=1):
        done += piece.weight
        if done * count >= len(cuts) * total and number < len(pieces):
            cuts.append((number, seconds * done / total))
    return [*cuts, (len(pieces), seconds)]
