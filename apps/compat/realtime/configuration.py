"""Configuration of a session: one immutable value, replaced by each update."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from workers.audio.voice_activity import TurnSettings

DEFAULT_VOICE: Final = "alloy"
DEFAULT_MODEL: Final = "gpt-realtime"
DEFAULT_INSTRUCTIONS: Final = "You are a helpful voice assistant. Answer briefly, in the language of the user."


class SessionKind(StrEnum):
    """Type of a session, as OpenAI names it."""

    REALTIME = "realtime"
    TRANSCRIPTION = "transcription"


class Modality(StrEnum):
    """Kind of output of a response; audio comes with its transcript."""

    AUDIO = "audio"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class TurnDetection:
    """Server-side turn detection."""

    kind: str = "server_vad"
    settings: TurnSettings = field(default_factory=TurnSettings)
    eagerness: str = "auto"
    """Eagerness of semantic_vad, which is served by the same detector with a shorter or longer silence."""
    has_response: bool = True
    """True if a response is created when speech stops."""
    is_interrupting: bool = True
    """True if speech that starts cancels the response in progress."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """Transcription of the user's audio for the client."""

    model: str = ""
    language: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Effective configuration."""

    kind: SessionKind = SessionKind.REALTIME
    model: str = DEFAULT_MODEL
    instructions: str = DEFAULT_INSTRUCTIONS
    modality: Modality = Modality.AUDIO
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    input_format: str = "audio/pcm"
    output_format: str = "audio/pcm"
    turn_detection: TurnDetection | None = field(default_factory=TurnDetection)
    transcription: Transcription | None = None
    echoed: dict[str, Any] = field(default_factory=dict)
    """Settings without effect here, shown as they were sent: temperature, max_output_tokens, noise_reduction, …"""


def initial_config(kind: SessionKind, *, model: str) -> SessionConfig:
    """Configuration of a new session."""
    named = model or DEFAULT_MODEL
    if kind is SessionKind.TRANSCRIPTION:
        return SessionConfig(kind=kind, model=named, transcription=Transcription(model))
    return SessionConfig(model=named)
