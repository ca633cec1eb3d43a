"""The audio formats that the platform offers and the workers encode: one entry each, read by both."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SPEECH_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Hz. What MPEG audio knows is what everything but Opus can take."""
OPUS_RATES: Final = (8000, 12000, 16000, 24000, 48000)


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One format that a result can have."""

    name: str
    """As the API spells it."""
    extension: str
    """File name extension, without the dot."""
    content_type: str
    sample_rates: tuple[int, ...] = SPEECH_RATES
    """Hz, ascending."""
    default_bitrate: int = 0
    """Bits a second, mono; 0 where the format is lossless and takes none."""
    minimum_bitrate: int = 0
    maximum_bitrate: int = 0

    @property
    def is_lossless(self) -> bool:
        """True if the samples come back as they were (to 16 bits)."""
        return self.default_bitrate == 0

    def choose_sample_rate(self, wanted: int) -> int:
        """The lowest rate that loses nothing of `wanted` Hz, else the highest there is."""
        return next((rate for rate in self.sample_rates if rate >= wanted), self.sample_rates[-1])

    def choose_bitrate(self, wanted: int) -> int:
        """`wanted` bits a second within the format's limits; its default for 0; 0 where there is no choice."""
        if self.is_lossless:
            return 0
        return min(max(wanted, self.minimum_bitrate), self.maximum_bitrate) if wanted else self.default_bitrate


_TABLE: Final = (
    AudioFormat("mp3", "mp3", "audio/mpeg", SPEECH_RATES, 128_000, 32_000, 320_000),
    AudioFormat("wav", "wav", "audio/wav"),
    AudioFormat("flac", "flac", "audio/flac"),
    AudioFormat("ogg", "ogg", "audio/ogg", SPEECH_RATES, 96_000, 45_000, 320_000),
    AudioFormat("opus", "opus", "audio/ogg; codecs=opus", OPUS_RATES, 64_000, 6_000, 256_000),
    AudioFormat("aac", "aac", "audio/aac", SPEECH_RATES, 96_000, 32_000, 256_000),
    AudioFormat("m4a", "m4a", "audio/mp4", SPEECH_RATES, 96_000, 32_000, 256_000),
    AudioFormat("pcm", "pcm", "audio/pcm"),
)

FORMATS: Final[Mapping[str, AudioFormat]] = MappingProxyType({entry.name: entry for entry in _TABLE})
"""By name. pcm is 16 bits, little-endian, mono, with no header; ogg is Vorbis, opus is Opus in Ogg."""

DOCUMENT: Final = "json"
"""The format of a part that writes no audio but a transcript, a translation, an answer."""


def content_type_of(name: str) -> str:
    """Return the content type of an audio format or a document."""
    return "application/json" if name == DOCUMENT else FORMATS[name].content_type


def extension_of(name: str) -> str:
    """Return the file extension of an audio format or a document."""
    return "json" if name == DOCUMENT else FORMATS[name].extension
