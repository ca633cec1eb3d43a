"""Voices for a translation: the requested one, or one of the language for each gender."""

from dataclasses import dataclass

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, list_cloning_models, list_tts_models
from apps.catalog.voices import find_voice, list_voice_choices
from apps.core.errors import InvalidRequestError
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef
from workers.text.scripts import SCRIPT_LANGUAGES
from workers.text.voice_choice import speaking_voice


@dataclass(frozen=True, slots=True)
class SpeakingVoice:
    """A model that speaks, and its voice."""

    engine: EngineRow
    voice: VoiceRef | None
    """None if the worker chooses one of `voices` by the speaker's gender."""
    voices: tuple[VoiceRef, ...]
    """Voices of the language, one for each gender, and those that words in another script may need."""


def choose_speaking_voice(caller: Caller, *, voice_id: str, language: str) -> SpeakingVoice:
    """Choose the voice. Raises 400 unknown_voice, voice_language_mismatch, unsupported_language."""
    speaking = list_tts_models(caller.plan)
    if voice_id:
        return _with_voice(caller, speaking, voice_id=voice_id, language=language)
    for engine in speaking:
        if any(voice.primary_language == language for voice in engine.voice_refs):
            return _speaker(caller, engine, voice=None, language=language)
    raise InvalidRequestError(
        f"No available voice speaks {language!r}. Languages: {', '.join(list_spoken_languages(caller.plan))}.",
        code="unsupported_language",
        param="target_language",
    )


def list_spoken_languages(plan: Plan) -> list[str]:
    """Primary tags of the languages with a voice in the plan."""
    return sorted({primary_tag(voice.language) for engine in list_tts_models(plan) for voice in engine.voices.values()})


def _with_voice(caller: Caller, speaking: list[EngineRow], *, voice_id: str, language: str) -> SpeakingVoice:
    speaking = [*speaking, *list_cloning_models(caller.plan)]
    voice = find_voice(caller, engines=speaking, voice_id=voice_id)
    if voice is None:
        raise InvalidRequestError(f"Unknown voice {voice_id[:100]!r}. GET /v1/voices/ lists all.", code="unknown_voice", param="voice")
    engine = next(engine for engine in speaking if engine.id == voice.engine)
    if voice.conditioning is not None and language in engine.spec.languages:
        voice = speaking_voice(voice, language=language, voices=engine.voice_refs)
    elif voice.primary_language != language:
        message = f"The voice {voice_id!r} speaks {voice.language}, not {language}. Leave voice out to have one chosen."
        raise InvalidRequestError(message, code="voice_language_mismatch", param="voice")
    return _speaker(caller, engine, voice=voice, language=language)


def _speaker(caller: Caller, engine: EngineRow, *, voice: VoiceRef | None, language: str) -> SpeakingVoice:
    voices = list_voice_choices(engine, languages={language, *SCRIPT_LANGUAGES})
    return SpeakingVoice(find_model(engine.id, plan=caller.plan), voice, voices)
