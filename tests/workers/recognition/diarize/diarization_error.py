"""Diarization error rate: missed speech, false speech and wrong speaker, relative to the speech of the reference."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np

FRAMES_PER_SECOND = 100
COLLAR_SECONDS = 0.25
"""Unscored time around the beginning and the end of every reference turn, as in NIST's evaluations."""

Turn = tuple[float, float, str]
"""Start and end in seconds, and the speaker."""


@dataclass(frozen=True)
class DiarizationError:
    """Shares of the reference's speech."""

    missed: float
    invented: float
    confused: float

    @property
    def rate(self) -> float:
        return self.missed + self.invented + self.confused


def diarization_error(reference: list[Turn], heard: list[Turn], *, collar_seconds: float = COLLAR_SECONDS) -> DiarizationError:
    """Error with the assignment of speaker names that minimises it."""
    frames = round(max(end for _, end, _ in [*reference, *heard]) * FRAMES_PER_SECOND) + 1
    scored = np.ones(frames, bool)
    for start, end, _ in reference:
        for edge in (start, end):
            first, last = edge - collar_seconds, edge + collar_seconds
            scored[max(0, round(first * FRAMES_PER_SECOND)) : round(last * FRAMES_PER_SECOND)] = False
    said, reported = (_grid(turns, frames=frames)[:, scored] for turns in (reference, heard))
    speakers, voices = said.sum(axis=0), reported.sum(axis=0)
    total = speakers.sum()
    right = _best_match(said @ reported.T.astype(int))
    return DiarizationError(
        missed=np.maximum(0, speakers - voices).sum() / total,
        invented=np.maximum(0, voices - speakers).sum() / total,
        confused=(np.minimum(speakers, voices).sum() - right) / total,
    )


def _grid(turns: list[Turn], *, frames: int) -> np.ndarray:
    """Active speakers [speakers, frames]."""
    names = sorted({name for _, _, name in turns})
    grid = np.zeros((len(names), frames), int)
    for start, end, name in turns:
        grid[names.index(name), round(start * FRAMES_PER_SECOND) : round(end * FRAMES_PER_SECOND)] = 1
    return grid


def _best_match(overlap: np.ndarray) -> int:
    """Most agreeing frames over all assignments of names."""
    many = overlap if len(overlap) >= overlap.shape[1] else overlap.T
    return max(sum(many[row, column] for column, row in enumerate(rows)) for rows in permutations(range(len(many)), many.shape[1]))
