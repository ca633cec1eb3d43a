"""Writes decoded audio as plain samples to a file or a pipe. Runs in the child process only."""

import itertools
import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import av
import numpy as np

from workers.audio.probe.decode_options import SAMPLE_BYTES, WAV_HEADER_BYTES, DecodeOptions, StreamHeader
from workers.audio.probe.mixing import ChannelMixer, ChannelPicker, Samples, StereoMixer, channel_weights
from workers.audio.probe.reading import Reading
from workers.audio.probe.stream import STREAM_LENGTH

_FFMPEG_NAMES: Final = {"s16": "s16", "f32": "flt"}
_WAV_TAGS: Final = {"s16": 1, "f32": 3}
"""WAVE_FORMAT_PCM, WAVE_FORMAT_IEEE_FLOAT."""
STEREO: Final = 2
_Mixer = ChannelMixer | ChannelPicker | StereoMixer


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


def stream_samples(source: Reading, target: BinaryIO, *, options: DecodeOptions) -> tuple[int, int, int]:
    """Write a header and all frames, at the rate and the channels of the first unless others are requested.

    Returns samples per channel, their rate (Hz) and the channels.
    """
    converter = _Converter(options)
    frames = source.frames()
    size = 0
    if first := next(frames, None):
        converter.begin(first)
        header = StreamHeader(
            converter.sample_rate,
            channels=converter.channels,
            bits=source.bits,
            tags=source.tags,
            exact_seconds=source.exact_seconds,
        )
        encoded = json.dumps(header.to_dict()).encode()
        target.write(STREAM_LENGTH.pack(len(encoded)) + encoded)
        for converted in converter.convert(itertools.chain([first], frames)):
            target.write(converted)
            size += len(converted)
    target.flush()
    return size // converter.frame_bytes, converter.sample_rate, converter.channels


class _Converter:
    """Resampler, and mixer if there are channels to mix, for as long as the frames keep their shape: streams may change it."""

    def __init__(self, options: DecodeOptions) -> None:
        self.sample_rate = options.sample_rate
        self.channels = options.channels
        self._options = options
        self._layout: Any = None
        self._resampler: Any = None
        self._mixer: _Mixer | None = None
        self._shape: tuple[str, int, str] | None = None

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return max(1, self.channels) * SAMPLE_BYTES[self._options.sample_format]

    def convert(self, frames: Iterable[Any]) -> Iterator[bytes | memoryview]:
        for frame in frames:
            if _shape_of(frame) != self._shape:
                yield from self._rest()
                self.begin(frame)
            frame.pts = None  # gaps in a file's clock are not filled: the samples count
            yield from self._bytes_of(frame)
        yield from self._rest()

    def begin(self, frame: Any) -> None:
        """Prepare for frames of this shape; the first decides what was not requested."""
        self._shape = _shape_of(frame)
        self.sample_rate = self.sample_rate or frame.sample_rate
        self.channels = self.channels or frame.layout.nb_channels
        self._layout = self._layout or frame.layout
        self._mixer = self._choose_mixer([channel.name for channel in frame.layout.channels])
        if self._mixer:
            # Packed: PyAV 18 counts the planes of eight channels and more wrongly.
            self._resampler = av.AudioResampler(format="flt", layout=frame.layout, rate=self.sample_rate)
        else:
            layout = frame.layout if frame.layout.nb_channels == self.channels else self._layout
            self._resampler = av.AudioResampler(format=_FFMPEG_NAMES[self._options.sample_format], layout=layout, rate=self.sample_rate)

    def _choose_mixer(self, names: list[str]) -> _Mixer | None:
        if self._options.channel >= 0:
            return ChannelPicker(self._options.channel)
        if len(names) == self.channels:
            return None
        if self.channels == 1:
            return ChannelMixer(channel_weights(names), sample_rate=self.sample_rate)
        return StereoMixer(names) if self.channels == STEREO else None

    def _bytes_of(self, frame: Any | None) -> Iterator[bytes | memoryview]:
        for converted in self._resampler.resample(frame):
            if self._mixer is None:
                yield memoryview(converted.planes[0])[: converted.samples * self.frame_bytes]
            else:
                yield self._packed(self._mixer.feed(converted.to_ndarray().reshape(converted.samples, -1).T))

    def _rest(self) -> Iterator[bytes | memoryview]:
        if self._resampler is not None:
            yield from self._bytes_of(None)
        if self._mixer is not None:
            yield self._packed(self._mixer.finish())

    def _packed(self, samples: Samples) -> bytes:
        """Interleave samples [n] or [channels, n]."""
        is_float = self._options.sample_format == "f32"
        packed = samples.T.astype("<f4") if is_float else np.clip(np.rint(samples.T * 32768.0), -32768, 32767).astype("<i2")
        return packed.tobytes()


def _shape_of(frame: Any) -> tuple[str, int, str]:
    return frame.format.name, frame.sample_rate, frame.layout.name


def _wav_header(samples: int, *, rate: int, options: DecodeOptions) -> bytes:
    width = SAMPLE_BYTES[options.sample_format]
    size = samples * options.channels * width
    tag, per_second = _WAV_TAGS[options.sample_format], rate * options.channels * width
    shape = struct.pack("<HHIIHH", tag, options.channels, rate, per_second, options.channels * width, width * 8)
    return struct.pack("<4sI4s4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16) + shape + struct.pack("<4sI", b"data", size)
