"""The protocol of an engine that speaks."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workers.contract.engines import EngineSpec


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text that is spoken in one go and cannot be interrupted."""

    text: str
    """As the customer wrote it."""
    start: int
    """Offset of the first character in the part's text, in code points."""
    pause_after: float
    """Seconds of silence between the last sound of this sentence and the first of the next."""


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When one written word is heard."""

    word: str
    """As the customer wrote it."""
    start: float
    """Seconds from the first sample of the audio that it belongs to."""
    end: float
    start_character: int
    """Offset in the text that the audio speaks, in code points."""
    end_character: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """The audio of one sentence."""

    samples: NDArray[np.float32]
    """Mono, shape [n], full scale 1.0."""
    sample_rate: int
    """Hz."""
    words: tuple[WordTiming, ...] = ()
    """Empty where the model has no durations."""


class Engine(Protocol):
    """One model. Holds weights and nothing about any request; `speak` may run in several threads at once."""

    spec: EngineSpec

    def load(self) -> None:
        """Reads the weights. Raises WorkError (engine_unavailable) naming what is missing and the command that gets it."""

    def unload(self) -> None:
        """Drops the weights; `load` may follow."""

    def split(self, text: str, *, language: str) -> list[Sentence]:
        """Cuts a text into sentences that this model can speak in one go. Needs no weights."""

    def speak(self, text: str, *, voice: str, language: str, speed: float) -> Spoken:
        """Speaks one sentence. Raises WorkError (unknown_voice, unsupported_language, nothing_to_say)."""
