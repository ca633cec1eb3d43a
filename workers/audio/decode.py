"""Decodes our own audio files to mono float32 blocks, in bounded memory. Customers' files are decoded by workers/audio/recordings.py."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import numpy as np
from numpy.typing import NDArray

from workers.contract.errors import BAD_AUDIO, WorkError

BLOCK_SECONDS: Final = 1.0


class AudioReader:
    """Open audio file, mixed to mono; a context manager."""

    def __init__(self, path: Path, *, sample_rate: int = 0) -> None:
        """sample_rate: Hz wanted, 0 for the file's own. Raises WorkError (bad_audio) for a file without readable audio."""
        try:
            self._container: Any = av.open(str(path), "r")
        except (av.FFmpegError, OSError) as error:
            raise _bad_audio() from error
        if not self._container.streams.audio:
            self._container.close()
            raise WorkError(BAD_AUDIO, "The file holds no sound.")
        self._stream = self._container.streams.audio[0]
        self.sample_rate: int = sample_rate or self._stream.rate

    @property
    def stated_seconds(self) -> float:
        """Length that the header states; 0 where it states none."""
        return (self._container.duration or 0) / av.time_base

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Mono samples [n], full scale 1.0, about a second at a time, none of them empty. Raises WorkError (bad_audio)."""
        resampler = av.AudioResampler(format="flt", layout="mono", rate=self.sample_rate)
        held: list[NDArray[np.float32]] = []
        try:
            for frame in self._container.decode(self._stream):
                held += [_samples(part) for part in resampler.resample(frame)]
                if sum(map(len, held)) >= BLOCK_SECONDS * self.sample_rate:
                    yield np.concatenate(held)
                    held.clear()
            held += [_samples(part) for part in resampler.resample(None)]
        except av.FFmpegError as error:
            raise _bad_audio() from error
        if sum(map(len, held)):
            yield np.concatenate(held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._container.close()


def _samples(frame: av.AudioFrame) -> NDArray[np.float32]:
    return frame.to_ndarray().ravel().astype(np.float32, copy=False)


def _bad_audio() -> WorkError:
    return WorkError(BAD_AUDIO, "The file is damaged or is no audio file.")
