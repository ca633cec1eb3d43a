"""The audio formats that the platform offers and the workers encode: one entry each, read by both."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SPEECH_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Sample rates in Hz of MPEG audio, which every format except Opus supports."""
OPUS_RATES: Final = (8000, 12000, 16000, 24000, 48000)
ANY_CHANNELS: Final = (1, 2, 3, 4, 5, 6, 7, 8)
SURROUND_CHANNELS: Final = (1, 2, 6)
STEREO: Final = 2
MOST_EXACT_RATE: Final = 65_535
"""Hz, of 16 bits."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    name: str
    """Name in the API."""
    extension: str
    """File name extension, without the dot."""
    content_type: str
    sample_rates: tuple[int, ...] = SPEECH_RATES
    """Hz, ascending."""
    default_bitrate: int = 0
    """Bits per second, mono; 0 for a lossless format."""
    minimum_bitrate: int = 0
    maximum_bitrate: int = 0
    """Bits per second, mono."""
    maximum_total_bitrate: int = 512_000
    """Bits per second of all channels."""
    highest_rate: int = 0
    """Hz, for a format that takes any rate up to this one; 0 for one that takes only `sample_rates`."""
    high_rate_step: int = 1
    """Rates above 65,535 Hz are multiples of this: FLAC's frames have no room for others (RFC 9639, 9.1.2)."""
    channel_counts: tuple[int, ...] = (1, STEREO)
    bit_depths: tuple[int, ...] = (16,)
    """Bits per sample of a lossless format, ascending; 32 is floating point."""
    has_chapters: bool = False
    """True if a file of this format holds chapters."""

    @property
    def is_lossless(self) -> bool:
        """True if samples are preserved (to 16 bits)."""
        return self.default_bitrate == 0

    def choose_sample_rate(self, wanted: int) -> int:
        """Lowest rate that preserves `wanted` Hz, otherwise the highest."""
        if self.highest_rate:
            step = self.high_rate_step if wanted > MOST_EXACT_RATE else 1
            return min(-(-wanted // step) * step, self.highest_rate)
        return next((rate for rate in self.sample_rates if rate >= wanted), self.sample_rates[-1])

    def choose_bitrate(self, wanted: int, *, channels: int = 1) -> int:
        """`wanted` bits per second within the format's limits; its default for 0; 0 for a lossless format."""
        if self.is_lossless:
            return 0
        most = min(self.maximum_bitrate * channels, self.maximum_total_bitrate)
        return min(max(wanted or self.default_bitrate * channels, self.minimum_bitrate), most)

    def choose_channels(self, wanted: int) -> int:
        """`wanted` channels where the format has as many, otherwise stereo."""
        return wanted if wanted in self.channel_counts else STEREO

    def choose_bit_depth(self, wanted: int) -> int:
        """Lowest bit depth that preserves `wanted` bits, otherwise the highest."""
        return next((bits for bits in self.bit_depths if bits >= wanted), self.bit_depths[-1])


HIGHEST_RATE: Final = 192_000
_TABLE: Final = (
    AudioFormat("mp3", "mp3", "audio/mpeg", SPEECH_RATES, 128_000, 32_000, 320_000, maximum_total_bitrate=320_000, has_chapters=True),
    AudioFormat("wav", "wav", "audio/wav", highest_rate=HIGHEST_RATE, channel_counts=ANY_CHANNELS, bit_depths=(16, 24, 32)),
    AudioFormat(
        "flac", "flac", "audio/flac", highest_rate=HIGHEST_RATE, high_rate_step=10, channel_counts=ANY_CHANNELS, bit_depths=(16, 24)
    ),
    AudioFormat("ogg", "ogg", "audio/ogg", SPEECH_RATES, 96_000, 45_000, 320_000, channel_counts=SURROUND_CHANNELS),
    AudioFormat("opus", "opus", "audio/ogg; codecs=opus", OPUS_RATES, 64_000, 6_000, 256_000, channel_counts=SURROUND_CHANNELS),
    AudioFormat("aac", "aac", "audio/aac", SPEECH_RATES, 96_000, 32_000, 256_000, channel_counts=SURROUND_CHANNELS),
    AudioFormat("m4a", "m4a", "audio/mp4", SPEECH_RATES, 96_000, 32_000, 256_000, channel_counts=SURROUND_CHANNELS, has_chapters=True),
    AudioFormat("m4b", "m4b", "audio/mp4", SPEECH_RATES, 96_000, 32_000, 256_000, channel_counts=SURROUND_CHANNELS, has_chapters=True),
    AudioFormat("pcm", "pcm", "audio/pcm", highest_rate=HIGHEST_RATE, channel_counts=ANY_CHANNELS),
)

FORMATS: Final[Mapping[str, AudioFormat]] = MappingProxyType({entry.name: entry for entry in _TABLE})
"""Formats by name. pcm is 16 bits, little-endian, without a header; ogg is Vorbis, opus is Opus in Ogg; m4b is an audiobook in MP4."""

DOCUMENT: Final = "json"
"""Format of an output that is a transcript, translation, answer or word timings instead of audio."""
ARCHIVE: Final = "zip"
"""Format of an output that is several files in one."""
RTTM: Final = "rttm"
"""Format of an output that lists the turns of speakers, as NIST's evaluations have it."""
VOICE_FILE: Final = "safetensors"
"""Format of an output that is a voice: numbers that an engine takes as `VoiceRef.conditioning`."""
OTHER_CONTENT_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {DOCUMENT: "application/json", ARCHIVE: "application/zip", VOICE_FILE: "application/octet-stream", RTTM: "text/plain; charset=utf-8"}
)
"""Content types of the formats that are no audio, by name; the extension is the name."""


def content_type_of(name: str) -> str:
    """Return the content type of any format. Raises KeyError for an unknown one."""
    return OTHER_CONTENT_TYPES[name] if name in OTHER_CONTENT_TYPES else FORMATS[name].content_type


def file_name_of(base: str, *, format: str) -> str:  # noqa: A002 - as the API spells it
    """Name of a file with this format: `output.mp3`."""
    return f"{base}.{extension_of(format)}"


def extension_of(name: str) -> str:
    """Return the file extension of any format. Raises KeyError for an unknown one."""
    return name if name in OTHER_CONTENT_TYPES else FORMATS[name].extension
