"""Settings of speech, without the text that is spoken with them."""

from dataclasses import dataclass
from typing import Any

from apps.cache.tickets import CacheUse
from apps.catalog.catalogue import EngineRow
from apps.catalog.voices import DialectVoices
from apps.jobs.plans import PartPlan
from workers.contract.voices import VoiceRef


@dataclass(frozen=True, slots=True)
class ClonedVoice:
    """Voice of an account that speaks a text, possibly one that earlier parts of the same job make."""

    engine: EngineRow
    ref: VoiceRef
    warning: str = ""
    parts: tuple[PartPlan, ...] = ()
    """Parts that make the voice; the text is spoken in the stage after theirs."""
    queue: str = ""
    """Queue of the first of these parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSettings:
    """Voice, format and settings of speech: of one text, or of all texts of a connection."""

    model: str = "kokoro"
    voice: str | None = None
    dialect_voices: DialectVoices | None = None
    """Names for voices that the API of the request defines."""
    is_model_open: bool = False
    """True if the caller chose neither a model nor a voice, so that any model may speak."""
    format: str = "mp3"
    speed: float = 1.0
    language: str | None = None
    instructions: str | None = None
    pronunciations: Any = None
    """Pronunciations of the request, as sent."""
    bitrate: int = 0
    """Bits per second; 0 for the format's default."""
    sample_rate: int = 0
    """Hz; 0 for the model's own."""
    has_listener: bool = False
    """True if a client waits for the audio in this request."""
    is_streamed: bool = False
    """True if that client gets the audio while it is made (apps/streaming)."""
    webhook_url: str = ""
    """URL to notify of the job's end."""
    has_timestamps: bool = False
    """True if results include word timings without being asked."""
    has_chapters: bool | None = None
    """None makes chapters of an audiobook and of a text of several parts."""
    clone: ClonedVoice | None = None
    """Voice that the job itself makes, in place of `voice`."""
    cache: CacheUse = CacheUse.NORMAL
    """Use of the cache, as the request's header Cache-Control asks."""
