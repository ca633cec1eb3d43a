"""Protocol of recognition engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from workers.audio.samples import Samples
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.tags import primary_tag
from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.protocols.engine import Model


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """Options of a transcription."""

    language: str = ""
    """Primary tag; detected if empty."""
    is_translation: bool = False
    """True if the text is to be translated into English."""
    has_english: bool = False
    """True if each segment has an English translation beside the text."""
    prompt: str = ""
    """Preceding transcript, or names and spellings. Models without prompts ignore it, and hotwords too."""
    hotwords: str = ""
    temperature: float = 0.0
    is_retry: bool = False
    """Second pass over a part of a window: fewer higher temperatures are tried."""


@dataclass(frozen=True, slots=True)
class RecognitionResult:
    """Transcription of one window."""

    language: str
    """Primary tag."""
    segments: tuple[TranscriptSegment, ...]
    """Segments, ascending, in seconds from the window's first sample, with words if the model times them."""
    is_repetitive: bool = False
    """The most probable text repeats itself: the model may have omitted repetitions, which shorter windows find."""


class Recogniser(Model, Protocol):
    """Speech recognition engine for the languages in `spec.languages`."""

    window_seconds: float = 30.0
    """Longest window of one call."""
    batch_windows: int = 1
    """Windows per call at most; a call with several takes less time than several calls."""

    def transcribe(self, windows: Sequence[Samples], *, options: RecognitionOptions) -> list[RecognitionResult]:
        """Transcribe each window in turn; without a given language all are taken to be in the same one.

        Windows without speech have no segments. Raises WorkError (unsupported_language).
        """

    def find_language(self, windows: Sequence[Samples]) -> str:
        """Most probable language of all windows together, a primary tag; empty without windows."""

    def align(self, samples: Samples, *, text: str, language: str) -> tuple[TranscriptWord, ...]:
        """Time each word of a known text in a window of at most `window_seconds`; apart from spaces the words together are the text.

        Raises WorkError (unsupported_language).
        """


def as_recogniser(model: Model) -> Recogniser:
    """Narrow to a recogniser. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "stt":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} is not a speech recogniser.")
    return cast("Recogniser", model)


def check_language(spec: EngineSpec, language: str) -> str:
    """Primary tag of a supported language, empty for an empty one. Raises WorkError (unsupported_language)."""
    tag = primary_tag(language)
    if tag and tag not in spec.languages:
        raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} does not know the language {language!r}.")
    return tag
