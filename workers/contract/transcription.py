"""Work messages of transcription, translation, replies and alignment, and their documents."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from workers.contract.codec import Message, written_as
from workers.contract.references import Reference


@dataclass(frozen=True, slots=True)
class PrepareWork(Message):
    """Work of a part of kind `prepare`: prepare a long recording for transcription in pieces.

    Outputs: `audio`, the recording as 16 kHz mono 16-bit WAV; `survey`, a `RecordingAnalysis`.
    """

    source: Reference
    """The customer's file."""
    engine: str
    """Engine that will transcribe; it detects the language."""
    pieces: int
    """Number of pieces to cut, from the probed duration; the last may be empty."""
    language: str = ""
    """Language of the speech; detected if empty."""
    source_seconds: float = 0.0
    """Duration measured by the platform; 0 from a platform that does not send it."""
    channel: int = -1
    """Channel of the recording to prepare, from 0; -1 for all of them mixed."""


@dataclass(frozen=True, slots=True)
class RecordingAnalysis(Message):
    """Properties of a prepared recording."""

    language: str
    """Language; empty without speech."""
    seconds: float
    cuts: tuple[float, ...]
    """Boundaries of the pieces in seconds, ascending, one more than there are pieces: piece i lies between cuts i and i + 1."""
    speech: tuple[tuple[float, ...], ...]
    """Start and end in seconds of all detected speech; none crosses a cut."""


@dataclass(frozen=True, slots=True)
class KnownSpeaker(Message):
    """Speaker whom a diarized recording may have, with a short recording of the voice."""

    name: str
    audio: Reference
    audio_seconds: float = 0.0
    """Duration measured by the platform."""


@dataclass(frozen=True, slots=True)
class ListenWork(Message):
    """Work of a part of kind `listen`: audio to text. Output: a `TranscriptDocument`."""

    engine: str
    audio: Reference
    """Customer's file, or the prepared WAV if there is an analysis."""
    analysis: Reference | None = field(default=None, metadata=written_as("survey"))
    piece: int = 0
    """Index of the piece in the analysis; times in its output count from the beginning of the recording."""
    language: str = ""
    is_translation: bool = False
    """True if the text is to be translated into English."""
    has_english: bool = False
    """True if each segment has an English translation beside the text."""
    has_words: bool = False
    is_diarized: bool = False
    """True for diarization. With an analysis the output has speaker embeddings, which the transcript part clusters; without one it names the
    speakers.
    """
    speakers: int = 0
    """Number of speakers; 0 if unknown."""
    known_speakers: tuple[KnownSpeaker, ...] = ()
    """Speakers whose name takes the place of a number where the voice is similar enough; of a piece they are those of the transcript part."""
    prompt: str = ""
    hotwords: str = ""
    temperature: float = 0.0
    source_seconds: float = 0.0
    """Duration of the customer's file measured by the platform; 0 with an analysis, or from a platform that does not send it."""
    channel: int = -1
    """Channel of the customer's file to transcribe, from 0; -1 for all of them mixed, and with an analysis."""
    has_live_text: bool = False
    """True if the text of each window is published on the job's stream, as a `TranscriptWindow`."""


@dataclass(frozen=True, slots=True)
class TranscriptWork(Message):
    """Work of a part of kind `transcript`: pieces to one transcript. Output: a `TranscriptDocument`."""

    pieces: tuple[Reference, ...]
    analysis: Reference | None = field(default=None, metadata=written_as("survey"))
    is_diarized: bool = False
    """True for diarization. The pieces then carry words, since a speaker may change within a segment."""
    speakers: int = 0
    known_speakers: tuple[KnownSpeaker, ...] = ()
    has_words: bool = False
    """True if the output keeps words."""
    is_translation: bool = False
    """True if the pieces are translated into English."""
    is_by_channel: bool = False
    """True if each piece is the whole transcript of one channel, in the order of the channels."""


@dataclass(frozen=True, slots=True)
class TranscriptWord(Message):
    word: str
    start: float
    end: float
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class TranscriptSegment(Message):
    """Segment of continuous speech."""

    start: float
    """Seconds from the recording's beginning."""
    end: float
    text: str
    speaker: str = ""
    """SPEAKER_00, … or the name of a known speaker; empty without diarization."""
    english: str = ""
    words: tuple[TranscriptWord, ...] = ()
    average_log_probability: float = 0.0
    no_speech_probability: float = 0.0
    compression_ratio: float = 0.0
    temperature: float = 0.0
    tokens: tuple[int, ...] = ()
    channel: int = 0
    """Channel that holds the segment, where each channel was transcribed on its own."""


@dataclass(frozen=True, slots=True)
class TranscriptWindow(Message):
    """Text of one window of a recording, an event of the job's stream. A part publishes its windows in order; an attempt that begins again
    publishes all of them again.
    """

    EVENT: ClassVar[str] = "transcript"
    """`type` of the event."""

    part: int
    start: float = 0.0
    """Start and end of the window's speech, in seconds from the recording's beginning."""
    end: float = 0.0
    language: str = ""
    """Primary tag of the text."""
    segments: tuple[TranscriptSegment, ...] = ()
    is_last: bool = False
    """True for the part's last window."""


@dataclass(frozen=True, slots=True)
class SpeakerEmbedding(Message):
    """Speaker embedding of a stretch of speech; only exchanged between parts of one job."""

    start: float
    end: float
    vector: str
    """float32, little-endian, base64."""
    encoder: str = "ge2e"
    """ge2e: of a window of 1.6 s; campplus: of a span of one voice, two of which may overlap."""
    clear_seconds: float = 0.0
    """Seconds, with campplus, of speech without overlap by which the span was embedded."""


@dataclass(frozen=True, slots=True)
class TranscriptDocument(Message):
    """Transcript of a recording, stored as JSON."""

    text: str
    language: str
    duration: float
    segments: tuple[TranscriptSegment, ...] = ()
    gender: str = ""
    """Gender of the voice that speaks most, by pitch: male, female, or neutral if unclear."""
    speaker_embeddings: tuple[SpeakerEmbedding, ...] = field(default=(), metadata=written_as("voice_prints"))
    """Speaker embeddings of one piece of a diarized recording; empty in the final document."""


@dataclass(frozen=True, slots=True)
class TranslateWork(Message):
    """Work of a part of kind `translate`: text to another language. Output: a `ScriptDocument`."""

    engine: str
    """Engine; empty if the transcript's own English is the translation."""
    target_language: str
    transcript: Reference | None = None
    text: str | None = None
    """Text to translate; None with a transcript."""
    source_language: str = ""
    """Source language; the transcript's if empty."""
    shares: int = 1


@dataclass(frozen=True, slots=True)
class Turn(Message):
    role: str
    """user or assistant."""
    content: str


@dataclass(frozen=True, slots=True)
class ReplyWork(Message):
    """Work of a part of kind `reply`: an answer in a conversation. Output: a `ScriptDocument`."""

    engine: str
    transcript: Reference | None = None
    text: str | None = None
    """The user's message; None with a transcript."""
    language: str = ""
    system_prompt: str = ""
    history: tuple[Turn, ...] = ()
    """Turns, oldest first, bounded by the platform."""


@dataclass(frozen=True, slots=True)
class ScriptDocument(Message):
    """Text to be spoken, stored as JSON."""

    original_text: str
    """Text before translation, or the user's message."""
    text: str
    """Translation or answer."""
    source_language: str
    target_language: str
    shares: tuple[str, ...]
    """The text split at sentence ends into the requested number of shares; concatenated they are the text. Some may be empty."""
    gender: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlignWork(Message):
    """Work of a part of kind `align`: times of the words of a known text. Output: an `AlignedDocument`."""

    audio: Reference
    text: str
    """Text as written, without markup."""
    language: str = ""
    engine: str = ""
    """Recogniser that aligns if the language has no aligner of its own."""


@dataclass(frozen=True, slots=True)
class AlignedWord(Message):
    """Written word with its time; offsets are code points of the text."""

    word: str
    start: float
    end: float
    start_character: int
    end_character: int


@dataclass(frozen=True, slots=True)
class AlignedDocument(Message):
    """Words of a text with times in its audio, stored as JSON."""

    words: tuple[AlignedWord, ...]
    method: str
    """Name of the aligner, for information."""
