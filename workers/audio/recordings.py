"""Customers' recordings, decoded by a child process with limits.

`open_recording` gives mono samples in any order, from an unnamed plain file; `stream_recording` gives all channels in order, from a pipe.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import EncodedFile, encode_file
from workers.audio.probe import AudioInfo, DecodedStream, ProbeError, ProbeLimits, decode_into, stream_file
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.time_units import HOUR_SECONDS

BLOCK_SECONDS: Final = 1.0
SAMPLE_BYTES: Final = 2
FULL_SCALE: Final = np.float32(32768.0)
LONGEST_SECONDS: Final = 200 * HOUR_SECONDS
"""Limit for files of unknown length: our own files, which may hold the speech of a whole book."""
SPARE_SECONDS: Final = 60.0
SPARE_SHARE: Final = 0.05
"""Share by which a file may exceed its measured length; beyond both tolerances it is not the same file."""
MOST_BYTES: Final = 1 << 40
CPU_SECONDS, WALL_SECONDS = 480, 560.0
"""Limits of decoding: four times those of measuring, since samples are also mixed, resampled and written; less than a part may take."""


class Recording:
    """Decoded recording: 16-bit samples on disk, converted to float32 when read. An hour takes 115 MB of disk and no memory."""

    def __init__(self, file: BinaryIO, *, source: AudioInfo, sample_rate: int, samples: int) -> None:
        self._file = file
        self.source = source
        """The original file with its own rate, channels and codec."""
        self.sample_rate = sample_rate
        """Rate of the samples in Hz."""
        self.samples = samples

    @property
    def seconds(self) -> float:
        return self.samples / self.sample_rate

    def read(self, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """Mono samples [stop - start], full scale 1.0, clipped to the end of the recording; by default all. Not thread-safe."""
        start, stop = max(0, start), self.samples if stop is None else min(stop, self.samples)
        self._file.seek(start * SAMPLE_BYTES)
        raw = self._file.read(max(0, stop - start) * SAMPLE_BYTES)
        return np.frombuffer(raw, "<i2").astype(np.float32) / FULL_SCALE

    def blocks(self, start: int = 0, stop: int | None = None, *, block_seconds: float = BLOCK_SECONDS) -> Iterator[NDArray[np.float32]]:
        """Samples in blocks of bounded length, none of them empty."""
        stop = self.samples if stop is None else min(stop, self.samples)
        step = max(1, round(block_seconds * self.sample_rate))
        for first in range(max(0, start), stop, step):
            yield self.read(first, min(first + step, stop))

    def write(self, target: Path, start: int = 0, stop: int | None = None, *, audio_format: str = "flac") -> EncodedFile:
        """Encode a stretch to a file in one of our formats (workers/audio/decode.py reads it again), in bounded memory."""
        return encode_file(target, self.blocks(start, stop), audio_format=audio_format, input_rate=self.sample_rate)


def decoding_limits(source_seconds: float = 0.0) -> ProbeLimits:
    """Limits for decoding a file that the platform has accepted: its measured length, without further checks.

    source_seconds: 0 if it was not measured.
    """
    seconds = source_seconds * (1 + SPARE_SHARE) + SPARE_SECONDS if source_seconds else LONGEST_SECONDS
    return ProbeLimits(max_bytes=MOST_BYTES, max_audio_seconds=seconds, cpu_seconds=CPU_SECONDS, wall_seconds=WALL_SECONDS)


USUAL: Final = decoding_limits()


@contextmanager
def open_recording(
    path: Path, *, sample_rate: int, channel: int = -1, limits: ProbeLimits = USUAL, scratch: Path | None = None
) -> Iterator[Recording]:
    """Decode a customer's file of any supported format, by its content, for the duration of the block.

    sample_rate: Hz wanted, 0 for the file's own; channel: the one to read, from 0, -1 for all of them mixed; scratch: folder for the samples (16 bits each), by default the system's.

    The samples disappear with the process, however it ends. Raises WorkError (bad_audio, with the probe's message), OSError for a full
    disk.
    """
    with tempfile.TemporaryFile(dir=scratch) as raw:
        file = cast("BinaryIO", raw)
        try:
            decoded = decode_into(path, file, limits=limits, sample_rate=sample_rate, channel=channel, has_header=False)
        except ProbeError as error:
            raise WorkError(BAD_AUDIO, error.message) from error
        yield Recording(file, source=decoded.source, sample_rate=decoded.sample_rate, samples=decoded.samples)


def read_recording(path: Path, *, sample_rate: int, limits: ProbeLimits = USUAL, scratch: Path | None = None) -> NDArray[np.float32]:
    """Read a whole short recording: mono samples [n], full scale 1.0. Raises as open_recording."""
    with open_recording(path, sample_rate=sample_rate, limits=limits, scratch=scratch) as recording:
        return recording.read()


class RecordingStream:
    """Recording at its own rate and channels, readable once, from the start to the end. An hour takes neither disk nor memory."""

    def __init__(self, decoded: DecodedStream) -> None:
        self._decoded = decoded
        header = decoded.header
        self.sample_rate = header.sample_rate
        """Rate of the samples in Hz."""
        self.channels = header.channels
        self.bits = header.bits
        """Bits of a sample of the original that are worth keeping: 16, 24, or 32 of floating point."""
        self.tags = header.tags
        """Title, artist and the like (workers/audio/probe/tags.py)."""
        self.frames = 0
        """Samples of each channel read so far."""

    @property
    def seconds(self) -> float:
        """Duration of what was read so far."""
        return self.frames / self.sample_rate

    def blocks(self, *, block_seconds: float = BLOCK_SECONDS, block_frames: int = 0) -> Iterator[NDArray[np.float32]]:
        """Samples [frames, channels], full scale 1.0, in blocks of equal length: only the last is shorter, and none is empty.

        block_frames: length of a block in samples, instead of block_seconds.

        Raises WorkError (bad_audio), also after the last block of a file that turns out to be damaged: what was made of it is discarded.
        """
        length = block_frames or max(1, round(block_seconds * self.sample_rate))
        try:
            for raw in self._decoded.blocks(length):
                block = _finite(np.frombuffer(raw, "<f4").reshape(-1, self.channels))
                self.frames += len(block)
                yield block
        except ProbeError as error:
            raise WorkError(BAD_AUDIO, error.message) from error


def _finite(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples without the NaN and infinities that files of floating point may hold: they would spread through every filter."""
    return samples if np.isfinite(samples).all() else np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)


@contextmanager
def stream_recording(path: Path, *, sample_rate: int = 0, channels: int = 0, limits: ProbeLimits = USUAL) -> Iterator[RecordingStream]:
    """Decode a customer's file of any supported format to float32 samples of all channels, for the duration of the block.

    sample_rate: Hz wanted, 0 for the file's own; channels: 1 or 2 (others are mixed), 0 for the file's own.
    What needs two passes opens the file twice: decoding costs about 2 CPU seconds for an hour.

    Raises WorkError (bad_audio, with the probe's message).
    """
    with ExitStack() as stack:
        try:
            decoded = stack.enter_context(stream_file(path, limits=limits, sample_rate=sample_rate, channels=channels))
            recording = RecordingStream(decoded)
        except ProbeError as error:
            raise WorkError(BAD_AUDIO, error.message) from error
        yield recording
