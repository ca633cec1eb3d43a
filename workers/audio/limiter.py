"""Peak limiter that turns the level down before a peak, instead of bending the wave."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.loudness import CEILING
from workers.audio.streams import AudioStream, Frames

STEP_SECONDS: Final = 0.002
HALF: Final = 7
"""Steps before and after a peak over which the level goes down and up again: 28 ms in all on each side."""
AHEAD: Final = 2 * HALF + 1
"""Steps that must be known after the one that is returned."""


class PeakLimiter(AudioStream):
    """Keeps every sample within CEILING; all channels get the same gain."""

    def __init__(self, *, sample_rate: int, channels: int, gain: float = 1.0) -> None:
        """gain: factor applied first."""
        self._step = max(1, round(STEP_SECONDS * sample_rate))
        self._gain = np.float32(gain)
        self._waiting = np.zeros((0, channels), np.float32)
        self._before = np.ones(AHEAD)
        """Gains that the last returned steps needed."""
        self._fed = self._made = 0

    def feed(self, frames: Frames) -> Frames:
        self._fed += len(frames)
        return self._process(frames * self._gain)

    def finish(self) -> Frames:
        left = self._fed - self._made
        return self._process(np.zeros(((AHEAD + 1) * self._step, self._waiting.shape[1]), np.float32))[:left]

    def close(self) -> None: ...

    def _process(self, frames: Frames) -> Frames:
        self._waiting = np.concatenate([self._waiting, frames])
        known = len(self._waiting) // self._step
        count = known - AHEAD
        if count <= 0:
            return self._waiting[:0]
        steps = self._waiting[: known * self._step].reshape(known, -1)
        needed = np.minimum(1.0, CEILING / np.maximum(np.abs(steps).max(axis=1), CEILING))
        needed = np.concatenate([self._before, needed])
        edges = _edges(needed)[: count + 1]
        curve = np.linspace(edges[:-1], edges[1:], self._step, endpoint=False, axis=1).reshape(-1, 1)
        done = self._waiting[: count * self._step] * curve.astype(np.float32)
        self._before = needed[: len(needed) - AHEAD][-AHEAD:]
        self._waiting = self._waiting[count * self._step :]
        self._made += len(done)
        return done


def _edges(needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain at the start of each step after the first AHEAD, never above what its neighbours need.

    The mean of minima over the same window is at most the needed gain, and so is the line between two edges.
    """
    width = 2 * HALF + 1
    lowest = np.lib.stride_tricks.sliding_window_view(needed, width).min(axis=1)
    smooth = np.lib.stride_tricks.sliding_window_view(np.pad(lowest, (1, 0), mode="edge"), width).mean(axis=1)
    # smooth[i] belongs to step i + 2 * HALF - 1 of `needed`, which begins with AHEAD earlier steps.
    return np.asarray(np.minimum(smooth[1:], smooth[:-1])[1:])
