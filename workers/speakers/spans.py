"""Speech of a recording in spans of about 1.5 s of one voice each, with its embedding; spans of two voices may overlap."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.speakers.campplus import CAMPPLUS, frames_of
from workers.speakers.encoder import Embeddings
from workers.speakers.segmentation import FRAME_SECONDS, SEGMENTATION, Activity

ACTIVE: Final = 0.5
"""Probability from which on a track speaks."""
SHORTEST_SECONDS: Final = 0.15
"""Shorter activity is no speech."""
PAUSE_SECONDS: Final = 0.1
"""Shorter pauses of a track belong to its speech."""
SPAN_SECONDS: Final = 1.5
"""Wanted length of a span. Short ones, since a track may hold a change of the speaker that the model overlooked."""
EDGE_REACH_SECONDS: Final = 0.3
"""Distance from an even division within which a span ends at the least active moment."""
EMBEDDED_SECONDS: Final = 2.0
"""Speech by which a span is identified: its own, then the nearest of its track."""
TRACK_REACH_SECONDS: Final = 4.0
"""Distance within which a track is likely the same voice."""
CONNECTED_SECONDS: Final = 1.0
"""Speech of this length is identified by itself only, without what its track says after a pause."""
FRAME_DELAY_SECONDS: Final = 0.031
"""Middle of the model's first frame."""
BANKS_PER_SECOND: Final = 100

Flags = NDArray[np.bool_]
Frames = tuple[int, int]
"""First frame and the one after the last."""


@dataclass(frozen=True, slots=True)
class VoiceSpan:
    """Speech of one voice; times in seconds. A span that continues another begins exactly at its end."""

    start: float
    end: float
    vector: Embeddings
    """CAM++ embedding [192] of unit length."""
    clear_seconds: float
    """Speech without overlap by which it was embedded, EMBEDDED_SECONDS at most."""


def find_spans(samples: Samples) -> list[VoiceSpan]:
    """Spans in mono samples [n] at 16 kHz by their start. Raises WorkError (engine_unavailable)."""
    activity = SEGMENTATION.find_activity(samples)
    active = _close_pauses(activity > ACTIVE)
    banks = frames_of(samples)
    active_at_bank = active[_segmentation_frames(len(banks), frames=len(active))]
    is_single = active_at_bank.sum(axis=1) == 1
    found: list[tuple[float, float, NDArray[np.intp]]] = []
    for track in range(active.shape[1]):
        is_clear = active_at_bank[:, track] & is_single
        for run in _runs(active[:, track]):
            for span in _divide(run, activity=activity[:, track]):
                start, end = _seconds(span[0]), min(_seconds(span[1]), len(samples) / RECOGNITION_SAMPLE_RATE)
                if end > start:
                    found.append((start, end, _choose_banks(is_clear, span=span, run=run)))
    found.sort(key=lambda one: one[:2])
    vectors = CAMPPLUS.embed_frames(banks[chosen] for _, _, chosen in found)
    return [
        VoiceSpan(start, end, vector, min(EMBEDDED_SECONDS, len(chosen) / BANKS_PER_SECOND))
        for (start, end, chosen), vector in zip(found, vectors, strict=True)
    ]


def _seconds(frame: int) -> float:
    return frame * FRAME_SECONDS + FRAME_DELAY_SECONDS


def _bank(frame: int) -> int:
    return round(_seconds(frame) * BANKS_PER_SECOND)


def _segmentation_frames(banks: int, *, frames: int) -> NDArray[np.intp]:
    """Frame of the segmentation in which the middle of each filter bank frame lies."""
    middles = (np.arange(banks) + 1.25) / BANKS_PER_SECOND
    return np.clip(np.round((middles - FRAME_DELAY_SECONDS) / FRAME_SECONDS), 0, frames - 1).astype(np.intp)


def _close_pauses(active: Flags) -> Flags:
    """Activity whose short pauses are closed, if nobody else speaks in them, and whose shortest bursts are removed."""
    closed = active.copy()
    for track in range(active.shape[1]):
        for first, last in _runs(~active[:, track]):
            is_inside = first > 0 and last < len(active)
            if is_inside and (last - first) * FRAME_SECONDS < PAUSE_SECONDS and not active[first:last].any():
                closed[first:last, track] = True
        for first, last in _runs(closed[:, track]):
            if (last - first) * FRAME_SECONDS < SHORTEST_SECONDS:
                closed[first:last, track] = False
    return closed


def _runs(values: Flags) -> Iterator[Frames]:
    """Stretches of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values, [False]]).astype(np.int8))).tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)


def _divide(run: Frames, *, activity: Activity) -> Iterator[Frames]:
    """Spans of nearly equal length, divided at the least active moments."""
    count = max(1, round((run[1] - run[0]) * FRAME_SECONDS / SPAN_SECONDS))
    edges = np.linspace(*run, count + 1).round().astype(int).tolist()
    reach = round(EDGE_REACH_SECONDS / FRAME_SECONDS)
    for number in range(1, count):
        low = edges[number] - reach
        edges[number] = low + int(np.argmin(activity[low : edges[number] + reach]))
    yield from itertools.pairwise(edges)


def _choose_banks(is_clear: Flags, *, span: Frames, run: Frames) -> NDArray[np.intp]:
    """Filter bank frames by which a span is identified: those without overlap, its own and the nearest of its track."""
    first, last = _bank(span[0]), _bank(span[1])
    own = first + np.flatnonzero(is_clear[first:last])
    missing = round(EMBEDDED_SECONDS * BANKS_PER_SECOND) - len(own)
    if missing > 0:
        low, high = _reach(run)
        around = low + np.flatnonzero(is_clear[low:high])
        distance = np.maximum(first - around, around - last + 1)
        around, distance = around[distance > 0], distance[distance > 0]
        own = np.concatenate([own, around[np.argsort(distance, kind="stable")[:missing]]])
    return np.sort(own) if len(own) else np.arange(first, min(last, len(is_clear)))


def _reach(run: Frames) -> Frames:
    """Filter bank frames that may complete a span: those of its run, and of more if the run is short."""
    first, last = _bank(run[0]), _bank(run[1])
    if last - first > CONNECTED_SECONDS * BANKS_PER_SECOND:
        return first, last
    reach = round(TRACK_REACH_SECONDS * BANKS_PER_SECOND)
    return max(0, first - reach), last + reach
