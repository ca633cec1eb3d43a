"""Properties of an audio file, and limits on it."""

from dataclasses import dataclass
from typing import Final

from workers.audio.probe import errors
from workers.audio.probe.errors import ProbeError
from workers.contract.codec import Message
from workers.contract.files import EMPTY_FILE, TOO_LARGE
from workers.contract.time_units import HOUR_SECONDS

SUPPORTED_FORMATS: Final = "MP3, WAV, FLAC, OGG, Opus, M4A, AAC, MP4, MOV, 3GP, WebM and MKV"
"""Formats as errors and the API's description list them."""
MAX_AUDIO_SECONDS: Final = 4 * HOUR_SECONDS
"""Longest accepted recording, unless TTSAI_UPLOAD_AUDIO_SECONDS sets another length."""
SUPPORTED_ENCODINGS: Final = "MP3, AAC, ALAC, FLAC, Opus, Vorbis, AMR, PCM, G.711 and ADPCM (Microsoft, IMA)"
CONTENT_TYPES: Final = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
    "matroska": "audio/x-matroska",
}
"""Media type of each container; a video is kept for its audio track."""


@dataclass(frozen=True, slots=True)
class AudioInfo(Message):
    """Properties of a file, measured by decoding it; no header is trusted."""

    container: str
    """One of CONTENT_TYPES."""
    codec: str
    """FFmpeg's canonical name: mp3, aac, opus, vorbis, flac, alac, pcm_s16le, …"""
    audio_seconds: float
    sample_rate: int
    """Hz."""
    channels: int
    bytes: int
    is_damaged: bool = False
    """Some of it could not be decoded and was left out."""

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.container]


@dataclass(frozen=True, slots=True)
class ProbeLimits(Message):
    """Limits on a file, and on the resources of the child process that reads it."""

    max_bytes: int = 1_000_000_000
    min_audio_seconds: float = 0.05
    """Shorter files are refused: nothing can be recognised in them or cloned from them."""
    max_audio_seconds: float = float(MAX_AUDIO_SECONDS)
    max_channels: int = 8
    min_sample_rate: int = 4_000
    max_sample_rate: int = 192_000
    """Hz."""
    cpu_seconds: int = 120
    """CPU limit: an hour of Opus takes 3 s to decode, of MP3 1.5 s."""
    wall_seconds: float = 240.0
    memory_bytes: int = 512 << 20
    """Address space limit; Python with FFmpeg takes 150 MB."""

    def check_bytes(self, size: int) -> None:
        """Raises ProbeError (empty_file, too_large)."""
        if size == 0:
            raise ProbeError(EMPTY_FILE, "The file is empty. Send a recording.")
        if size > self.max_bytes:
            raise ProbeError(
                TOO_LARGE,
                f"The file has {size:,} bytes; {self.max_bytes:,} are taken here. Send it as MP3, Opus or FLAC, or cut it in parts.",
            )

    def check_shape(self, *, sample_rate: int, channels: int) -> None:
        """Raises ProbeError (too_many_channels, sample_rate_out_of_range)."""
        if not 1 <= channels <= self.max_channels:
            raise ProbeError(
                errors.TOO_MANY_CHANNELS,
                f"The audio has {channels:,} channels; 1 to {self.max_channels} are taken. Mix it to stereo or mono.",
            )
        if not self.min_sample_rate <= sample_rate <= self.max_sample_rate:
            raise ProbeError(
                errors.SAMPLE_RATE_OUT_OF_RANGE,
                f"The audio has {sample_rate:,} samples a second; {self.min_sample_rate:,} to {self.max_sample_rate:,} are taken. "
                "Convert it to 16,000 or 48,000.",
            )

    def check_too_long(self, audio_seconds: float) -> None:
        """Raises ProbeError (too_long)."""
        if audio_seconds > self.max_audio_seconds:
            hours = f" ({self.max_audio_seconds / 3600:.3g} hours)" if self.max_audio_seconds >= 3600 else ""
            raise ProbeError(
                errors.TOO_LONG,
                f"The audio is longer than {self.max_audio_seconds:,.0f} s{hours}, the longest that is accepted here. Split it and send the parts.",
            )

    def check(self, info: AudioInfo) -> None:
        """Check everything, for a file that was probed under other limits. Raises ProbeError."""
        self.check_bytes(info.bytes)
        self.check_shape(sample_rate=info.sample_rate, channels=info.channels)
        self.check_too_long(info.audio_seconds)
        if info.audio_seconds < self.min_audio_seconds:
            raise ProbeError(
                errors.TOO_SHORT,
                f"The audio lasts {info.audio_seconds:.3g} s; at least {self.min_audio_seconds:g} s are needed. Send more of it.",
            )


@dataclass(frozen=True, slots=True)
class DecodedFile(Message):
    """Properties of the file written by decode_file."""

    source: AudioInfo
    sample_rate: int
    """Hz, of what was written."""
    channels: int
    samples: int
    """Number of samples per channel."""

    @property
    def audio_seconds(self) -> float:
        return self.samples / self.sample_rate
