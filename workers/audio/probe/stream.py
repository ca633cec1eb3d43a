"""Decoded audio as it arrives from the child process."""

import json
import select
import struct
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import IO, Final

from workers.audio.probe import errors
from workers.audio.probe.decode_options import SAMPLE_BYTES, StreamHeader
from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import DecodedFile
from workers.contract.files import TOO_COMPLEX

STALL_SECONDS: Final = 120.0
"""Longest wait for the next samples: hours of video may lie between two packets of sound."""
READ_BYTES: Final = 1 << 16
NO_LIMIT: Final = 1 << 62
STREAM_LENGTH: Final = struct.Struct("<I")
"""Bytes of the header of a stream, before it."""


class DecodedStream:
    """Samples of one file from a pipe, readable once. Not thread-safe."""

    def __init__(self, pipe: IO[bytes], *, end: Callable[[], DecodedFile], stall_seconds: float) -> None:
        """end: reads the answer of the child that wrote the samples."""
        self._pipe = pipe
        self._end = end
        self._stall_seconds = stall_seconds
        self.result: DecodedFile | None = None
        """Facts about the whole file, after its last sample."""

    @cached_property
    def header(self) -> StreamHeader:
        """Rate, channels and tags. Raises ProbeError."""
        start = self._read_exactly(STREAM_LENGTH.size)
        if len(start) < STREAM_LENGTH.size:
            self._finish()
            raise ProbeError(errors.NO_AUDIO, "The file holds no sound. Send a recording.")
        (size,) = STREAM_LENGTH.unpack(start)
        return StreamHeader.from_dict(json.loads(self._read_exactly(size)))

    def blocks(self, frames: int) -> Iterator[bytes]:
        """Little-endian float32 samples of all channels, interleaved: at most `frames` of each channel at once. Raises ProbeError."""
        width = self.header.channels * SAMPLE_BYTES["f32"]
        left = round(self.header.exact_seconds * self.header.sample_rate) * width or NO_LIMIT
        while block := self._read_exactly(frames * width):
            if left:
                yield block[:left]
            left -= min(left, len(block))
        self._finish()

    def _read_exactly(self, size: int) -> bytes:
        """Read `size` bytes, fewer at the end."""
        chunks = []
        while size:
            ready, _, _ = select.select([self._pipe], [], [], self._stall_seconds)
            if not ready:
                raise ProbeError(TOO_COMPLEX, "Reading the file takes more time than is allowed. Export it anew as MP3 or WAV.")
            chunk = self._pipe.read(min(size, READ_BYTES))
            if not chunk:
                break
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

    def _finish(self) -> None:
        self.result = self._end()
