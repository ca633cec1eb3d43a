"""Work messages and documents of voice conversion: a recording to the same performance in another voice."""

from dataclasses import dataclass, field
from typing import Final

from workers.contract.codec import Message, written_as
from workers.contract.references import Reference
from workers.contract.voices import VoiceRef

EMOTIONS: Final = ("neutral", "happy", "sad", "angry", "excited")
"""Emotions of a delivery. `neutral` is the delivery of the recording."""
CONVERSION_RATE: Final = 24_000
"""Sample rate in Hz of prepared recordings and of converted audio."""
OVERLAP_SECONDS: Final = 0.02
"""Audio that neighbouring pieces of a converted recording have in common; the join cross-fades it."""


@dataclass(frozen=True, slots=True)
class Delivery(Message):
    """Change of the delivery."""

    emotion: str = "neutral"
    """One of EMOTIONS."""
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class SpeakerProfile(Message):
    """Average sound of a speaker, by which a voice is moved to another one's register and timbre."""

    log_f0_mean: float
    """Mean of the natural logarithm of F0 in Hz over voiced frames."""
    log_f0_deviation: float
    envelope: tuple[float, ...]
    """Mean of the coded spectral envelope (WORLD, logarithmic) over loud voiced frames."""
    envelope_deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PrepareConversionWork(Message):
    """Work of a part of kind `prepare_conversion`: prepare a recording for conversion in pieces.

    Outputs: `audio`, the recording as mono 16-bit WAV of CONVERSION_RATE; `survey`, a `ConversionAnalysis`.
    """

    source: Reference
    """The customer's file."""
    pieces: int
    source_seconds: float = 0.0
    """Duration measured by the platform."""


@dataclass(frozen=True, slots=True)
class ConversionAnalysis(Message):
    """Properties of a prepared recording."""

    seconds: float
    cuts: tuple[float, ...]
    """Boundaries of the pieces in seconds, ascending, at quiet moments, one more than there are pieces."""
    level_decibels: float
    """Level of the loud parts relative to full scale."""
    profile: SpeakerProfile | None = None
    """None for a recording without voiced sound."""


@dataclass(frozen=True, slots=True)
class ConvertVoiceWork(Message):
    """Work of a part of kind `convert_voice`: one piece of a prepared recording in another voice. Output: `audio`."""

    engine: str
    voice: VoiceRef
    """The target."""
    audio: Reference
    """The prepared WAV."""
    analysis: Reference = field(metadata=written_as("survey"))
    piece: int = 0
    """Index of the piece in the analysis."""
    transcript: Reference | None = None
    """`TranscriptDocument` with words, for an engine that needs them."""
    fallback: str = ""
    """Engine for sounds without words and for languages that `engine` does not speak; empty if there is none."""
    delivery: Delivery = field(default_factory=Delivery)
    tau: float | None = None
    """Strength of the target from 0 to 1, for an engine with a parameter for it; None for the engine's usual strength."""
    format: str = "wav"
    watermark: str = ""
    """Audio to mark as synthesised (workers/contract/provenance.py); empty for none."""
