"""Messages of the audio tools that need no engine."""

from dataclasses import dataclass, field
from typing import Any

from workers.contract.codec import Message
from workers.contract.references import Reference


@dataclass(frozen=True, slots=True)
class AudioForm(Message):
    """Form of the audio that a tool writes, resolved against the recording and the format."""

    format: str
    sample_rate: int = 0
    """Hz; 0 for the recording's own, as far as the format has it."""
    channels: int = 0
    """0 for the recording's own, as far as the format has them."""
    bitrate: int = 0
    """Bits per second; 0 for the format's default."""
    bit_depth: int = 0
    """Bits per sample of a lossless format; 0 for the recording's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingWork(Message):
    """Work on a customer's recording."""

    source: Reference
    source_seconds: float = 0.0
    """Measured duration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertRecordingWork(RecordingWork):
    """Work of a part of kind `convert_recording`."""

    form: AudioForm


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimSilenceWork(RecordingWork):
    """Work of a part of kind `trim_silence`."""

    form: AudioForm
    threshold_decibels: float = -50.0
    """Root mean square of 10 ms, relative to full scale, up to which sound counts as silence."""
    padding_seconds: float = 0.1
    """Silence that stays around the sound."""
    longest_pause_seconds: float | None = None
    """Inner pauses longer than this are cut too; None keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizeWork(RecordingWork):
    """Work of a part of kind `normalize`."""

    form: AudioForm
    target_lufs: float = -16.0
    """Integrated loudness by EBU R128."""
    ceiling_decibels: float = -1.0
    """Highest true peak, dBTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveformWork(RecordingWork):
    """Work of a part of kind `waveform`."""

    samples_per_pixel: int
    bits: int = 8
    channels: int = 0
    """1 mixes to mono; 0 keeps the recording's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeWork(RecordingWork):
    """Work of a part of kind `analyze`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarizeWork(RecordingWork):
    """Work of a part of kind `diarize`: the turns of the speakers. Outputs: a `ToolDocument`, and `rttm`."""

    speakers: int = 0
    """Number of speakers; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class ToolDocument(Message):
    """Facts about a recording, as the API shows them."""

    fields: dict[str, Any] = field(default_factory=dict)
