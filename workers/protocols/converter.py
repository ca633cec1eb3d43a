"""Protocol of voice converters."""

from dataclasses import dataclass, field
from typing import Protocol, cast

from workers.audio.samples import Samples
from workers.contract.conversion import Delivery, SpeakerProfile
from workers.contract.errors import UNKNOWN_ENGINE, WorkError
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Model


@dataclass(frozen=True, slots=True)
class ConversionOptions:
    """Source and target of a conversion."""

    voice: VoiceRef
    """The target."""
    source: SpeakerProfile
    """Profile of the recording's speaker."""
    target: SpeakerProfile
    """Profile of the target, from its own speech."""
    delivery: Delivery = field(default_factory=Delivery)
    own: object | None = None
    """The target's voice file, prepared by the engine of the voice (`read_voice`); None for a built-in voice."""
    tau: float | None = None
    """Strength of the target from 0 to 1, for an engine with a parameter for it; None for the engine's usual strength."""


class Converter(Model, Protocol):
    """Engine that puts a recording into another voice. It takes and returns mono samples of CONVERSION_RATE."""

    needs_words: bool = False
    """True if only stretches with words can be converted."""

    def convert(self, samples: Samples, *, text: str, language: str, options: ConversionOptions) -> Samples:
        """Convert one stretch of a few seconds: [n] to about [n / tempo of the delivery].

        text: its words, empty if the engine needs none or they are not known. language: primary tag of the words.

        Raises WorkError (unsupported_language, nothing_to_say): then the fallback converts the stretch.
        """


def as_converter(model: Model) -> Converter:
    """Narrow to a converter. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "voice-convert":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} does not convert voices.")
    return cast("Converter", model)
