"""Test signals, and FFmpeg's view of a file."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 24_000


def tone(seconds: float, *, hertz: float = 220.0, level: float = 0.3) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), np.float32)


@dataclass(frozen=True)
class Probe:
    """Properties of a file as a player reads them."""

    codec: str
    sample_rate: int
    header_seconds: float
    """Duration by the header alone; 0 if it has none."""
    decoded_seconds: float


def probe(path: Path) -> Probe:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        header_seconds = (container.duration or 0) / av.time_base
        samples = sum(frame.samples for frame in container.decode(stream))
        return Probe(stream.codec_context.name, stream.rate, header_seconds, samples / stream.rate)
