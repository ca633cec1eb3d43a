"""Writes decoded audio as plain samples to a file. Runs in the child process only."""

import struct
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import av
import numpy as np

from workers.audio.probe.decode_options import SAMPLE_BYTES, WAV_HEADER_BYTES, DecodeOptions
from workers.audio.probe.mixing import ChannelMixer, Samples, channel_weights

_FFMPEG_NAMES: Final = {"s16": "s16", "f32": "flt"}
_WAV_TAGS: Final = {"s16": 1, "f32": 3}
"""WAVE_FORMAT_PCM, WAVE_FORMAT_IEEE_FLOAT."""
LAYOUTS: Final = {1: "mono", 2: "stereo"}


def write_samples(frames: Iterable[Any], target: BinaryIO, *, options: DecodeOptions) -> tuple[int, int]:
    """Write all frames at the rate of the first unless another is requested. Returns samples per channel and their rate (Hz)."""
    converter = _Converter(options)
    width = options.channels * SAMPLE_BYTES[options.sample_format]
    if options.has_header:
        target.write(bytes(WAV_HEADER_BYTES))
    size = 0
    for converted in converter.convert(frames):
        target.write(converted)
        size += len(converted)
    samples = size // width
    if options.has_header:
        target.seek(0)
        target.write(_wav_header(samples, rate=converter.sample_rate, options=options))
    target.flush()
    return samples, converter.sample_rate


class _Converter:
    """Resampler, and mixer if there are channels to mix, for as long as the frames keep their shape: streams may change it."""

    def __init__(self, options: DecodeOptions) -> None:
        self.sample_rate = options.sample_rate
        self._options = options
        self._resampler: Any = None
        self._mixer: ChannelMixer | None = None
        self._shape: tuple[str, int, str] | None = None

    def convert(self, frames: Iterable[Any]) -> Iterator[bytes | memoryview]:
        for frame in frames:
            shape = (frame.format.name, frame.sample_rate, frame.layout.name)
            if shape != self._shape:
                yield from self._rest()
                self._begin(frame, shape)
            frame.pts = None  # gaps in a file's clock are not filled: the samples count
            yield from self._bytes_of(frame)
        yield from self._rest()

    def _begin(self, frame: Any, shape: tuple[str, int, str]) -> None:
        self._shape = shape
        self.sample_rate = self.sample_rate or frame.sample_rate
        if self._options.channels == 1 and frame.layout.nb_channels > 1:
            weights = channel_weights([channel.name for channel in frame.layout.channels])
            self._mixer = ChannelMixer(weights, sample_rate=self.sample_rate)
            # Packed: PyAV 18 counts the planes of eight channels and more wrongly.
            self._resampler = av.AudioResampler(format="flt", layout=frame.layout, rate=self.sample_rate)
        else:
            self._mixer = None
            sample_format, layout = _FFMPEG_NAMES[self._options.sample_format], LAYOUTS[self._options.channels]
            self._resampler = av.AudioResampler(format=sample_format, layout=layout, rate=self.sample_rate)

    def _bytes_of(self, frame: Any | None) -> Iterator[bytes | memoryview]:
        for converted in self._resampler.resample(frame):
            if self._mixer is None:
                width = self._options.channels * SAMPLE_BYTES[self._options.sample_format]
                yield memoryview(converted.planes[0])[: converted.samples * width]
            else:
                yield self._packed(self._mixer.feed(converted.to_ndarray().reshape(converted.samples, -1).T))

    def _rest(self) -> Iterator[bytes | memoryview]:
        if self._resampler is not None:
            yield from self._bytes_of(None)
        if self._mixer is not None:
            yield self._packed(self._mixer.finish())

    def _packed(self, samples: Samples) -> bytes:
        is_float = self._options.sample_format == "f32"
        packed: bytes = (samples.astype("<f4") if is_float else np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2")).tobytes()
        return packed


def _wav_header(samples: int, *, rate: int, options: DecodeOptions) -> bytes:
    width = SAMPLE_BYTES[options.sample_format]
    size = samples * options.channels * width
    tag, per_second = _WAV_TAGS[options.sample_format], rate * options.channels * width
    shape = struct.pack("<HHIIHH", tag, options.channels, rate, per_second, options.channels * width, width * 8)
    return struct.pack("<4sI4s4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16) + shape + struct.pack("<4sI", b"data", size)
