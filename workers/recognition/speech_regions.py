"""Converts frame probabilities of speech to regions of speech."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.recognition.vad import FRAME_SECONDS

BEGINS_ABOVE: Final = 0.5
ENDS_BELOW: Final = 0.35
"""Silero's own thresholds."""
SHORTEST_SILENCE_SECONDS: Final = 0.2
"""Shorter silences are stop consonants or spaces between words."""
SHORTEST_SPEECH_SECONDS: Final = 0.1
CONVINCING_PROBABILITY: Final = 0.7
CONVINCING_SECONDS: Final = 0.5
"""A region must reach this probability or this length: loud noise sometimes just passes the threshold."""
LONGEST_SECONDS: Final = 26.0
"""Longer regions without a silence are cut; shorter than Whisper's 30 s, so that context on both sides of a cut is transcribed twice."""
CUT_RANGE_SECONDS: Final = 10.0
"""The cut is placed where speech is least probable within the last seconds of the allowed range."""
SMOOTHING_FRAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Region:
    """Span in seconds of the recording in which somebody speaks without a pause."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def find_regions(probabilities: NDArray[np.float32], *, seconds: float) -> tuple[Region, ...]:
    """All regions of speech, ascending, none longer than LONGEST_SECONDS; cut regions abut.

    probabilities: of each frame; seconds: duration of the recording, which no region exceeds.
    """
    regions = []
    for first, last in _spoken_frames(probabilities):
        for start, end in _cut(first, last, probabilities=probabilities):
            regions.append(Region(round(start * FRAME_SECONDS, 3), round(min(end * FRAME_SECONDS, seconds), 3)))
    return tuple(region for region in regions if region.seconds > 0)


def regions_within(speech: Sequence[Sequence[float]], *, start: float, end: float) -> tuple[Region, ...]:
    """Regions of an analysis that begin in the given stretch of the recording."""
    return tuple(Region(begin, stop) for begin, stop in speech if start <= begin < end)


def _spoken_frames(probabilities: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """First frame and the one after the last of each stretch of speech."""
    pause_frames = round(SHORTEST_SILENCE_SECONDS / FRAME_SECONDS)
    first: int | None = None
    silent_since: int | None = None
    for frame, probability in enumerate(probabilities):
        if probability >= BEGINS_ABOVE:
            first, silent_since = frame if first is None else first, None
        elif first is not None and probability < ENDS_BELOW:
            silent_since = frame if silent_since is None else silent_since
            if frame - silent_since + 1 >= pause_frames:
                if _is_convincing(probabilities[first:silent_since]):
                    yield first, silent_since
                first = silent_since = None
    if first is not None and _is_convincing(probabilities[first : silent_since or len(probabilities)]):
        yield first, silent_since or len(probabilities)


def _is_convincing(probabilities: NDArray[np.float32]) -> bool:
    seconds = len(probabilities) * FRAME_SECONDS
    if seconds < SHORTEST_SPEECH_SECONDS:
        return False
    return bool(probabilities.max() >= CONVINCING_PROBABILITY) or seconds >= CONVINCING_SECONDS


def _cut(first: int, last: int, *, probabilities: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    longest, within = round(LONGEST_SECONDS / FRAME_SECONDS), round(CUT_RANGE_SECONDS / FRAME_SECONDS)
    while last - first > longest:
        earliest = first + longest - within
        smooth = np.convolve(probabilities[earliest : first + longest], np.ones(SMOOTHING_FRAMES) / SMOOTHING_FRAMES, mode="same")
        cut = earliest + 1 + int(smooth[1:-1].argmin())
        yield first, cut
        first = cut
    yield first, last
