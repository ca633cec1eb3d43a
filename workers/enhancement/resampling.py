"""Stream that runs another stream at the rate that it needs."""

import numpy as np

from workers.audio.encoding import Resampler
from workers.audio.streams import AudioStream, Chain, Frames
from workers.audio.stretches import Shape


class ResamplingStream(AudioStream):
    """Converts frames to another rate: for n frames in, n * output_rate / input_rate out, rounded, and aligned."""

    def __init__(self, *, channels: int, input_rate: int, output_rate: int) -> None:
        """Rates in Hz."""
        self._resamplers = [Resampler(input_rate=input_rate, output_rate=output_rate) for _ in range(channels)]
        self._ratio = output_rate / input_rate
        self._fed = self._made = 0
        self._last = np.zeros((1, channels), np.float32)

    def feed(self, frames: Frames) -> Frames:
        if not self._fed and len(frames):
            self._last = frames[:1]
        self._fed += len(frames)
        return self._count([one.feed(np.ascontiguousarray(frames[:, index])) for index, one in enumerate(self._resamplers)])

    def finish(self) -> Frames:
        """Return the rest, cut or extended by a frame or two where the filter rounds otherwise."""
        made = self._count([one.finish() for one in self._resamplers])
        lacking = max(1, round(self._fed * self._ratio)) - self._made if self._fed else 0
        return np.concatenate([made, np.repeat(self._last, lacking, axis=0)]) if lacking >= 0 else made[:lacking]

    def close(self) -> None: ...

    def _count(self, channels: list[Frames]) -> Frames:
        made = np.stack(channels, axis=1)
        self._made += len(made)
        if len(made):
            self._last = made[-1:]
        return made


def at_rate(stream: AudioStream, *, shape: Shape, sample_rate: int, channels: int = 0) -> AudioStream:
    """The stream, fed at `sample_rate`, with its result at the rate of `shape` again. channels: of its result, if others than of `shape`."""
    if shape.sample_rate == sample_rate:
        return stream
    before = ResamplingStream(channels=shape.channels, input_rate=shape.sample_rate, output_rate=sample_rate)
    after = ResamplingStream(channels=channels or shape.channels, input_rate=sample_rate, output_rate=shape.sample_rate)
    return ExactLength(Chain([before, stream, after]))


class ExactLength(AudioStream):
    """Cuts or extends what a stream makes to the length of what it was fed: two conversions of the rate may differ by a frame."""

    def __init__(self, stream: AudioStream) -> None:
        self._stream = stream
        self._fed = self._made = 0

    def feed(self, frames: Frames) -> Frames:
        self._fed += len(frames)
        made = self._stream.feed(frames)[: self._fed - self._made]
        self._made += len(made)
        return made

    def finish(self) -> Frames:
        made = self._stream.finish()
        lacking = self._fed - self._made - len(made)
        return np.pad(made, ((0, lacking), (0, 0))) if lacking > 0 else made[: self._fed - self._made]

    def close(self) -> None:
        self._stream.close()
