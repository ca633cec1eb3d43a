"""Turns of the speakers of a recording of any length, without a transcript."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from workers.audio.recordings import Recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.transcription import SpeakerEmbedding
from workers.recognition.diarize.speaker_embeddings import embed_windows, has_spans
from workers.recognition.diarize.timelines import build_timeline
from workers.recognition.speech_regions import find_regions
from workers.recognition.vad import speech_probabilities
from workers.speakers.spans import VoiceSpan, find_spans
from workers.speakers.turns import SpeakerTurn, join_turns

STRETCH_SECONDS: Final = 60.0
"""Stretch that is read at once: 2.5 CPU seconds."""
CONTEXT_SECONDS: Final = 5.0
"""Sound before and after a stretch by which its edges are judged."""
STEP_SECONDS: Final = 0.25
"""Step at which windows are asked for the speaker."""


@dataclass(slots=True)
class _Findings:
    """Findings so far, in the time of the recording."""

    spans: list[VoiceSpan] = field(default_factory=list)
    windows: list[SpeakerEmbedding] = field(default_factory=list)
    speech: list[tuple[float, float]] = field(default_factory=list)


def diarize_recording(recording: Recording, *, speakers: int) -> Generator[float, None, list[SpeakerTurn]]:
    """Turns by their start, which overlap where two speak at once; yields the seconds done so far.

    recording: at 16 kHz; speakers: their number, 0 if unknown. Memory grows by about 5 MB an hour. Without the weight set `diarization` turns
    do not overlap. Raises WorkError (engine_unavailable) without the weights of any speaker encoder.
    """
    found, is_by_spans = _Findings(), has_spans()
    for start in np.arange(0.0, recording.seconds, STRETCH_SECONDS).tolist():
        end = min(start + STRETCH_SECONDS, recording.seconds)
        if is_by_spans:
            found.spans += _spans_within(recording, start=start, end=end)
        else:
            _embed_stretch(_read(recording, start, end), start=start, found=found)
        yield end
    if is_by_spans:
        return join_turns(sorted(found.spans, key=lambda span: (span.start, span.end)), speakers=speakers)
    return _turns_of_windows(found, speakers=speakers)


def _read(recording: Recording, start: float, end: float) -> Samples:
    return recording.read(round(start * recording.sample_rate), round(end * recording.sample_rate))


def _spans_within(recording: Recording, *, start: float, end: float) -> list[VoiceSpan]:
    """Spans of the stretch, cut at its ends, so that a turn continues in the next one."""
    first = max(0.0, start - CONTEXT_SECONDS)
    spans = find_spans(_read(recording, first, end + CONTEXT_SECONDS))
    moved = [replace(span, start=max(start, span.start + first), end=min(end, span.end + first)) for span in spans]
    return [span for span in moved if span.end > span.start]


def _embed_stretch(samples: Samples, *, start: float, found: _Findings) -> None:
    regions = find_regions(speech_probabilities(samples), seconds=len(samples) / RECOGNITION_SAMPLE_RATE)
    speech = [(region.start, region.end) for region in regions]
    found.windows += embed_windows(samples, speech=speech, offset_seconds=start)
    found.speech += [(first + start, last + start) for first, last in speech]


def _turns_of_windows(found: _Findings, *, speakers: int) -> list[SpeakerTurn]:
    if not found.windows:
        return [SpeakerTurn(start, end, 0) for start, end in found.speech]
    timeline = build_timeline(found.windows, speakers=speakers)
    turns: list[SpeakerTurn] = []
    numbers: dict[int, int] = {}
    for start, end in found.speech:
        edges = np.linspace(start, end, max(1, round((end - start) / STEP_SECONDS)) + 1).tolist()
        steps = [(first, last, int(timeline.scores(first, last).argmax())) for first, last in pairwise(edges)]
        for label, group in groupby(steps, key=lambda step: step[2]):
            run = list(group)
            turns.append(SpeakerTurn(run[0][0], run[-1][1], numbers.setdefault(label, len(numbers))))
    return turns


def find_overlaps(turns: Sequence[SpeakerTurn]) -> list[tuple[float, float, tuple[int, ...]]]:
    """Stretches in which at least two speak: start, end, speakers."""
    moments = sorted({moment for turn in turns for moment in (turn.start, turn.end)})
    overlaps: list[tuple[float, float, tuple[int, ...]]] = []
    active: list[SpeakerTurn] = []
    waiting = sorted(turns, key=lambda turn: turn.start)
    position = 0
    for start, end in pairwise(moments):
        while position < len(waiting) and waiting[position].start <= start:
            active.append(waiting[position])
            position += 1
        active = [turn for turn in active if turn.end > start]
        speakers = tuple(sorted({turn.speaker for turn in active}))
        if len(speakers) > 1:
            overlaps.append((start, end, speakers))
    return overlaps
