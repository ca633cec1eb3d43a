"""Encodes audio to the offered formats, as a stream of bytes or as a file."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding.resampler import Resampler
from workers.audio.encoding.writers import FFmpegWriter, PcmWriter, Sink, VorbisWriter, Writer
from workers.contract.formats import FORMATS, AudioFormat

BLOCK_SECONDS: Final = 1.0
"""Longest block that is encoded at once; bounds the memory of a long block."""


@dataclass(frozen=True, slots=True)
class EncodedFile:
    seconds: float
    """Duration of the input."""
    sample_rate: int
    size_bytes: int


class _Encoding:
    """Common base of stream and file encoding: the format, the rates, and blocks of bounded length for the writer."""

    def __init__(self, audio_format: str, *, input_rate: int, sample_rate: int) -> None:
        if audio_format not in FORMATS:
            raise ValueError(f"no such audio format: {audio_format}")
        self.format: AudioFormat = FORMATS[audio_format]
        self.input_rate = input_rate
        self.sample_rate = self.format.choose_sample_rate(sample_rate or input_rate)
        self._resampler = Resampler(input_rate=input_rate, output_rate=self.sample_rate)
        self._samples_in = 0

    @property
    def seconds(self) -> float:
        return self._samples_in / self.input_rate

    def encode(self, writer: Writer, samples: NDArray[np.float32]) -> None:
        """Pass mono samples [n] on, at the writer's rate."""
        self._samples_in += len(samples)
        block = max(1, round(BLOCK_SECONDS * self.input_rate))
        for start in range(0, len(samples), block):
            writer.write(self._resampler.feed(samples[start : start + block]))

    def finish(self, writer: Writer) -> None:
        """Flush the resampler and finish the writer."""
        writer.write(self._resampler.finish())
        writer.finish()


class Encoder:
    """Encodes mono float32 blocks to a stream of bytes. The header comes first and does not know the length.

    Lossy formats hold back up to a frame (20 to 50 ms), Vorbis up to a page (at most a second).
    """

    def __init__(self, audio_format: str, *, input_rate: int, sample_rate: int = 0, bitrate: int = 0) -> None:
        """input_rate: Hz of the samples. sample_rate: Hz wanted, 0 for input_rate; the nearest rate of the format is used.

        bitrate: bits per second, 0 for the format's default. Raises ValueError for an unknown format.
        """
        self._encoding = _Encoding(audio_format, input_rate=input_rate, sample_rate=sample_rate)
        self._sink = Sink()
        self._writer = _open_writer(self._encoding, self._sink, bitrate=bitrate)

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
    """Encodes mono float32 blocks to a file with the true length in its header. A context manager: an error leaves no file behind."""

    def __init__(self, path: Path, audio_format: str, *, input_rate: int, sample_rate: int = 0, bitrate: int = 0) -> None:
        """Parameters as for Encoder. Raises OSError if the file cannot be written."""
        self._encoding = _Encoding(audio_format, input_rate=input_rate, sample_rate=sample_rate)
        self._path = path
        self._file: IO[bytes] = path.open("wb")
        self._writer = _open_writer(self._encoding, self._file, bitrate=bitrate)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Mono samples [n], full scale 1.0."""
        self._encoding.encode(self._writer, samples)

    def finish(self) -> EncodedFile:
        self._encoding.finish(self._writer)
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


def _open_writer(encoding: _Encoding, target: Sink | IO[bytes], *, bitrate: int) -> Writer:
    """Writer of a format, for a sink or an open file."""
    name, chosen = encoding.format.name, encoding.format.choose_bitrate(bitrate)
    if name in {"wav", "pcm"}:
        return PcmWriter(target, sample_rate=encoding.sample_rate, has_header=name == "wav")
    if name == "ogg":
        return VorbisWriter(target, sample_rate=encoding.sample_rate, bitrate=chosen)
    # FFmpeg opens a file by its name, to come back to its header.
    place = target if isinstance(target, Sink) else Path(target.name)
    return FFmpegWriter(place, encoding.format, sample_rate=encoding.sample_rate, bitrate=chosen)
