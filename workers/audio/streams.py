"""Streams that process audio block by block, in memory that does not grow with its length."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]
"""Samples [frames, channels], full scale 1.0."""


class AudioStream(Protocol):
    """Processes one recording from start to end. What it returns in total is as long as what it was fed, and aligned with it.

    A context manager; not thread-safe, but each call may come from another thread.
    """

    def feed(self, frames: Frames) -> Frames:
        """Process a block; a stream may hold some of it back, and return more in a later call."""

    def finish(self) -> Frames:
        """Return what was held back. The stream cannot be fed afterwards."""

    def close(self) -> None:
        """Release what the stream holds; also in the middle of a recording. Idempotent."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Chain(AudioStream):
    """Streams one after the other; an empty chain passes everything on unchanged."""

    def __init__(self, streams: Sequence[AudioStream]) -> None:
        self._streams = streams
        self._channels = 0

    def feed(self, frames: Frames) -> Frames:
        self._channels = frames.shape[1]
        for stream in self._streams:
            frames = stream.feed(frames)
        return frames

    def finish(self) -> Frames:
        rest: Frames | None = None
        for stream in self._streams:
            fed = None if rest is None else stream.feed(rest)
            held = stream.finish()
            rest = held if fed is None else np.concatenate([fed, held])
        return np.zeros((0, self._channels), np.float32) if rest is None else rest

    def close(self) -> None:
        with ExitStack() as stack:
            for stream in self._streams:
                stack.callback(stream.close)


class OverlappedBlocks(AudioStream):
    """Processes blocks that overlap, and cross-fades their results: for transforms that need to see seconds of audio at once.

    Every block has `block` frames, except the last (or only) one, which has up to twice as many: a short rest would be processed badly.
    """

    def __init__(self, transform: Callable[[Frames], Frames], *, channels: int, block: int, overlap: int) -> None:
        """transform: any frames to [n, channels]; block, overlap: in frames, overlap at most half of a block."""
        self._channels = channels
        self._transform = transform
        self._step = block - overlap
        self._block = block
        self._fade = np.linspace(0.0, 1.0, overlap + 2, dtype=np.float32)[1:-1, None]
        self._waiting: Frames | None = None
        self._tail: Frames | None = None

    def feed(self, frames: Frames) -> Frames:
        self._waiting = frames if self._waiting is None else np.concatenate([self._waiting, frames])
        done = []
        while len(self._waiting) >= self._block + self._step:
            done.append(self._join(self._transform(self._waiting[: self._block]), kept=self._step))
            self._waiting = self._waiting[self._step :]
        return np.concatenate(done) if done else self._nothing()

    def finish(self) -> Frames:
        if self._waiting is None or not len(self._waiting):
            return self._nothing()
        waiting, self._waiting = self._waiting, None
        return self._join(self._transform(waiting), kept=len(waiting))

    def close(self) -> None:
        self._waiting = self._tail = None

    def _join(self, made: Frames, *, kept: int) -> Frames:
        """Cross-fade the result with the one before, and hold its end back for the next."""
        if self._tail is not None:
            length = len(self._tail)
            made = np.concatenate([self._tail * (1 - self._fade) + made[:length] * self._fade, made[length:]])
        self._tail = made[kept:] if kept < len(made) else None
        return made[:kept]

    def _nothing(self) -> Frames:
        return np.zeros((0, self._channels), np.float32)
