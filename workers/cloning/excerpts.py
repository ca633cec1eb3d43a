"""Chooses what a fit uses of the recordings: whole segments of words, in stretches that Kokoro reads in one breath."""

from collections.abc import Iterator, Sequence
from typing import Final

from workers.cloning.features import Floats
from workers.cloning.job import FitPassage
from workers.contract.cloning import SpokenSegment, VoiceReport
from workers.kokoro.runtime import SAMPLE_RATE

LONGEST_SECONDS: Final = 12.0
"""Longest stretch; longer segments stay whole."""
LONGEST_PAUSE_SECONDS: Final = 1.5
"""Pause at which a stretch ends."""
MARGIN_SECONDS: Final = 0.1
MOST_SECONDS: Final = 24.0
"""Seconds used of all recordings together, in turns."""


def cut_excerpts(samples: Sequence[Floats], report: VoiceReport) -> tuple[tuple[FitPassage, ...], dict[str, Floats]]:
    """Stretches with their words, and their samples by file name. samples: of each recording, mono, 24 kHz."""
    stretches = [list(_join(sample.segments)) for sample in report.samples]
    passages: list[FitPassage] = []
    files: dict[str, Floats] = {}
    seconds = 0.0
    for turn in range(max(map(len, stretches), default=0)):
        for index, own in enumerate(stretches):
            if turn >= len(own) or seconds >= MOST_SECONDS:
                continue
            file = f"passage-{len(passages)}.npy"
            files[file] = _cut(samples[index], own[turn])
            passages.append(FitPassage(file, own[turn].text))
            seconds += own[turn].end - own[turn].start
    return tuple(passages), files


def _join(segments: Sequence[SpokenSegment]) -> Iterator[SpokenSegment]:
    """Neighbouring segments joined as long as the stretch stays short."""
    open_: SpokenSegment | None = None
    for segment in segments:
        if open_ and segment.end - open_.start <= LONGEST_SECONDS and segment.start - open_.end <= LONGEST_PAUSE_SECONDS:
            open_ = SpokenSegment(open_.start, segment.end, f"{open_.text} {segment.text}")
            continue
        if open_:
            yield open_
        open_ = segment
    if open_:
        yield open_


def _cut(samples: Floats, stretch: SpokenSegment) -> Floats:
    first = max(0, round((stretch.start - MARGIN_SECONDS) * SAMPLE_RATE))
    return samples[first : round((stretch.end + MARGIN_SECONDS) * SAMPLE_RATE)]
