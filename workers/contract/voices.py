"""Voices as messages carry them: resolved by the platform when a request is accepted, used by workers as they are."""

from dataclasses import dataclass

from workers.contract.codec import Message
from workers.contract.references import Reference
from workers.contract.tags import primary_tag


@dataclass(frozen=True, slots=True)
class VoiceWeight(Message):
    """Share of one voice in a mix."""

    voice: str
    """Id of a built-in voice of the same engine."""
    weight: float


@dataclass(frozen=True, slots=True)
class VoiceRef(Message):
    """A voice that speaks: a built-in one, an account's own, or a mix."""

    id: str
    language: str = ""
    """Full tag in lower case, `en-gb`."""
    gender: str = "neutral"
    """male, female or neutral."""
    engine: str = ""
    """Id of the engine that speaks it."""
    version: str = ""
    """Changes whenever the voice sounds different: the engine's version for a built-in voice."""
    conditioning: Reference | None = None
    """Object that an engine imitates the voice by; None for a built-in voice."""
    weights: tuple[VoiceWeight, ...] = ()
    """Voices of a mix; empty for any other voice."""

    @property
    def primary_language(self) -> str:
        """The language without its region."""
        return primary_tag(self.language)

    @property
    def is_built_in(self) -> bool:
        """True for a voice that the engine has by itself."""
        return self.conditioning is None and not self.weights
