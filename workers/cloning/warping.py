"""Dynamic time warping of two recordings of the same words, in a band, so that its memory grows with their length and not with its square."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BAND_SHARE: Final = 0.3
"""Half the band's width as a share of the longer recording: pauses of a person move the rest by seconds."""
NARROWEST_BAND: Final = 240
"""Frames; 3 s."""
STEP_COST: Final = 0.3
"""Cost of a step in one recording alone, as a share of the mean distance of two frames."""
_SAMPLE_FRAMES: Final = 400
_BOTH, _FIRST, _SECOND = 0, 1, 2


def warp(first: Floats, second: Floats, *, band_frames: int = 0) -> Floats:
    """Position in `first`, in frames, of each frame of `second`.

    first, second: features [frames, dimensions]; band_frames: half the band's width, by default BAND_SHARE of the longer one.
    """
    if not len(first) or not len(second):
        raise ValueError("An empty recording cannot be aligned.")
    width = band_frames or max(NARROWEST_BAND, round(BAND_SHARE * max(len(first), len(second))))
    steps = _Band(len(first), len(second), width).fill(first, second)
    return _mean_positions(steps, len(first), len(second))


@dataclass(frozen=True, slots=True)
class _Steps:
    """The best last step to each cell, diagonal by diagonal: cell (i, j) is `steps[i + j, i - starts[i + j]]`."""

    starts: NDArray[np.int64]
    steps: NDArray[np.int8]

    def step(self, i: int, j: int) -> int:
        return int(self.steps[i + j, i - self.starts[i + j]])


class _Band:
    """Cells within the band, by anti-diagonals: the cells of one depend on the two before it alone, so that numpy computes them together."""

    def __init__(self, rows: int, columns: int, width: int) -> None:
        diagonals = np.arange(rows + columns - 1)
        slope = 1 + (columns - 1) / max(1, rows - 1)
        width = max(width, 2 * round(slope) + 2)  # no narrower than a step of the path
        lowest = np.maximum(0, diagonals - columns + 1)
        highest = np.minimum(diagonals, rows - 1)
        self._starts = np.clip(np.ceil((diagonals - width) / slope).astype(np.int64), lowest, highest)
        self._stops = np.clip(np.floor((diagonals + width) / slope).astype(np.int64), lowest, highest) + 1

    def fill(self, first: Floats, second: Floats) -> _Steps:
        cost_alone = STEP_COST * _mean_distance(first, second)
        steps = np.zeros((len(self._starts), int((self._stops - self._starts).max())), np.int8)
        squares = (first**2).sum(axis=1), (second**2).sum(axis=1)
        sums = np.full((3, len(first) + 1), np.inf, np.float32)
        """Least cost to each row's cell of this diagonal and the two before it; index 0 stands for the row before the first."""
        for diagonal, (start, stop) in enumerate(zip(self._starts, self._stops, strict=True)):
            i = slice(start, stop)
            j = slice(diagonal - stop + 1, diagonal - start + 1)
            products = np.einsum("nd,nd->n", first[i], second[j][::-1])
            distances = np.sqrt(np.maximum(squares[0][i] + squares[1][j][::-1] - 2 * products, 0.0))
            now, before, twice = sums[diagonal % 3], sums[(diagonal - 1) % 3], sums[(diagonal - 2) % 3]
            options = np.stack([twice[start:stop], before[start:stop] + cost_alone, before[start + 1 : stop + 1] + cost_alone])
            best = options.argmin(axis=0)
            least = options[best, np.arange(stop - start)]
            now[:] = np.inf
            now[start + 1 : stop + 1] = distances + (least if diagonal else 0.0)
            steps[diagonal, : stop - start] = best
        return _Steps(self._starts, steps)


def _mean_distance(first: Floats, second: Floats) -> float:
    """Mean distance of two frames, from some hundred of each."""
    one, other = (frames[:: max(1, len(frames) // _SAMPLE_FRAMES)] for frames in (first, second))
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return float(np.sqrt(np.maximum(squares, 0.0)).mean())


def _mean_positions(steps: _Steps, rows: int, columns: int) -> Floats:
    """Mean row of the best path in each column."""
    total, count = np.zeros(columns), np.zeros(columns)
    i, j = rows - 1, columns - 1
    while i >= 0 and j >= 0:
        total[j] += i
        count[j] += 1
        if i == 0 or j == 0:
            i, j = (i, j - 1) if i == 0 else (i - 1, j)
            continue
        step = steps.step(i, j)
        i, j = i - (step != _SECOND), j - (step != _FIRST)
    return (total / count).astype(np.float32)
