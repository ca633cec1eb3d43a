"""Voices in messages: resolved by the platform when a request is accepted, used by workers unchanged."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message
from workers.contract.references import Reference
from workers.contract.tags import primary_tag

GENDERS: Final = ("neutral", "female", "male")
"""Genders by preference, if the speaker's is unknown or has no voice."""


@dataclass(frozen=True, slots=True)
class VoiceWeight(Message):
    """Share of one voice in a mix."""

    voice: str
    """Id of a built-in voice of the same engine."""
    weight: float


@dataclass(frozen=True, slots=True)
class VoiceRef(Message):
    """Voice: built-in, an account's own, or a mix."""

    id: str
    language: str = ""
    """Full tag in lower case, `en-gb`."""
    gender: str = "neutral"
    """male, female or neutral."""
    engine: str = ""
    """Id of the engine."""
    version: str = ""
    """Version that changes whenever the voice sounds different: the engine's version for a built-in voice."""
    conditioning: Reference | None = None
    """Object that the engine imitates the voice from; None for a built-in voice.

    A voice file (workers/kokoro/voice_file.py), or for an engine with `takes_recordings` the speaker's recording.
    """
    transcript: str = ""
    """Words of the recording in `conditioning`; empty if unknown or for a voice file."""
    weights: tuple[VoiceWeight, ...] = ()
    """Voices of a mix; empty for any other voice. With `conditioning`, shares from 0 to 1 beside the account's own voice, which has the rest."""

    @property
    def primary_language(self) -> str:
        """The language without its region."""
        return primary_tag(self.language)

    @property
    def speaks_all_languages(self) -> bool:
        """True for an own voice and a mix, which speak every language of their engine."""
        return not self.is_built_in

    @property
    def is_built_in(self) -> bool:
        """True for a voice of the engine itself."""
        return self.conditioning is None and not self.weights
