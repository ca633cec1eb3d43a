"""The protocol of engines that hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from workers.audio.samples import Samples
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_ENGINE, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.listening import HeardSegment, HeardWord
from workers.contract.tags import primary_tag
from workers.protocols.engine import Model


@dataclass(frozen=True, slots=True)
class Hearing:
    """Request to a recogniser."""

    language: str = ""
    """Primary tag; detected when empty."""
    is_translation: bool = False
    """The text is to be English, whatever is spoken."""
    has_english: bool = False
    """Each segment carries its English beside the text."""
    prompt: str = ""
    """Preceding transcript, or names and spellings. Models without prompts ignore it, and hotwords too."""
    hotwords: str = ""
    temperature: float = 0.0
    """0: the most probable words, with higher ones tried where these look wrong."""
    is_retry: bool = False
    """A part of a window that was heard already: fewer higher temperatures are tried."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Result of hearing one window."""

    language: str
    """Primary tag."""
    segments: tuple[HeardSegment, ...]
    """Ascending, in seconds from the window's first sample, with their words where the model can tell them."""
    is_repetitive: bool = False
    """The most probable text repeats itself: the model may have left repetitions out, which shorter windows find."""


class Recogniser(Model, Protocol):
    """A model that hears. `spec.languages` are those it knows."""

    window_seconds: float = 30.0
    """The longest window that one call takes."""
    batch_windows: int = 1
    """So many windows in one call take less than as many calls; more are not asked for at once."""

    def hear(self, windows: Sequence[Samples], *, hearing: Hearing) -> list[Heard]:
        """Recognises the speech in each window, one after the other; all are taken for one language where none is given.

        Without a word of speech there are no segments. Raises WorkError (unsupported_language).
        """

    def find_language(self, windows: Sequence[Samples]) -> str:
        """The language that all windows together are most probably in, a primary tag; empty without a window."""

    def align(self, samples: Samples, *, text: str, language: str) -> tuple[HeardWord, ...]:
        """Times each word of a known text in a window of at most `window_seconds`; the words together are the text, spaces aside.

        Raises WorkError (unsupported_language).
        """


def as_recogniser(model: Model) -> Recogniser:
    """The model as one that hears. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "stt":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not hear.")
    return cast("Recogniser", model)


def check_language(spec: EngineSpec, language: str) -> str:
    """The primary tag of a language that the engine knows, empty for an empty one. Raises WorkError (unsupported_language)."""
    tag = primary_tag(language)
    if tag and tag not in spec.languages:
        raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} does not know the language {language!r}.")
    return tag
