"""Divides a piece of a recording into stretches: words, other sounds, silence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.contract.conversion import CONVERSION_RATE
from workers.contract.transcription import TranscriptWord

FRAME_SECONDS: Final = 0.01
FLOOR_DECIBELS: Final = -100.0
QUIET_BELOW_LEVEL_DECIBELS: Final = 30.0
"""Frames this far below the loud parts of the recording are pauses: room noise and breath."""
PAUSE_SECONDS: Final = 0.35
"""Pause between words at which a new utterance begins."""
LONGEST_UTTERANCE_SECONDS: Final = 8.0
"""Longer utterances cost memory, and their alignment time that grows with the square."""
LONGEST_SOUND_SECONDS: Final = 10.0
MARGIN_SECONDS: Final = 0.15
"""Audio before the first and after the last word of an utterance: recognisers time words within about 0.1 s."""
SHORTEST_GAP_SECONDS: Final = 0.3
"""A shorter gap between utterances is divided between them."""
CUT_RANGE_SECONDS: Final = 2.0

Kind = Literal["words", "sound", "silence"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Span in seconds of the recording."""

    start: float
    end: float
    kind: Kind
    text: str = ""


class LevelTrack:
    """Level of a piece of a recording in frames of 10 ms, in dB relative to full scale."""

    def __init__(self, samples: Samples, *, start: float) -> None:
        """start: time of the first sample in seconds of the recording."""
        frame = round(FRAME_SECONDS * CONVERSION_RATE)
        padded = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
        self._start = start
        level = np.maximum(np.sqrt((padded**2).mean(axis=1)), 10 ** (FLOOR_DECIBELS / 20))
        self.frames: NDArray[np.float64] = np.asarray(20 * np.log10(level), np.float64)

    def loudest(self, start: float, end: float) -> float:
        """Level of the loudest frame between two times; the floor for an empty span."""
        return float(max(self._between(start, end), default=FLOOR_DECIBELS))

    def quietest_time(self, start: float, end: float) -> float:
        """Middle of the quietest 50 ms between two times; the middle of a span that is shorter."""
        frames = self._between(start, end)
        if len(frames) < 5:
            return (start + end) / 2
        smooth = np.convolve(frames, np.ones(5) / 5, mode="valid")
        time = start + (int(smooth.argmin()) + 2.5) * FRAME_SECONDS
        return min(max(time, start), end)

    def _between(self, start: float, end: float) -> NDArray[np.float64]:
        first, last = (round((time - self._start) / FRAME_SECONDS) for time in (start, end))
        return self.frames[max(0, first) : max(0, last)]


def plan_stretches(
    words: Sequence[TranscriptWord], *, start: float, end: float, levels: LevelTrack, level: float, separator: str = " "
) -> list[Stretch]:
    """Stretches that tile the piece from `start` to `end`.

    words: of the whole recording; those whose middle lies in the piece count. level: of the recording's loud parts in dB. separator: between two words of the language.
    """
    own = [word for word in words if start <= (word.start + word.end) / 2 < end and word.word.strip()]
    spans = _spans(_utterances(own), start=start, end=end, levels=levels, separator=separator)
    stretches: list[Stretch] = []
    time = start
    for first, last, text in spans:
        stretches += _gap(time, first, levels=levels, level=level)
        stretches.append(Stretch(first, last, "words", text))
        time = last
    return stretches + list(_gap(time, end, levels=levels, level=level))


def cut_sound(start: float, end: float, *, levels: LevelTrack) -> Iterator[Stretch]:
    """Stretches of sound of at most LONGEST_SOUND_SECONDS, cut at quiet moments."""
    while end - start > LONGEST_SOUND_SECONDS:
        cut = levels.quietest_time(start + LONGEST_SOUND_SECONDS - 2 * CUT_RANGE_SECONDS, start + LONGEST_SOUND_SECONDS)
        yield Stretch(start, cut, "sound")
        start = cut
    if end > start:
        yield Stretch(start, end, "sound")


def _gap(start: float, end: float, *, levels: LevelTrack, level: float) -> Iterator[Stretch]:
    """A span without words: silence, or sounds."""
    if end <= start:
        return
    if levels.loudest(start, end) < level - QUIET_BELOW_LEVEL_DECIBELS:
        yield Stretch(start, end, "silence")
    else:
        yield from cut_sound(start, end, levels=levels)


def _utterances(words: Sequence[TranscriptWord]) -> list[list[TranscriptWord]]:
    groups: list[list[TranscriptWord]] = []
    for word in words:
        if groups and word.start - groups[-1][-1].end < PAUSE_SECONDS:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [short for group in groups for short in _shorten(group)]


def _shorten(words: list[TranscriptWord]) -> Iterator[list[TranscriptWord]]:
    """Divide a long utterance at its longest pause, not near its ends, until all are short."""
    if len(words) < 2 or words[-1].end - words[0].start <= LONGEST_UTTERANCE_SECONDS:
        yield words
        return
    middle, half = (words[0].start + words[-1].end) / 2, (words[-1].end - words[0].start) / 2

    def weight(index: int) -> float:
        pause = words[index].start - words[index - 1].end
        return pause - 0.5 * abs(words[index].start - middle) / half

    cut = max(range(1, len(words)), key=weight)
    yield from _shorten(words[:cut])
    yield from _shorten(words[cut:])


def _spans(
    utterances: Sequence[Sequence[TranscriptWord]], *, start: float, end: float, levels: LevelTrack, separator: str
) -> list[tuple[float, float, str]]:
    """Start, end and text of each utterance; neighbours meet, or leave a gap of SHORTEST_GAP_SECONDS at least."""
    bounds = [[max(start, one[0].start - MARGIN_SECONDS), min(end, one[-1].end + MARGIN_SECONDS)] for one in utterances]
    for before, after, left, right in zip(bounds, bounds[1:], utterances, utterances[1:], strict=False):
        if after[0] - before[1] < SHORTEST_GAP_SECONDS:
            around = sorted((left[-1].end, right[0].start))
            before[1] = after[0] = levels.quietest_time(around[0] - 0.05, around[1] + 0.05)
    if bounds and bounds[0][0] - start < SHORTEST_GAP_SECONDS:
        bounds[0][0] = start
    if bounds and end - bounds[-1][1] < SHORTEST_GAP_SECONDS:
        bounds[-1][1] = end
    texts = [separator.join(word.word.strip() for word in one) for one in utterances]
    return [(first, last, text) for (first, last), text in zip(bounds, texts, strict=True) if last > first]
