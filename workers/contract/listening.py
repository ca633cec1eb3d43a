"""Work that hears, translates, answers and aligns, and the documents that it leaves."""

from dataclasses import dataclass, field
from typing import Any

from workers.contract.codec import Message
from workers.contract.references import Address


@dataclass(frozen=True, slots=True)
class PrepareWork(Message):
    """A long recording made ready to be heard in pieces: the work of a part of kind `prepare`.

    Output: the recording as 16 kHz mono 16-bit WAV. Timings: a `Survey`.
    """

    source: Address
    """The customer's file."""
    engine: str
    """The one that will listen: it tells the language."""
    pieces: int
    """Number of pieces to cut, from the probed duration; the last may be empty."""
    language: str = ""
    """Language of the speech; detected if empty."""
    source_seconds: float = 0.0
    """Length of the file as the platform measured it; 0 from a platform that does not tell."""
    format: str = "wav"


@dataclass(frozen=True, slots=True)
class Survey(Message):
    """Facts about a prepared recording."""

    language: str
    """Empty where no speech was found."""
    seconds: float
    cuts: tuple[float, ...]
    """Boundaries of the pieces in seconds, ascending, one more than there are pieces: piece i lies between cuts i and i + 1."""
    speech: tuple[tuple[float, ...], ...]
    """Start and end in seconds of everything that sounds like speech; none crosses a cut."""


@dataclass(frozen=True, slots=True)
class ListenWork(Message):
    """Audio to text: the work of a part of kind `listen`. Output: a `TranscriptDocument`."""

    engine: str
    audio: Address
    """The customer's file, or the prepared WAV when there is a survey."""
    survey: Address | None = None
    piece: int = 0
    """Index of the piece in the survey; times in its output count from the beginning of the recording."""
    language: str = ""
    is_translation: bool = False
    """The text is to be English, whatever is spoken."""
    has_english: bool = False
    """Each segment carries its English translation beside the text."""
    has_words: bool = False
    is_diarized: bool = False
    """With a survey the output carries voice prints, which the transcript part clusters; without one it names the speakers."""
    speakers: int = 0
    """Number of speakers; 0 if unknown."""
    prompt: str = ""
    hotwords: str = ""
    temperature: float = 0.0
    source_seconds: float = 0.0
    """Length of the customer's file as the platform measured it; 0 where there is a survey, or from a platform that does not tell."""
    format: str = "json"


@dataclass(frozen=True, slots=True)
class TranscriptWork(Message):
    """Pieces to one transcript: the work of a part of kind `transcript`. Output: a `TranscriptDocument`."""

    pieces: tuple[Address, ...]
    survey: Address | None = None
    is_diarized: bool = False
    """The pieces carry words then, whether they are wanted or not: a speaker may change within a segment."""
    speakers: int = 0
    has_words: bool = False
    """True if the output keeps words."""
    is_translation: bool = False
    """The pieces are in English, whatever was spoken."""
    format: str = "json"


@dataclass(frozen=True, slots=True)
class HeardWord(Message):
    """One word of a transcript."""

    word: str
    start: float
    end: float
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class HeardSegment(Message):
    """Segment of speech that was said in one go."""

    start: float
    """Seconds from the recording's beginning."""
    end: float
    text: str
    speaker: str = ""
    """SPEAKER_00, …; empty when nobody asked."""
    english: str = ""
    words: tuple[HeardWord, ...] = ()
    average_log_probability: float = 0.0
    no_speech_probability: float = 0.0
    compression_ratio: float = 0.0
    temperature: float = 0.0
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VoicePrint(Message):
    """Voice features of a stretch of speech, for telling speakers apart: only between parts of one job."""

    start: float
    end: float
    vector: str
    """float32, little-endian, base64."""


@dataclass(frozen=True, slots=True)
class TranscriptDocument(Message):
    """Transcript of a recording, as JSON in the store."""

    text: str
    language: str
    duration: float
    segments: tuple[HeardSegment, ...] = ()
    gender: str = ""
    """Gender of the voice that speaks most, by pitch: male, female, or neutral if unclear."""
    voice_prints: tuple[VoicePrint, ...] = ()
    """Speaker embeddings of one piece of a diarized recording; empty in the final document."""


@dataclass(frozen=True, slots=True)
class TranslateWork(Message):
    """Text to another language: the work of a part of kind `translate`. Output: a `ScriptDocument`."""

    engine: str
    """Empty: the transcript's own English is the translation."""
    target_language: str
    transcript: Address | None = None
    text: str = ""
    """Text to translate if there is no transcript."""
    source_language: str = ""
    """The transcript's when empty."""
    shares: int = 1
    format: str = "json"


@dataclass(frozen=True, slots=True)
class Turn(Message):
    """One message of a conversation."""

    role: str
    """user or assistant."""
    content: str


@dataclass(frozen=True, slots=True)
class ReplyWork(Message):
    """An answer in a conversation: the work of a part of kind `reply`. Output: a `ScriptDocument`."""

    engine: str
    transcript: Address | None = None
    text: str = ""
    """The user's message if there is no transcript."""
    language: str = ""
    system_prompt: str = ""
    history: tuple[Turn, ...] = ()
    """Oldest first, bounded by the platform."""
    format: str = "json"


@dataclass(frozen=True, slots=True)
class ScriptDocument(Message):
    """A text that was written to be spoken, as JSON in the store."""

    original_text: str
    """Text before translation, or the user's message."""
    text: str
    """The translation, or the answer."""
    source_language: str
    target_language: str
    shares: tuple[str, ...]
    """The text cut at sentence ends into as many shares as were asked for; together they are the text. Some may be empty."""
    gender: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlignWork(Message):
    """Find the time of each word of a known text: the work of a part of kind `align`. Output: an `AlignedDocument`."""

    audio: Address
    text: str
    """As it was written, without markup."""
    language: str = ""
    engine: str = ""
    """The recogniser that aligns where the language has no aligner of its own."""
    format: str = "json"


@dataclass(frozen=True, slots=True)
class AlignedWord(Message):
    """A written word and its time; offsets are code points of the text."""

    word: str
    start: float
    end: float
    start_character: int
    end_character: int


@dataclass(frozen=True, slots=True)
class AlignedDocument(Message):
    """The words of a text in the time of its audio, as JSON in the store."""

    words: tuple[AlignedWord, ...]
    method: str
    """The aligner that told, for the record."""
