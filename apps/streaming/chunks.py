"""Chunk of a job's audio."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import from_pcm16
from workers.contract.live_audio import BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Piece of the audio, in order and without gaps: a sentence or a clause while it is made, about a second of a stored file."""

    index: int
    samples: bytes
    """16-bit little-endian PCM, mono."""
    sample_rate: int
    """Hz, the same in all chunks."""
    start: float
    """Seconds from the beginning of the audio."""
    words: tuple[Mapping[str, Any], ...] = ()
    """Words that begin in this chunk: `word`, `start` and `end` in seconds from the beginning of the audio."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / BYTES_PER_SAMPLE / self.sample_rate

    def as_float(self) -> NDArray[np.float32]:
        """Samples [n], full scale 1.0."""
        return from_pcm16(self.samples)
