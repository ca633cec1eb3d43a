"""Encodes audio to the offered formats, as a stream of bytes or as a file."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding.resampler import Resampler
from workers.audio.encoding.writers import FFmpegWriter, PcmWriter, Sink, VorbisWriter, Writer, WriterSettings
from workers.contract.chapters import ChapterTime
from workers.contract.formats import FORMATS, AudioFormat

LARGE_BYTES: Final = 4_000_000_000
"""Expected size beyond which a WAV file keeps room for the lengths of RF64."""
BLOCK_SECONDS: Final = 1.0
"""Longest block that is encoded at once; bounds the memory of a long block."""


@dataclass(frozen=True, slots=True)
class EncodedFile:
    seconds: float
    """Duration of the input."""
    sample_rate: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingOptions:
    """Wanted form of the encoded audio; the nearest that the format has is used."""

    sample_rate: int = 0
    """Hz, 0 for the samples' own."""
    bitrate: int = 0
    """Bits per second, 0 for the format's default."""
    channels: int = 1
    """Channels of the samples; the format must have them (AudioFormat.choose_channels)."""
    bits: int = 16
    """Bits per sample of a lossless format; 32 is floating point."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Title, artist and the like (workers/audio/probe/tags.py), for a file in a format that holds them."""
    chapter_titles: tuple[str, ...] = ()
    """Titles of the chapters whose times `FileEncoder.finish` gets, for a file in a format that holds them."""
    expected_seconds: float = 0.0
    """About the length of the audio, if it is known: beyond 4 GB a WAV file becomes RF64."""


class _Encoding:
    """Common base of stream and file encoding: the format, the rates, and blocks of bounded length for the writer."""

    def __init__(self, audio_format: str, *, input_rate: int, options: EncodingOptions) -> None:
        if audio_format not in FORMATS:
            raise ValueError(f"no such audio format: {audio_format}")
        self.format: AudioFormat = FORMATS[audio_format]
        if options.channels not in self.format.channel_counts:
            raise ValueError(f"{audio_format} has no {options.channels} channels")
        self.input_rate = input_rate
        self.sample_rate = self.format.choose_sample_rate(options.sample_rate or input_rate)
        self.settings = WriterSettings(
            sample_rate=self.sample_rate,
            channels=options.channels,
            bitrate=self.format.choose_bitrate(options.bitrate, channels=options.channels),
            bits=self.format.choose_bit_depth(options.bits),
            tags=options.tags,
            chapter_titles=options.chapter_titles if self.format.has_chapters else (),
            is_large=options.expected_seconds * self.sample_rate * options.channels * options.bits / 8 > LARGE_BYTES,
        )
        self._resampler = Resampler(input_rate=input_rate, output_rate=self.sample_rate, channels=options.channels)
        self._samples_in = 0

    @property
    def seconds(self) -> float:
        return self._samples_in / self.input_rate

    def encode(self, writer: Writer, samples: NDArray[np.float32]) -> None:
        """Pass samples [n] or [n, channels] on, at the writer's rate."""
        self._samples_in += len(samples)
        block = max(1, round(BLOCK_SECONDS * self.input_rate))
        for start in range(0, len(samples), block):
            writer.write(self._resampler.feed(samples[start : start + block]))

    def finish(self, writer: Writer, chapters: Sequence[ChapterTime] = ()) -> None:
        writer.write(self._resampler.finish())
        writer.finish(chapters if self.settings.chapter_titles else ())


class Encoder:
    """Encodes mono float32 blocks to a stream of bytes. The header comes first and does not know the length.

    Lossy formats hold back up to a frame (20 to 50 ms), Vorbis up to a page (at most a second).
    """

    def __init__(self, audio_format: str, *, input_rate: int, sample_rate: int = 0, bitrate: int = 0) -> None:
        """input_rate: Hz of the samples. sample_rate: Hz wanted, 0 for input_rate; the nearest rate of the format is used.

        bitrate: bits per second, 0 for the format's default. Raises ValueError for an unknown format.
        """
        options = EncodingOptions(sample_rate=sample_rate, bitrate=bitrate)
        self._encoding = _Encoding(audio_format, input_rate=input_rate, options=options)
        self._sink = Sink()
        self._writer = _open_writer(self._encoding, self._sink)

    @property
    def sample_rate(self) -> int:
        return self._encoding.sample_rate

    @property
    def seconds(self) -> float:
        return self._encoding.seconds

    def write(self, samples: NDArray[np.float32]) -> bytes:
        """Encode mono samples [n], full scale 1.0; returns the bytes that are ready, perhaps none."""
        self._encoding.encode(self._writer, samples)
        return self._sink.take()

    def finish(self) -> bytes:
        """Return the remaining bytes. The encoder cannot be used afterwards."""
        self._encoding.finish(self._writer)
        return self._sink.take()


class FileEncoder:
    """Encodes float32 blocks to a file with the true length in its header. A context manager: an error leaves no file behind."""

    def __init__(
        self,
        path: Path,
        audio_format: str,
        *,
        input_rate: int,
        sample_rate: int = 0,
        bitrate: int = 0,
        options: EncodingOptions | None = None,
    ) -> None:
        """Parameters as for Encoder; `options` in place of sample_rate and bitrate, for several channels, other bit depths or tags.

        Raises OSError if the file cannot be written, ValueError for an unknown format or channels that it lacks.
        """
        options = options or EncodingOptions(sample_rate=sample_rate, bitrate=bitrate)
        self._encoding = _Encoding(audio_format, input_rate=input_rate, options=options)
        self._path = path
        self._file: IO[bytes] = path.open("wb")
        self._writer = _open_writer(self._encoding, self._file)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Samples [n], or [n, channels] of several channels, full scale 1.0."""
        self._encoding.encode(self._writer, samples[:, 0] if samples.ndim > 1 and samples.shape[1] == 1 else samples)

    @property
    def seconds(self) -> float:
        """Duration of what was written so far."""
        return self._encoding.seconds

    def finish(self, chapters: Sequence[ChapterTime] = ()) -> EncodedFile:
        """Complete the file. chapters: those whose titles the options announced."""
        self._encoding.finish(self._writer, chapters)
        self._file.close()
        return EncodedFile(self._encoding.seconds, self._encoding.sample_rate, self._path.stat().st_size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._file.close()
            return
        with contextlib.suppress(OSError):  # a full disk refuses what is still buffered too
            self._file.close()
        self._path.unlink(missing_ok=True)


def encode_file(
    path: Path, blocks: Iterable[NDArray[np.float32]], *, audio_format: str, input_rate: int, sample_rate: int = 0, bitrate: int = 0
) -> EncodedFile:
    """Write mono float32 blocks to a file, in memory bounded by the longest block. Parameters as for Encoder."""
    with FileEncoder(path, audio_format, input_rate=input_rate, sample_rate=sample_rate, bitrate=bitrate) as encoder:
        for block in blocks:
            encoder.write(block)
        return encoder.finish()


def _open_writer(encoding: _Encoding, target: Sink | IO[bytes]) -> Writer:
    """Writer of a format, for a sink or an open file."""
    name, settings = encoding.format.name, encoding.settings
    if name in {"wav", "pcm"}:
        return PcmWriter(target, settings=settings, has_header=name == "wav")
    if name == "ogg":
        return VorbisWriter(target, settings=settings)
    # FFmpeg opens a file by its name, to come back to its header.
    place = target if isinstance(target, Sink) else Path(target.name)
    return FFmpegWriter(place, encoding.format, settings=settings)
