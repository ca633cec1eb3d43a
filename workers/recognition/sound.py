"""A recording, or a stretch of it, as samples by time: 16 bits each until they are processed, since many parts wait at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.probe.decode_options import WAV_HEADER_BYTES
from workers.audio.recordings import FULL_SCALE, SAMPLE_BYTES, Recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.recognition.windows import Read, sample_span

QUIET_LEVEL: Final = 0.03
"""Root mean square relative to full scale below which the speech detector begins to miss the beginnings of sentences."""
MOST_GAIN: Final = 60.0
LEVEL_SAMPLES: Final = RECOGNITION_SAMPLE_RATE // 2


@dataclass(frozen=True, slots=True)
class Sound:
    """16-bit samples at 16 kHz; there are none beyond its ends."""

    seconds: float
    read: Read
    """Reads the samples between two times in seconds."""
    is_shared: bool = False
    """True if any thread may read at any time; otherwise only the thread that opened the sound, while it is open."""

    def blocks(self, block_seconds: float) -> Iterator[NDArray[np.int16]]:
        """All samples in blocks of bounded length."""
        start = 0.0
        while start < self.seconds:
            end = min(start + block_seconds, self.seconds)
            yield self.read(start, end)
            start = end


def of_recording(recording: Recording) -> Sound:
    """Wrap a customer's recording, decoded to 16 kHz."""

    def read(start: float, end: float) -> NDArray[np.int16]:
        return (recording.read(*sample_span(start, end)) * FULL_SCALE).astype(np.int16)  # exact: the samples were decoded from 16 bits

    return Sound(recording.seconds, read)


def of_wav(path: Path) -> Sound:
    """Open a prepared WAV file."""
    samples = max(0, path.stat().st_size - WAV_HEADER_BYTES) // SAMPLE_BYTES

    def read(start: float, end: float) -> NDArray[np.int16]:
        first, last = byte_span(start, end)
        with path.open("rb") as file:
            file.seek(first)
            return _samples(file.read(last - first))

    return Sound(samples / RECOGNITION_SAMPLE_RATE, read)


def of_bytes(raw: bytes, *, start: float, seconds: float) -> Sound:
    """Wrap a stretch of a prepared WAV that begins at `start`, of a recording of so many seconds."""
    samples = _samples(raw)
    offset = sample_span(0, start)[1]

    def read(begin: float, end: float) -> NDArray[np.int16]:
        first, last = sample_span(begin, end)
        return samples[max(0, first - offset) : max(0, last - offset)]

    return Sound(seconds, read, is_shared=True)


def byte_span(start: float, end: float) -> tuple[int, int]:
    """Byte range of the samples between two times in a prepared WAV."""
    first, last = sample_span(max(0.0, start), end)
    return WAV_HEADER_BYTES + SAMPLE_BYTES * first, WAV_HEADER_BYTES + SAMPLE_BYTES * last


def to_float(samples: NDArray[np.int16]) -> Samples:
    """Convert to the samples that recognisers accept: full scale 1.0."""
    return samples.astype(np.float32) / FULL_SCALE


def loudness_gain(samples: NDArray[np.int16]) -> np.float32:
    """Gain for speech detection in a quiet block: 1 if its loudest half-second is loud enough."""
    frames = [samples[first : first + LEVEL_SAMPLES] for first in range(0, len(samples), LEVEL_SAMPLES)]
    level = max((float(np.sqrt(np.mean(np.square(frame, dtype=np.float32)))) for frame in frames), default=0.0) / float(FULL_SCALE)
    return np.float32(min(max(1.0, QUIET_LEVEL / level), MOST_GAIN)) if level else np.float32(1.0)


def _samples(raw: bytes) -> NDArray[np.int16]:
    return np.frombuffer(raw[: len(raw) // SAMPLE_BYTES * SAMPLE_BYTES], "<i2")
