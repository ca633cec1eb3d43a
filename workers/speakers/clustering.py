"""Agglomerative clustering of speaker embeddings, for any number of embeddings in bounded memory."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.speakers.agglomeration import Agglomeration, Clusters, Floats, unit


@dataclass(frozen=True, slots=True)
class SimilarityThresholds:
    """Cosine similarities of one encoder's embeddings."""

    same_speaker: float
    """Mean similarity between two clusters above which they are one speaker."""
    same_centre: float
    """Similarity of the centres of two clusters of several seconds above which they are one speaker."""
    surely_same: float
    """Threshold of merging within a stretch, whose clusters are compared with other stretches later."""
    smallest_speaker: float
    """Weight below which a cluster is an outlier of another speaker."""


GE2E_WINDOWS: Final = SimilarityThresholds(same_speaker=0.64, same_centre=0.80, surely_same=0.72, smallest_speaker=2.0)
"""Thresholds for windows of 1.6 s, of weight 1. Of 68 real speakers they have 0.76 within a speaker and 0.52 between two, centres 0.88 and 0.60."""
CAMPPLUS_SPANS: Final = SimilarityThresholds(same_speaker=0.42, same_centre=0.60, surely_same=0.60, smallest_speaker=2.0)
"""Thresholds for spans identified by up to 2 s of speech, weighted by seconds; chosen on conversations of 34 real speakers, judged on those of 34 others
(tests/prove/test_diarization.py).
"""
STRETCH: Final = 500
"""Embeddings that are compared pairwise: about seven minutes of speech and one megabyte of similarities."""
REFINEMENTS: Final = 3


def find_centres(embeddings: Floats, *, weights: Floats, speakers: int, thresholds: SimilarityThresholds) -> Floats:
    """Mean embedding of each speaker [k, d], from the embeddings [n, d]; all of unit length.

    weights [n]: those of the thresholds; speakers: their number, 0 if unknown. Memory grows with the embeddings alone, time with
    their number times STRETCH. Raises ValueError without embeddings.
    """
    clusters = _reduce(embeddings, weights=weights, surely_same=thresholds.surely_same)
    minimum = min(thresholds.smallest_speaker, float(weights.sum()) / max(2, 2 * speakers))
    found = _merge_by_similarity(clusters, minimum=minimum, thresholds=thresholds)
    if speakers and len(found) < speakers:
        found = _merge_to_count(clusters, speakers=speakers, minimum=minimum)
    while speakers and len(found) > speakers:
        found = _merge_cheapest(found)
    return _refine(found.centres, embeddings=embeddings, weights=weights)


def _reduce(embeddings: Floats, *, weights: Floats, surely_same: float) -> Clusters:
    """Reduce to at most STRETCH clusters: those of each stretch in turn, merged with the previous ones."""
    if not len(embeddings):
        raise ValueError("there are no embeddings")
    kept = Clusters.of_vectors(embeddings[:0], weights=weights[:0])
    for first in range(0, len(embeddings), STRETCH):
        part = slice(first, first + STRETCH)
        fresh = Clusters.of_vectors(embeddings[part], weights=weights[part])
        if len(embeddings) > STRETCH:
            fresh = Agglomeration(fresh).merge_while_above(surely_same)
        kept = kept.concatenate(fresh)
        if len(kept) > STRETCH:
            kept = Agglomeration(kept).merge_while_above(surely_same)
        if len(kept) > STRETCH:
            kept = Agglomeration(kept).merge_while_above(-1.0, fewest=STRETCH // 2)
    return kept


def _merge_by_similarity(clusters: Clusters, *, minimum: float, thresholds: SimilarityThresholds) -> Clusters:
    merged = Agglomeration(clusters).merge_while_above(thresholds.same_speaker)
    speakers = _without_outliers(merged, minimum=minimum)
    return Agglomeration(speakers, is_by_centres=True).merge_while_above(thresholds.same_centre)


def _merge_to_count(clusters: Clusters, *, speakers: int, minimum: float) -> Clusters:
    """Coarsest clusters of which at least as many as there are speakers are no outliers."""
    trial = Agglomeration(clusters)
    mergers = wanted = 0
    while trial.count > 1:
        trial.merge()
        mergers += 1
        if np.count_nonzero(trial.weights >= minimum) >= speakers:
            wanted = mergers
    agglomeration = Agglomeration(clusters)
    for _ in range(wanted or max(0, len(clusters) - speakers)):
        agglomeration.merge()
    found = agglomeration.clusters()
    return found.pick(np.sort(np.argsort(-found.weights, kind="stable")[:speakers]))


def _merge_cheapest(clusters: Clusters) -> Clusters:
    """Merge two clusters by Ward's criterion: a small cluster joins its nearest before two large ones are merged."""
    weights = clusters.weights
    cost = (1 - clusters.centres @ clusters.centres.T) * np.outer(weights, weights) / np.add.outer(weights, weights)
    np.fill_diagonal(cost, np.inf)
    kept, gone = divmod(int(cost.argmin()), len(clusters))
    clusters.sums[kept] += clusters.sums[gone]
    clusters.weights[kept] += clusters.weights[gone]
    return clusters.pick(np.arange(len(clusters)) != gone)


def _without_outliers(clusters: Clusters, *, minimum: float) -> Clusters:
    is_speaker: NDArray[np.bool_] = clusters.weights >= minimum
    return clusters.pick(is_speaker if is_speaker.any() else clusters.weights == clusters.weights.max())


def _refine(centres: Floats, *, embeddings: Floats, weights: Floats) -> Floats:
    """Recompute the centres from their nearest embeddings, in several rounds."""
    for _ in range(REFINEMENTS):
        nearest = (embeddings @ centres.T).argmax(axis=1)
        sums = np.stack([(embeddings[nearest == label] * weights[nearest == label, None]).sum(axis=0) for label in range(len(centres))])
        has_any = np.bincount(nearest, minlength=len(centres)) > 0
        centres = np.where(has_any[:, None], unit(sums), centres)
    return centres
