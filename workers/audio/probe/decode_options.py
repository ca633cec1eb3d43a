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
    """1 or 2; others are mixed."""
    sample_format: str = "s16"
    """s16 or f32, little-endian."""
    has_header: bool = True
    """True for WAV; False for bare interleaved samples."""

    def most_bytes(self, *, audio_seconds: float, highest_rate: int) -> int:
        """Return the most bytes that the file can take."""
        rate = self.sample_rate or highest_rate
        return int((audio_seconds + 1) * rate) * self.channels * SAMPLE_BYTES[self.sample_format] + WAV_HEADER_BYTES
