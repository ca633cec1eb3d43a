"""Request to decode_file: the form of the samples to write."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message

WAV_HEADER_BYTES: Final = 44
SAMPLE_BYTES: Final = {"s16": 2, "f32": 4}


@dataclass(frozen=True, slots=True)
class DecodeOptions(Message):
    sample_rate: int = 0
    channels: int = 1
    """1 or 2; others are mixed. 0 keeps those of the first frame, for a stream only."""
    channel: int = -1
    """Channel to keep alone, from 0, where `channels` is 1; -1 mixes all of them."""
    sample_format: str = "s16"
    """s16 or f32, little-endian."""
    has_header: bool = True
    """True for WAV; False for bare interleaved samples."""
    is_stream: bool = False
    """True for a pipe: a StreamHeader, then interleaved samples."""

    def most_bytes(self, *, audio_seconds: float, highest_rate: int) -> int:
        """Return the most bytes that the file can take; a pipe takes none."""
        if self.is_stream:
            return 0
        rate = self.sample_rate or highest_rate
        return int((audio_seconds + 1) * rate) * self.channels * SAMPLE_BYTES[self.sample_format] + WAV_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class StreamHeader(Message):
    """Facts that precede the samples of a stream, known from its first frame."""

    sample_rate: int
    """Hz, of the samples."""
    channels: int
    bits: int
    """Bits of a sample of the source that are worth keeping: 16 of lossy sources, 24, or 32 of floating point."""
    tags: dict[str, str]
    """Title, artist and the like, of the names in tags.py."""
    exact_seconds: float = 0.0
    """Duration without the encoder's padding at the end, where decoders leave it in; 0 where they do not."""
