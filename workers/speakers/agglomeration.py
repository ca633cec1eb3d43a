"""Agglomerative merging of the two most similar clusters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(slots=True)
class Clusters:
    """Sums of vectors: the mean similarity between two clusters is the dot product of their sums divided by the product of their weights."""

    sums: Floats
    """[k, d], each vector times its weight."""
    weights: Floats

    @classmethod
    def of_vectors(cls, vectors: Floats, *, weights: Floats) -> Self:
        """One cluster per vector [n, d]."""
        return cls(vectors * weights[:, None], weights.copy())

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def centres(self) -> Floats:
        """[k, d], of unit length."""
        return unit(self.sums)

    def pick(self, positions: Sequence[int] | NDArray[np.intp] | NDArray[np.bool_]) -> "Clusters":
        return Clusters(self.sums[positions], self.weights[positions])

    def concatenate(self, others: "Clusters") -> "Clusters":
        return Clusters(np.concatenate([self.sums, others.sums]), np.concatenate([self.weights, others.weights]))


class Agglomeration:
    """Agglomerative clustering with average linkage. Memory and time grow with the square of the number of clusters."""

    def __init__(self, clusters: Clusters, *, is_by_centres: bool = False) -> None:
        """is_by_centres: similarity of the clusters' centres instead of the mean similarity of their vectors."""
        self._sums = clusters.sums.copy()
        self._weights = clusters.weights.copy()
        self._is_by_centres = is_by_centres
        self._is_alive = np.ones(len(clusters), bool)
        self._similarity = np.stack([self._similarities(position) for position in range(len(clusters))])
        self._nearest = self._similarity.argmax(axis=1)

    @property
    def count(self) -> int:
        """Number of remaining clusters."""
        return int(self._is_alive.sum())

    @property
    def weights(self) -> Floats:
        return self._weights[self._is_alive]

    @property
    def best_similarity(self) -> float:
        """Similarity of the two clusters that would be merged next; minus infinity if only one is left."""
        return float(self._similarity[np.arange(len(self._nearest)), self._nearest].max())

    def merge(self) -> None:
        """Merge the two most similar clusters."""
        best = self._similarity[np.arange(len(self._nearest)), self._nearest]
        kept = int(best.argmax())
        gone = int(self._nearest[kept])
        self._sums[kept] += self._sums[gone]
        self._weights[kept] += self._weights[gone]
        self._is_alive[gone] = False
        self._similarity[gone, :] = self._similarity[:, gone] = -np.inf
        self._similarity[kept, :] = self._similarity[:, kept] = row = self._similarities(kept)
        stale = (self._nearest == gone) | (self._nearest == kept)
        stale[kept] = True
        self._nearest[stale] = self._similarity[stale].argmax(axis=1)
        nearer = row > self._similarity[np.arange(len(row)), self._nearest]
        self._nearest[nearer] = kept

    def merge_while_above(self, similarity: float, *, fewest: int = 1) -> Clusters:
        """Merge while the next two are more similar than `similarity` and more than `fewest` are left; returns the remaining clusters."""
        while self.count > fewest and self.best_similarity > similarity:
            self.merge()
        return self.clusters()

    def clusters(self) -> Clusters:
        return Clusters(self._sums[self._is_alive], self._weights[self._is_alive])

    def _similarities(self, position: int) -> Floats:
        if self._is_by_centres:
            scale = np.linalg.norm(self._sums, axis=1) * np.linalg.norm(self._sums[position])
        else:
            scale = self._weights * self._weights[position]
        row: Floats = (self._sums @ self._sums[position]) / np.maximum(scale, np.float32(1e-9))
        row[~self._is_alive] = -np.inf
        row[position] = -np.inf
        return row


def unit(vectors: Floats) -> Floats:
    """Scale to unit length."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    directions: Floats = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return directions
