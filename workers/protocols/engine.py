"""Protocols of all engines and of speech engines. `build_engines` of each module in workers/engines returns the instances that it offers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, cast

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.errors import UNKNOWN_ENGINE, UNKNOWN_VOICE, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.tags import is_same_language, primary_tag
from workers.contract.voices import VoiceRef


class Model(Protocol):
    """Protocol of every engine. Holds weights and no state of a request; its methods may run in several threads at once."""

    spec: EngineSpec

    is_for_tests: bool = False

    def find_obstacle(self) -> str:
        """Reason why the engine cannot run here, one sentence with the command that helps; empty if it can. Loads nothing."""
        return ""

    def find_missing_languages(self) -> Mapping[str, str]:
        """Languages of `spec` that are unusable on this machine, each with one sentence that says why and what helps.

        Called once, for a wanted engine without an obstacle. May import what the languages need, but loads no weights.
        """
        return {}

    def prepare(self) -> None:
        """Do once, after the worker's start and in a background thread, what would make the first request slow. Returns when it is done."""
        return

    def load(self) -> None:
        """Load the weights. Raises WorkError (engine_unavailable) naming what is missing and the command that downloads it."""

    def unload(self) -> None:
        """Unload the weights; `load` may follow."""

    def name_variant(self) -> str:
        """Way in which the loaded model computes on this machine, if the samples of several ways differ: part of the key of cached sentences."""
        return ""


class Engine(Model, Protocol):
    """Text-to-speech engine."""

    def split(self, text: str, *, language: str) -> list[Sentence]:
        """Split a text into sentences that this model can synthesise in one call. Needs no weights."""

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        """Synthesise one sentence; a model without phoneme input pronounces those words itself. Raises WorkError (unknown_voice,
        unsupported_language, nothing_to_say).
        """


LARGEST_VOICE_BYTES: Final = 1 << 20
"""Largest voice file that a worker reads."""


class VoiceFileEngine(Engine, Protocol):
    """Speech engine with `has_cloning` whose `VoiceRef.conditioning` is a voice file."""

    def read_voice(self, data: bytes, *, voice: VoiceRef) -> object:
        """Prepare a voice file, with the shares of `voice.weights` mixed in; workers cache the result.

        Raises WorkError (unknown_voice) for a file that is no voice of this engine.
        """

    def speak_as(
        self, own: Any, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()
    ) -> SynthesisedAudio:
        """Synthesise one sentence with a voice that `read_voice` returned; an empty language means the voice's."""


def reads_voice_files(spec: EngineSpec) -> bool:
    """True for a `VoiceFileEngine`."""
    return spec.has_cloning and not spec.takes_recordings


def as_speaker(model: Model) -> Engine:
    """Narrow to a speech engine. Raises WorkError (unknown_engine) for any other."""
    if model.spec.kind != "tts":
        raise WorkError(UNKNOWN_ENGINE, f"{model.spec.name} is not a speech engine.")
    return cast("Engine", model)


def spoken_tag(spec: EngineSpec, voice: VoiceRef, *, language: str) -> str:
    """Full tag in which an own voice or a mix speaks: the language with the voice's region where it has one. Raises WorkError (unsupported_language)."""
    tag = voice.language if not language or is_same_language(language, voice.language) else language
    if tag and primary_tag(tag) not in spec.languages:
        raise WorkError(UNSUPPORTED_LANGUAGE, f"{spec.name} does not speak {tag!r}.")
    return tag


def find_built_in(spec: EngineSpec, voice: VoiceRef, *, language: str) -> VoiceSpec:
    """The engine's own voice, for engines that speak no others. An empty language means the voice's.

    Raises WorkError (unknown_voice, unsupported_language).
    """
    if not voice.is_built_in:
        raise WorkError(UNKNOWN_VOICE, f"{spec.name} speaks with its built-in voices only, not with {voice.id!r}.")
    found = next((own for own in spec.voices if own.id == voice.id), None)
    if found is None:
        raise WorkError(UNKNOWN_VOICE, f"{spec.name} has no voice {voice.id!r}.")
    if language and not is_same_language(language, found.language):
        raise WorkError(UNSUPPORTED_LANGUAGE, f"The voice {voice.id} of {spec.name} does not speak {language!r}.")
    return found
