"""Description of an engine that a worker can serve."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workers.contract.codec import Message
from workers.contract.tags import covers_tag, primary_tag
from workers.contract.voices import VoiceRef


@dataclass(frozen=True, slots=True)
class VoiceSpec(Message):
    id: str
    name: str
    language: str
    """Full tag in lower case, with the region where the voice has one: `en-gb`, `es`."""
    gender: str = "neutral"
    """male, female or neutral."""
    description: str = ""
    tags: tuple[str, ...] = ()

    def with_full_tag(self) -> "VoiceSpec":
        """The voice with its region in `language`: workers of earlier versions announce that as one of the tags."""
        regional = (tag for tag in self.tags if self.language and tag != self.language and covers_tag(self.language, tag))
        full = next(regional, self.language)
        return replace(self, language=full, tags=tuple(tag for tag in self.tags if tag != full))


@dataclass(frozen=True, slots=True)
class Directions(Message):
    """Target languages of a translator for one source language."""

    source: str
    """Primary tag; `*` for any of the engine's languages."""
    targets: tuple[str, ...]
    """Primary tags; one that is the source's too does not count."""


@dataclass(frozen=True, slots=True)
class EngineSpec(Message):
    """One model, as a worker announces it. Price, tier and access are the operator's; suggested_tier is only a first value."""

    id: str
    name: str
    version: str
    """Changes whenever the same input would sound different: part of every cache key."""
    kind: str = "tts"
    """tts, stt, translate, chat, enrol, voice-convert, enhance, dereverb or separate."""
    base_engine: str = ""
    """Engine whose built-in voices this one speaks too; empty for none."""
    description: str = ""
    licence: str = ""
    suggested_tier: str = "standard"
    languages: tuple[str, ...] = ()
    """Primary tags, `en`, `es`, …"""
    missing_languages: dict[str, str] = field(default_factory=dict)
    """Languages that the model could speak but that cannot be used here, each with one sentence that says what is missing."""
    voices: tuple[VoiceSpec, ...] = ()
    default_voice: str = ""
    sample_rate: int = 24000
    """Hz, of the audio that the engine makes."""
    max_characters: int = 1_000_000
    minimum_speed: float = 0.5
    maximum_speed: float = 2.0
    is_deterministic: bool = False
    """True if the same input always gives the same samples: only then is speech cached."""
    is_draft: bool = False
    """True for a model that the platform chooses only if no other speaks the language."""
    has_streaming: bool = False
    has_cloning: bool = False
    takes_recordings: bool = False
    """True if `VoiceRef.conditioning` is the speaker's recording, an audio file; False if it is a voice file that was fitted to it."""
    has_mixing: bool = False
    """True if it speaks mixes of its voices by weights (`VoiceRef.weights`), in every language of its own."""
    has_word_timings: bool = False
    has_diarization: bool = False
    has_translation: bool = False
    """A recogniser can transcribe any language into English."""
    stems: tuple[int, ...] = ()
    """Numbers of stems into which a model of kind `separate` can split music."""
    converts_to: tuple[str, ...] = ()
    """Engines to whose voices a converter can put a recording; empty for any engine's."""
    directions: tuple[Directions, ...] = ()
    """Language pairs of a translator."""
    queue: str = ""
    """The queue group whose lanes carry its parts; the engine's id when empty."""
    memory_bytes: int = 0
    """Estimated memory of the loaded model, for the model manager's budget."""

    @property
    def queue_group(self) -> str:
        """The queue group whose lanes carry the engine's parts."""
        return self.queue or self.id

    def without_languages(self, missing: Mapping[str, str]) -> "EngineSpec":
        """The spec without some languages and their voices; `missing` gives the reason for each."""
        voices = tuple(voice for voice in self.voices if primary_tag(voice.language) not in missing)
        default_voice = self.default_voice
        if voices and default_voice not in {voice.id for voice in voices}:
            default_voice = voices[0].id
        return replace(
            self,
            languages=tuple(language for language in self.languages if language not in missing),
            missing_languages={**self.missing_languages, **missing},
            voices=voices,
            default_voice=default_voice,
        )

    def voice_ref(self, voice: VoiceSpec) -> VoiceRef:
        """The built-in voice as messages carry it."""
        return VoiceRef(voice.id, voice.language, voice.gender, self.id, self.version)

    def clamp_speed(self, speed: float) -> float:
        return min(max(speed, self.minimum_speed), self.maximum_speed)

    def sources(self) -> tuple[str, ...]:
        """Languages that a translator translates from."""
        named = {one.source for one in self.directions}
        return tuple(sorted((named - {"*"}) | (set(self.languages) if "*" in named else set())))

    def targets_from(self, source: str) -> tuple[str, ...]:
        """Languages that a translator translates this one to, as primary tags."""
        fitting = [one for one in self.directions if one.source == source or (one.source == "*" and source in self.languages)]
        return tuple(sorted({target for one in fitting for target in one.targets} - {source}))
