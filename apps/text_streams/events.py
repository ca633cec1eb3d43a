"""Events of a text stream, in the order in which a client hears them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.core.errors import ApplicationError


@dataclass(frozen=True, slots=True)
class SentenceStarted:
    """The first audio of a sentence is there."""

    index: int
    """Number of the sentence in the stream, from 0; sentences that failed or were cleared have numbers too."""
    text: str
    """Text with the white space after it."""
    start_character: int
    """Characters of the stream's text before it."""
    start: float
    """Seconds of audio before it."""
    job_uuid: UUID


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """Audio of a clause or a sentence, in order and without gaps."""

    data: bytes
    """Encoded bytes; perhaps none, since lossy formats hold a frame back."""
    start: float
    """Seconds of audio before this piece."""
    seconds: float
    """Length of the speech in it, with the pause before it."""
    words: tuple[Mapping[str, Any], ...]
    """Words that begin in it: `word`, `start` and `end` in seconds from the beginning of the stream. Empty where the engine has none."""


@dataclass(frozen=True, slots=True)
class SentenceEnded:
    """All audio of a sentence was given."""

    index: int
    seconds: float
    """Length of its audio."""
    characters: int
    price_millicredits: int


@dataclass(frozen=True, slots=True)
class SentenceFailed:
    """A sentence is not spoken, or not to its end. The stream continues with the next, unless it is fatal."""

    index: int
    text: str
    error: ApplicationError
    is_fatal: bool
    """True if later sentences would fail too: no credits left, or a key that was revoked. The iteration ends with it."""


@dataclass(frozen=True, slots=True)
class Flushed:
    """Everything before a flush was spoken."""

    marker: Any
    """Value that was given to `flush`."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event: everything was spoken."""

    data: bytes
    """Last bytes of the encoding, perhaps none."""
    seconds: float
    """Length of all audio."""


StreamEvent = SentenceStarted | SpokenAudio | SentenceEnded | SentenceFailed | Flushed | Finished
