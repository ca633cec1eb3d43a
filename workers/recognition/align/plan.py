"""Assigns pieces of a text to stretches of its long recording: cuts at silences near which an even pace predicts sentence ends."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from workers.recognition.align.text_mapping import Piece

LONGEST_SECONDS: Final = 28.0
"""Longest stretch: Whisper's window is 30 s."""
BAND_SECONDS: Final = 30.0
"""Largest distance of a cut from the position predicted by an even pace."""
TOLERANCE: Final = 0.5
"""Tolerance of a stretch's speech relative to its text's share, plus TOLERANCE_SECONDS."""
TOLERANCE_SECONDS: Final = 2.0
CUT_COST: Final = 0.3
"""Cost of a cut, in squared seconds for each second expected."""
SILENCE_GAIN: Final = 2.0
"""Gain for each second of silence at a cut, MOST_SILENCE_SECONDS at most: readers pause between sentences. At a pause of 0.4 s a cut earns
more than it costs, so that sentences follow the pauses one by one; stretches are assembled from them afterwards.
"""
MOST_SILENCE_SECONDS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text and the time span in which it is spoken."""

    start_character: int
    end_character: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Silence:
    """Possible place of a cut."""

    at: float
    seconds: float
    speech_before: float
    """Seconds of speech since the beginning of the recording."""


def plan_stretches(pieces: Sequence[Piece], *, speech: Sequence[tuple[float, float]], seconds: float) -> list[Stretch]:
    """Stretches of at most LONGEST_SECONDS, in order, that cover all pieces; longer ones only if unavoidable.

    speech: start and end of all detected speech, ascending; seconds: duration of the recording.
    """
    if not pieces:
        return []
    if seconds <= LONGEST_SECONDS:
        return [Stretch(pieces[0].start, pieces[-1].end, 0.0, seconds)]
    silences = _silences(speech, seconds=seconds)
    cuts = _merge_cuts(_best_cuts(pieces, silences=silences)) or _even_cuts(pieces, seconds=seconds)
    return [
        Stretch(pieces[first].start, pieces[last - 1].end, start, end)
        for (first, start), (last, end) in pairwise(cuts)
        if last > first and end > start
    ]


def _silences(speech: Sequence[tuple[float, float]], *, seconds: float) -> list[_Silence]:
    """Beginning, the middle of every silence between two stretches of speech, and end."""
    spoken = list(accumulate((end - start for start, end in speech), initial=0.0))
    inner = [
        _Silence((left[1] + right[0]) / 2, right[0] - left[1], spoken[number])
        for number, (left, right) in enumerate(pairwise(speech), start=1)
    ]
    return [_Silence(0.0, 0.0, 0.0), *inner, _Silence(seconds, 0.0, spoken[-1])]


def _best_cuts(pieces: Sequence[Piece], *, silences: Sequence[_Silence]) -> list[tuple[int, float]]:
    """Cheapest cuts from beginning to end as (number of pieces before, seconds); empty if there is no path."""
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
    return _backtrack(best, piece=last_piece, silence=last_silence, times=times)


def _merge_cuts(cuts: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Keep as few cuts as stretches of LONGEST_SECONDS need: an aligner works within a stretch and cannot cross its ends."""
    kept = list(cuts[:1])
    for cut, following in pairwise(cuts):
        if following[1] - kept[-1][1] > LONGEST_SECONDS:
            kept.append(cut)
    return kept + list(cuts[-1:])


def _backtrack(
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
    """Cuts by an even pace, for audio without silences: the share of the text is the share of the time."""
    total = sum(piece.weight for piece in pieces)
    count = math.ceil(seconds / (LONGEST_SECONDS * 0.8))
    cuts, done = [(0, 0.0)], 0
    for number, piece in enumerate(pieces, start=1):
        done += piece.weight
        if done * count >= len(cuts) * total and number < len(pieces):
            cuts.append((number, seconds * done / total))
    return [*cuts, (len(pieces), seconds)]
