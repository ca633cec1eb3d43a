"""The messages between platform and workers."""

from dataclasses import dataclass, field
from typing import Any

from workers.contract.codec import Message
from workers.contract.engines import EngineSpec
from workers.contract.markup import PronunciationRule, Segment
from workers.contract.references import Address
from workers.contract.voices import VoiceRef


@dataclass(frozen=True, slots=True)
class SpeakWork(Message):
    """Text to audio: the work of a part of kind `speak`."""

    engine: str
    voice: VoiceRef | None
    """None where the gender that the script's document tells chooses one of `voices`."""
    text: str
    language: str = ""
    """The language to read the text in, full tag; empty only with a script, which may be in any language of the engine."""
    is_language_detected: bool = False
    """True if the text alone told its language: then a say-as that is none in it is read as plain text."""
    speed: float = 1.0
    format: str = "mp3"
    """The format to encode; parts of a longer job are asked for as flac and encoded by the join."""
    bitrate: int = 0
    """Bits a second; 0 takes the format's default."""
    sample_rate: int = 0
    """Hz; 0 keeps the engine's own."""
    is_last: bool = True
    """False for all parts of a text but its last: a pause follows."""
    segments: tuple[Segment, ...] = ()
    """The part with its markup read; `text` is then their texts together."""
    pronunciations: tuple[PronunciationRule, ...] = ()
    """The request's rules, then the account's."""
    gain_decibels: float = 0.0
    pause_scale: float = 1.0
    """Natural pauses are as much longer; those that the markup asks for are not."""
    script: Address | None = None
    """A document (`ScriptDocument`) whose share `share` is spoken in place of `text`: what an earlier part of the job wrote."""
    share: int = 0
    """A share without a word is a moment of silence."""
    voices: tuple[VoiceRef, ...] = ()
    """Other voices of the text: those that segments refer to, and those that may be needed for a language that only the worker sees."""


@dataclass(frozen=True, slots=True)
class JoinInput(Message):
    """One finished part that a join reads."""

    audio: Address
    timings: Address | None = None
    start_character: int = 0
    """Offset of the part's text in the whole text: the words of its timings are moved by it."""


@dataclass(frozen=True, slots=True)
class JoinWork(Message):
    """Finished parts to one file: the work of a part of kind `join`."""

    inputs: tuple[JoinInput, ...]
    format: str = "mp3"
    bitrate: int = 0
    sample_rate: int = 0


@dataclass(frozen=True, slots=True)
class ConvertWork(Message):
    """One file to another format: the work of a part of kind `convert`."""

    source: Address
    format: str = "wav"
    bitrate: int = 0
    sample_rate: int = 0


@dataclass(frozen=True, slots=True)
class PartMessage(Message):
    """Do one part of a job. A hint: it may be lost, late or repeated, and the token tells."""

    job: str
    """32 hex digits."""
    part: int
    token: str
    """32 hex digits, new for every attempt."""
    kind: str
    """speak, join, convert, listen, …"""
    work: dict[str, Any]
    """SpeakWork, JoinWork, ListenWork, … as a dictionary."""
    tenant: str
    """Fairness key: work of one tenant delays itself only."""
    lane: str
    job_created_at: float
    """Unix seconds; within a tenant the oldest job goes first."""
    deadline_at: float
    """Unix seconds; the worker gives up then."""
    output: Address
    manifest: Address
    timings: Address | None = None
    stream: str = ""
    """Redis stream for live events; empty when nobody wants them."""
    has_listener: bool = False
    """True if audio chunks are written to the stream."""
    runs_alone: bool = False
    """It computed when a worker died: nothing else may compute while it does, so that another death tells whether it is to blame."""


@dataclass(frozen=True, slots=True)
class Manifest(Message):
    """Record that a worker leaves beside its output, so that a lost finish message loses nothing."""

    job: str
    part: int
    token: str
    output_bytes: int
    output_sha256: str
    audio_seconds: float = 0.0
    sample_rate: int = 0
    units_done: int = 0
    """Characters for speech, milliseconds of the recording for what listens; a job that is cancelled half way pays for what is done."""
    has_timings: bool = False
    is_notice: bool = False
    """The part could only say that it cannot do its work: the job is not charged."""
    details: dict[str, Any] = field(default_factory=dict)
    """For people, but for `share_characters`: the length of each share of a script, by which the platform counts how much of it is spoken."""


@dataclass(frozen=True, slots=True)
class PartStarted(Message):
    """A worker took up an attempt."""

    token: str
    worker: str
    boot: str


@dataclass(frozen=True, slots=True)
class PartOutcome(Message):
    """Outcome of an attempt: completed (with a manifest), failed (with a code), or cancelled (with units_done)."""

    job: str
    part: int
    token: str
    worker: str
    status: str
    """completed, failed, cancelled."""
    manifest: Manifest | None = None
    error_code: str = ""
    error_message: str = ""
    is_retryable: bool = False
    units_done: int = 0
    is_outage: bool = False
    """Failed because a server or a disk was away: not counted as an attempt."""


@dataclass(frozen=True, slots=True)
class InFlight(Message):
    """One attempt that a worker holds."""

    token: str
    units_done: int = 0


@dataclass(frozen=True, slots=True)
class QueueSlots(Message):
    """Number of parts of one queue group that a worker takes at once."""

    queue: str
    slots: int
    """Parts in flight at most while several tenants share the queue."""
    reserved_slots: int = 0
    """Slots, among these, that are reserved for the lane `live`."""
    hard_slots: int = 0
    """The threads that exist: a tenant with nothing running is admitted up to here."""


@dataclass(frozen=True, slots=True)
class Announcement(Message):
    """Announcement of the engines that a worker can serve; sent at its start and every minute."""

    worker: str
    """Stable across restarts of the same worker on the same device."""
    boot: str
    """New at every start: parts held under another boot of the same worker are lost and can be given out at once."""
    device: str
    engines: tuple[EngineSpec, ...]
    queues: tuple[QueueSlots, ...]
    sent_at: float = 0.0
    version: str = ""
    missing: dict[str, str] = field(default_factory=dict)
    """Engines that it knows and cannot serve, with a sentence each on what is missing."""
    died_computing: tuple[str, ...] | None = None
    """Tokens that computed when the boot before ended without a goodbye; None where that is unknown."""


@dataclass(frozen=True, slots=True)
class Heartbeat(Message):
    """A worker is alive, with what it holds and what it finished lately (repeated, so that a lost finish is made good)."""

    worker: str
    boot: str
    sent_at: float
    in_flight: tuple[InFlight, ...] = ()
    finished: tuple[PartOutcome, ...] = ()
    loaded: tuple[str, ...] = ()
    is_stopping: bool = False
    died_computing: tuple[str, ...] | None = None
    """As in Announcement."""
