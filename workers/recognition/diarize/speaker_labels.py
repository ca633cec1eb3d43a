"""Assigns speakers to transcribed words by speaker embeddings, with changes between words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.listening import SpeakerEmbedding, TranscriptSegment, TranscriptWord
from workers.recognition.diarize.speaker_embeddings import read_vectors
from workers.speakers.agglomeration import unit
from workers.speakers.clustering import GE2E_WINDOWS, find_centres
from workers.speakers.ge2e import WINDOW_SECONDS

Floats = NDArray[np.float32]

CHANGE_COST: Final = 0.25
"""Cost of a speaker change, in cosine similarity per word: another voice's window differs by about as much, so one odd window changes
nothing.
"""
CHANGE_COST_AFTER_PAUSE: Final = 0.05
PAUSE_SECONDS: Final = 0.25
STEP_SECONDS: Final = 0.5
"""Step between embedding windows in a segment without words."""


def label_speakers(
    segments: Sequence[TranscriptSegment], embeddings: Sequence[SpeakerEmbedding], *, speakers: int
) -> tuple[TranscriptSegment, ...]:
    """Label segments SPEAKER_00, SPEAKER_01, … by first appearance, cut between words where the speaker changes.

    speakers: their number; 0 if unknown, then the embeddings decide. Segments without words, or with a translation, stay whole. Both inputs
    are in the time of the recording, ascending.
    """
    if not segments:
        return ()
    timeline = _Timeline(embeddings, speakers=speakers) if embeddings else None
    spoken: list[tuple[int, TranscriptSegment]] = []
    previous = -1
    for segment in segments:
        for label, piece in _split_by_speaker(segment, timeline=timeline, previous=previous):
            spoken.append((label, piece))
            previous = label
    names: dict[int, str] = {}
    for label, _ in spoken:
        names.setdefault(label, f"SPEAKER_{len(names):02d}")
    return tuple(replace(piece, speaker=names[label]) for label, piece in spoken)


class _Timeline:
    """Similarity of each moment of the recording to each speaker."""

    def __init__(self, embeddings: Sequence[SpeakerEmbedding], *, speakers: int) -> None:
        vectors = read_vectors(embeddings)
        self._starts = np.array([embedding.start for embedding in embeddings])
        self._ends = np.array([embedding.end for embedding in embeddings])
        self._middles = (self._starts + self._ends) / 2
        weights = np.clip((self._ends - self._starts) / WINDOW_SECONDS, 0.05, 1.0).astype(np.float32)
        centres = find_centres(unit(vectors), weights=weights, speakers=speakers, thresholds=GE2E_WINDOWS)
        self._similarities: Floats = unit(vectors) @ centres.T
        self.speakers = len(centres)

    def scores(self, start: float, end: float) -> Floats:
        """Similarity [speakers] of the span: a mean of the windows that cover it, weighted towards its middle."""
        middle = (start + end) / 2
        first, last = int(np.searchsorted(self._ends, start, "left")), int(np.searchsorted(self._starts, end, "right"))
        if first >= last:  # between two stretches of speech
            distances = np.maximum(self._starts - end, start - self._ends)
            nearest = int(distances.argmin())
            first, last = nearest, nearest + 1
        part = slice(first, last)
        closeness = np.maximum(0.05, 1.0 - np.abs(self._middles[part] - middle) / WINDOW_SECONDS)
        scores: Floats = (closeness[:, None] * self._similarities[part]).sum(axis=0) / closeness.sum()
        return scores


def _split_by_speaker(segment: TranscriptSegment, *, timeline: _Timeline | None, previous: int) -> list[tuple[int, TranscriptSegment]]:
    """Pieces of the segment, each with the label of its speaker."""
    if timeline is None:
        return [(0, segment)]
    if not segment.words or segment.english:
        return [(_most_similar_speaker(segment, timeline=timeline), segment)]
    labels = _best_path(segment.words, timeline=timeline, previous=previous)
    runs = [(label, len(list(run))) for label, run in groupby(labels)]
    if len(runs) == 1:
        return [(runs[0][0], segment)]
    return list(zip([label for label, _ in runs], _cut(segment, lengths=[length for _, length in runs]), strict=True))


def _most_similar_speaker(segment: TranscriptSegment, *, timeline: _Timeline) -> int:
    moments = np.arange(segment.start, max(segment.end, segment.start + STEP_SECONDS / 2), STEP_SECONDS)
    return int(np.sum([timeline.scores(float(moment), float(moment) + STEP_SECONDS) for moment in moments], axis=0).argmax())


def _best_path(words: Sequence[TranscriptWord], *, timeline: _Timeline, previous: int) -> list[int]:
    """Most likely speaker of each word with a cost per change (Viterbi)."""
    scores = [timeline.scores(word.start, word.end) for word in words]
    best = scores[0].astype(np.float64)
    if previous >= 0:
        best = best - np.where(np.arange(len(best)) == previous, 0.0, CHANGE_COST_AFTER_PAUSE)
    origins = []
    for index in range(1, len(words)):
        pause = words[index].start - words[index - 1].end
        cost = CHANGE_COST_AFTER_PAUSE if pause >= PAUSE_SECONDS else CHANGE_COST
        leader = int(best.argmax())
        stays = best >= best[leader] - cost
        origins.append(np.where(stays, np.arange(len(best)), leader))
        best = np.where(stays, best, best[leader] - cost) + scores[index]
    path = [int(best.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def _cut(segment: TranscriptSegment, *, lengths: Sequence[int]) -> list[TranscriptSegment]:
    """Split the segment into pieces of so many words. Token statistics belong to the whole segment and are left out."""
    pieces, first, position = [], 0, 0
    for number, length in enumerate(lengths):
        words = segment.words[first : first + length]
        first += length
        is_last = number == len(lengths) - 1
        end = len(segment.text) if is_last else _find_end(segment.text, words=words, position=position)
        pieces.append(
            replace(
                segment,
                start=words[0].start if number else segment.start,
                end=segment.end if is_last else words[-1].end,
                text=segment.text[position:end].strip() if number else segment.text[position:end].rstrip(),
                words=words,
                tokens=(),
            )
        )
        position = end
    return pieces


def _find_end(text: str, *, words: Sequence[TranscriptWord], position: int) -> int:
    """End position of the last of the words in the text, which contains them in this order."""
    for word in words:
        found = text.find(word.word.strip(), position)
        if found >= 0:
            position = found + len(word.word.strip())
    return position
