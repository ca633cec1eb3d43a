"""Messages between the platform and the workers."""

from dataclasses import dataclass, field
from typing import Any

from workers.contract.chapters import Chapter
from workers.contract.codec import Message
from workers.contract.dubbing import Cue
from workers.contract.engines import EngineSpec
from workers.contract.markup import PronunciationRule, Segment
from workers.contract.outputs import OutputTarget, StoredOutput
from workers.contract.references import Address, Reference
from workers.contract.sentences import SentenceCaching
from workers.contract.voices import VoiceRef


@dataclass(frozen=True, slots=True)
class SpeakWork(Message):
    """Work of a part of kind `speak`: text to audio."""

    engine: str
    voice: VoiceRef | None
    """Voice; None if the gender in the script's document chooses one of `voices`."""
    text: str | None = None
    """Text; None with a script that has not been read."""
    language: str = ""
    """Language of the text as a full tag; empty only with a script, which may be in any language of the engine."""
    is_language_detected: bool = False
    """True if the language was detected from the text: a say-as that the language does not support is then read as plain text."""
    speed: float = 1.0
    format: str = "mp3"
    """Format to encode; parts of a longer job are encoded as flac, and the join encodes the result."""
    bitrate: int = 0
    """Bits per second; 0 for the format's default."""
    sample_rate: int = 0
    """Hz; 0 for the engine's own rate."""
    is_last: bool = True
    """False for all parts of a text but its last, which are followed by a pause."""
    is_first: bool = True
    """False for all parts of a text but its first, whose first clause a listener hears at once."""
    segments: tuple[Segment, ...] = ()
    """Segments of the part's markup; `text` is then their concatenation."""
    pronunciations: tuple[PronunciationRule, ...] = ()
    """The request's rules, then the account's."""
    gain_decibels: float = 0.0
    pause_scale: float = 1.0
    """Factor of natural pauses; pauses from markup are not scaled."""
    script: Reference | None = None
    """Document (`ScriptDocument`) of an earlier part, whose share `share` is spoken instead of `text`."""
    share: int = 0
    """Index of the share; one without words is a moment of silence."""
    voices: tuple[VoiceRef, ...] = ()
    """Other voices of the text: those that segments refer to, and those that may be needed for a language that only the worker sees."""
    watermark: str = ""
    """Speech to mark as synthesised (workers/contract/provenance.py); empty for none."""
    sentences: SentenceCaching | None = None
    """Use of the sentences that the worker has cached; None if it neither reads nor stores any."""
    marks: tuple[int, ...] = ()
    """Characters of the part's text, ascending, whose seconds the output `marks` tells."""
    cues: tuple[Cue, ...] = ()
    """Subtitles of the part's text, for work of kind `dub`."""

    @property
    def spoken_segments(self) -> tuple[Segment, ...]:
        """Segments of the markup, or a plain text as one segment."""
        return self.segments or (Segment(self.spoken_text),)

    @property
    def spoken_text(self) -> str:
        """Text of the part. Raises ValueError for work whose script has not been read."""
        if self.text is None:
            raise ValueError("The script of the work has not been read.")
        return self.text


@dataclass(frozen=True, slots=True)
class JoinInput(Message):
    """Finished part that a join reads."""

    audio: Reference
    timings: Reference | None = None
    start_character: int = 0
    """Offset of the part's text in the whole text, added to the words of its timings."""
    marks: Reference | None = None
    """Output `marks` of a part in which chapters begin."""
    cues: Reference | None = None
    """Output `cues` of a part that speaks subtitles."""
    starts_at: float | None = None
    """Earliest second of the whole at which the part's audio may begin; silence fills the time until then."""
    pause_before: float = 0.0
    """Seconds of silence between the part before and this one, which are then not cross-faded."""


@dataclass(frozen=True, slots=True)
class JoinWork(Message):
    """Work of a part of kind `join`: finished parts to one file."""

    inputs: tuple[JoinInput, ...]
    format: str = "mp3"
    bitrate: int = 0
    sample_rate: int = 0
    overlap_seconds: float = 0.0
    """Audio that neighbouring parts have in common; it is cross-faded."""
    chapters: tuple[Chapter, ...] = ()
    """Chapters of the text, in order. Each begins where a part's marks tell."""
    title: str = ""
    """Title of a book, for the file's tags."""
    expected_seconds: float = 0.0
    """Upper estimate of the length of the audio; 0 if it is unknown."""
    least_seconds: float = 0.0
    """Length to which the audio is filled with silence."""


@dataclass(frozen=True, slots=True)
class ConvertWork(Message):
    """Work of a part of kind `convert`: one file to another format."""

    source: Reference
    format: str = "wav"
    bitrate: int = 0
    sample_rate: int = 0
    chapters: Reference | None = None
    """`ChapterTime`s of the source, for a file in a format that holds them."""


@dataclass(frozen=True, slots=True)
class PartMessage(Message):
    """Request to do one part of a job. A hint: it may be lost, late or repeated; the token identifies the attempt."""

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
    """Unix seconds at which the worker gives up."""
    outputs: tuple[OutputTarget, ...]
    """Addresses to write to. Without a default: a worker leaves a message of an older platform alone, and the part is sent again."""
    manifest: Address
    stream: str = ""
    """Redis stream for live events; empty if nobody wants them."""
    has_listener: bool = False
    """True if somebody listens: audio is written to the part's audio stream (names.audio_stream)."""
    runs_alone: bool = False
    """True if the part was computing when a worker died: nothing else may compute beside it, so that another death shows whether it is to
    blame.
    """
    request_id: str = ""
    """Id of the request that created the job, for log lines; empty for work that no request started."""

    @property
    def engine(self) -> str:
        """Id of the model, which work of every version names in the same way."""
        return str(self.work["engine"])

    def find_output(self, name: str) -> OutputTarget | None:
        """The output of this name; None where the platform asks for none."""
        return next((output for output in self.outputs if output.name == name), None)


@dataclass(frozen=True, slots=True)
class Manifest(Message):
    """Record beside the outputs, written last, so that a lost finish message loses nothing."""

    job: str
    part: int
    token: str
    outputs: tuple[StoredOutput, ...] = ()
    """Stored outputs in the order of the message; optional ones may be missing. Empty from a worker of an older version."""
    units_done: int = 0
    """Characters for speech, milliseconds of the recording for transcription; a cancelled job is charged for them."""
    is_notice: bool = False
    """True if the part only returned a notice that it cannot do its work: the job is not charged."""
    details: dict[str, Any] = field(default_factory=dict)
    """Information for people, except `share_characters`: the length of each share of a script, from which the platform computes the spoken
    share.
    """

    def find_output(self, name: str) -> StoredOutput | None:
        """The entry of this name; None where nothing was stored."""
        return next((output for output in self.outputs if output.name == name), None)


@dataclass(frozen=True, slots=True)
class PartStarted(Message):
    """A worker started an attempt."""

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
    """True if a server or a disk was unavailable: the attempt does not count."""


@dataclass(frozen=True, slots=True)
class InFlight(Message):
    token: str
    units_done: int = 0


@dataclass(frozen=True, slots=True)
class QueueSlots(Message):
    """Concurrent parts of one queue group on a worker."""

    queue: str
    slots: int
    """Most parts in flight while several tenants share the queue."""
    reserved_slots: int = 0
    """Slots, among these, that are reserved for the lane `live`."""
    hard_slots: int = 0
    """Number of threads: a tenant without parts in flight is admitted up to here."""


@dataclass(frozen=True, slots=True)
class Announcement(Message):
    """Engines that a worker serves; sent at its start and every minute."""

    worker: str
    """Stable across restarts of the same worker on the same device."""
    boot: str
    """New at every start: parts held under another boot of the same worker are lost and can be given to others at once."""
    device: str
    engines: tuple[EngineSpec, ...]
    queues: tuple[QueueSlots, ...]
    sent_at: float = 0.0
    version: str = ""
    missing: dict[str, str] = field(default_factory=dict)
    """Engines that it knows but cannot serve, each with one sentence on what is missing."""
    died_computing: tuple[str, ...] | None = None
    """Tokens that were computing when the previous boot ended without a last heartbeat; None if unknown."""


@dataclass(frozen=True, slots=True)
class Heartbeat(Message):
    """Sign of life of a worker, with its attempts in flight and recent outcomes (repeated, so that a lost finish is made good)."""

    worker: str
    boot: str
    sent_at: float
    in_flight: tuple[InFlight, ...] = ()
    finished: tuple[PartOutcome, ...] = ()
    loaded: tuple[str, ...] = ()
    is_stopping: bool = False
    died_computing: tuple[str, ...] | None = None
    """Deaths of earlier processes, as in Announcement."""
    memory_bytes: int = 0
    """Resident memory of the worker's process; 0 if unknown."""
    model_memory_bytes: int = 0
    """Memory that loaded models may take together; 0 if unknown."""
