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


@dataclass(frozen=True, slots=True)
class ToolDocument(Message):
    """Facts about a recording, as the API shows them."""

    fields: dict[str, Any] = field(default_factory=dict)
