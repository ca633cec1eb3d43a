"""Likeliness of each speaker at each moment of a recording, from its speaker embeddings."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from workers.contract.transcription import SpeakerEmbedding
from workers.recognition.diarize.speaker_embeddings import read_spans, read_vectors
from workers.speakers import CAMPPLUS, GE2E
from workers.speakers.agglomeration import unit
from workers.speakers.clustering import GE2E_WINDOWS, find_centres
from workers.speakers.ge2e import WINDOW_SECONDS
from workers.speakers.spans import VoiceSpan
from workers.speakers.turns import label_spans

Floats = NDArray[np.float32]

SILENT_SCORE: Final = 0.2
"""Score of the nearest speaker at a moment when nobody was found to speak: too little for a change within a sentence."""


class Timeline(Protocol):
    @property
    def encoder(self) -> str:
        """Name of the encoder of the embeddings."""

    @property
    def centres(self) -> Floats:
        """Mean embedding [speakers, size] of each speaker, of unit length."""

    def scores(self, start: float, end: float) -> Floats:
        """Score [speakers] of each speaker, 1 at most, in this span."""


def build_timeline(embeddings: Sequence[SpeakerEmbedding], *, speakers: int) -> Timeline:
    """Timeline of at least one embedding; speakers: their number, 0 if unknown.

    Workers with and without the weight set `diarization` may have embedded pieces of one recording: the encoder of most pieces is used.
    """
    encoder = Counter(one.encoder for one in embeddings).most_common(1)[0][0]
    chosen = [one for one in embeddings if one.encoder == encoder]
    return _SpanTimeline(chosen, speakers=speakers) if encoder == CAMPPLUS.name else _WindowTimeline(chosen, speakers=speakers)


class _SpanTimeline:
    """Spans, each of one speaker."""

    def __init__(self, embeddings: Sequence[SpeakerEmbedding], *, speakers: int) -> None:
        spans = sorted(read_spans(embeddings), key=lambda span: (span.start, span.end))
        self._labels = np.array(label_spans(spans, speakers=speakers))
        self._starts = np.array([span.start for span in spans])
        self._ends = np.array([span.end for span in spans])
        self._longest = float((self._ends - self._starts).max())
        self._speakers = int(self._labels.max()) + 1
        self.encoder = CAMPPLUS.name
        self.centres = _span_centres(spans, labels=self._labels, speakers=self._speakers)

    def scores(self, start: float, end: float) -> Floats:
        """Share [speakers] of the time in which each speaker speaks."""
        first = int(np.searchsorted(self._starts, start - self._longest, "left"))
        part = slice(first, int(np.searchsorted(self._starts, end, "right")))
        shared = np.minimum(self._ends[part], end) - np.maximum(self._starts[part], start)
        if not (shared > 0).any():
            distances = np.maximum(self._starts - end, start - self._ends)
            return np.where(np.arange(self._speakers) == self._labels[distances.argmin()], np.float32(SILENT_SCORE), np.float32(0))
        seconds = np.bincount(self._labels[part], weights=np.maximum(shared, 0), minlength=self._speakers)
        return np.asarray(np.minimum(seconds / max(end - start, 1e-3), 1.0), np.float32)


def _span_centres(spans: Sequence[VoiceSpan], *, labels: NDArray[np.int64], speakers: int) -> Floats:
    """Mean of each speaker's spans, weighted by their clear speech."""
    weights = np.array([max(span.clear_seconds, 1e-3) for span in spans], np.float32)
    weighted = unit(np.stack([span.vector for span in spans])) * weights[:, None]
    centres = np.stack([weighted[labels == speaker].sum(axis=0) for speaker in range(speakers)])
    return unit(np.asarray(centres, np.float32))


class _WindowTimeline:
    """Similarity of overlapping windows to each speaker."""

    def __init__(self, embeddings: Sequence[SpeakerEmbedding], *, speakers: int) -> None:
        vectors = read_vectors(embeddings)
        self._starts = np.array([embedding.start for embedding in embeddings])
        self._ends = np.array([embedding.end for embedding in embeddings])
        self._middles = (self._starts + self._ends) / 2
        weights = np.clip((self._ends - self._starts) / WINDOW_SECONDS, 0.05, 1.0).astype(np.float32)
        centres = find_centres(unit(vectors), weights=weights, speakers=speakers, thresholds=GE2E_WINDOWS)
        self._similarities: Floats = unit(vectors) @ centres.T
        self.encoder = GE2E.name
        self.centres: Floats = unit(centres)

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
