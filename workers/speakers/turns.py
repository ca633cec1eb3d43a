"""Turns of the speakers of a recording: spans of voices, clustered."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.speakers.clustering import CAMPPLUS_SPANS, find_centres
from workers.speakers.encoder import Embeddings
from workers.speakers.spans import VoiceSpan, find_spans

CHANGE_COST: Final = 0.15
"""Cost of a change of the speaker without a pause, in cosine similarity."""
LEAST_SECONDS: Final = 1.5
"""Speech of a second voice that `find_speakers` counts."""


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """Speech of one speaker without a pause; seconds of the recording."""

    start: float
    end: float
    speaker: int
    """Number by first appearance."""


@dataclass(frozen=True, slots=True)
class SpeakersFound:
    """Speakers of a recording."""

    turns: tuple[SpeakerTurn, ...]
    overlap_seconds: float
    """Time at which two or more speak."""

    @property
    def count(self) -> int:
        """Number of speakers with at least LEAST_SECONDS of speech; 1 if somebody speaks at all."""
        return max(sum(seconds >= LEAST_SECONDS for seconds in self.seconds), min(1, len(self.turns)))

    @property
    def seconds(self) -> tuple[float, ...]:
        speakers = 1 + max((turn.speaker for turn in self.turns), default=-1)
        return tuple(sum(turn.end - turn.start for turn in self.turns if turn.speaker == speaker) for speaker in range(speakers))


def find_speakers(samples: Samples, *, sample_rate: int, speakers: int = 0) -> SpeakersFound:
    """Speakers of mono samples [n] with their turns, which may overlap.

    speakers: their number; 0 if unknown. Raises WorkError (engine_unavailable) without the weight set `diarization`.
    """
    sound = resample(samples, input_rate=sample_rate, output_rate=RECOGNITION_SAMPLE_RATE)
    turns = join_turns(find_spans(sound), speakers=speakers)
    return SpeakersFound(tuple(turns), overlap_seconds(turns))


def join_turns(spans: Sequence[VoiceSpan], *, speakers: int) -> list[SpeakerTurn]:
    """Turns by their start, from the spans of a whole recording by their start; speakers as in `find_speakers`."""
    labels = label_spans(spans, speakers=speakers)
    open_turns: dict[int, SpeakerTurn] = {}
    turns: list[SpeakerTurn] = []
    for span, speaker in zip(spans, labels, strict=True):
        turn = open_turns.get(speaker)
        if turn is not None and span.start <= turn.end:
            open_turns[speaker] = SpeakerTurn(turn.start, max(turn.end, span.end), speaker)
            continue
        if turn is not None:
            turns.append(turn)
        open_turns[speaker] = SpeakerTurn(span.start, span.end, speaker)
    return sorted([*turns, *open_turns.values()], key=lambda turn: (turn.start, turn.end))


def label_spans(spans: Sequence[VoiceSpan], *, speakers: int) -> list[int]:
    """Speaker of each span, numbered by first appearance."""
    if not spans:
        return []
    vectors = np.stack([span.vector for span in spans])
    weights = np.array([min(span.end - span.start, span.clear_seconds) for span in spans], np.float32)
    centres = find_centres(vectors, weights=np.maximum(weights, np.float32(0.05)), speakers=speakers, thresholds=CAMPPLUS_SPANS)
    labels = _best_labels(spans, similarities=vectors @ centres.T)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def overlap_seconds(turns: Sequence[SpeakerTurn]) -> float:
    """Time at which at least two turns overlap."""
    edges = sorted([(turn.start, 1) for turn in turns] + [(turn.end, -1) for turn in turns])
    active, total = 0, 0.0
    for (moment, change), (following, _) in itertools.pairwise(edges):
        active += change
        total += following - moment if active > 1 else 0.0
    return total


def _best_labels(spans: Sequence[VoiceSpan], *, similarities: Embeddings) -> list[int]:
    """Most similar speaker of each span; a change between connected spans costs something (Viterbi)."""
    labels = [0] * len(spans)
    for chain in _chains(spans):
        for position, label in zip(chain, _best_path(similarities[chain]), strict=True):
            labels[position] = label
    return labels


def _chains(spans: Sequence[VoiceSpan]) -> list[list[int]]:
    """Positions of the spans that continue each other."""
    chains: list[list[int]] = []
    chain_by_end: dict[float, list[int]] = {}
    for position, span in enumerate(spans):
        chain = chain_by_end.pop(span.start, None)
        if chain is None:
            chains.append(chain := [])
        chain.append(position)
        chain_by_end[span.end] = chain
    return chains


def _best_path(scores: NDArray[np.float32]) -> list[int]:
    best = scores[0].astype(np.float64)
    origins = []
    for row in scores[1:]:
        leader = int(best.argmax())
        stays = best >= best[leader] - CHANGE_COST
        origins.append(np.where(stays, np.arange(len(best)), leader))
        best = np.where(stays, best, best[leader] - CHANGE_COST) + row
    path = [int(best.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]
