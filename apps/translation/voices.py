"""Voices for a translation: the requested one, or one of the language for each gender."""

from dataclasses import dataclass, replace

from django.conf import settings

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, list_cloning_models, list_tts_models
from apps.catalog.voices import list_voice_choices, resolve_among
from apps.core.errors import InvalidRequestError
from apps.voices.services.enrollers import find_enroller
from workers.contract.cloning import LIKENESS_OUTPUT
from workers.contract.references import PartOutput
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef
from workers.text.scripts import SCRIPT_LANGUAGES
from workers.text.voice_choice import speaking_voice

PRESERVED = "preserved"
"""Id of a speaker's voice that lives as long as its job."""


@dataclass(frozen=True, slots=True)
class SpeakingVoice:
    """A model that speaks, and its voice."""

    engine: EngineRow
    voice: VoiceRef | None
    """None if the worker chooses one of `voices` by the speaker's gender."""
    voices: tuple[VoiceRef, ...]
    """Voices of the language, one for each gender, and those that words in another script may need."""
    enroller: EngineRow | None = None
    """Model that finds a likeness of the recording's speaker, if that speaks."""


def choose_speaking_voice(caller: Caller, *, voice_id: str, language: str) -> SpeakingVoice:
    """Choose the voice. Raises 400 unknown_voice, invalid_mix, mix_not_supported, voice_language_mismatch, unsupported_language."""
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


def choose_preserving_voice(caller: Caller, *, voice_id: str, language: str) -> SpeakingVoice:
    """Choose the models that find and speak a likeness of the speaker. 400 conflicting_voice, consent_required,
    model_cannot_clone.
    """
    if voice_id:
        message = "voice and preserve_voice exclude each other: leave one of them out."
        raise InvalidRequestError(message, code="conflicting_voice", param="preserve_voice")
    if settings.TTSAI_REQUIRE_CONSENT:
        message = "This server demands the speaker's consent. Enrol the voice with it at /v1/voice-clone/, and send `voice`."
        raise InvalidRequestError(message, code="consent_required", param="preserve_voice")
    cloning = [
        engine for engine in list_cloning_models(caller.plan) if language in engine.spec.languages and not engine.spec.takes_recordings
    ]
    if not cloning:
        message = f"No available model keeps the speaker's voice in {language!r}. Leave preserve_voice out."
        raise InvalidRequestError(message, code="model_cannot_clone", param="preserve_voice")
    engine = find_model(cloning[0].id, plan=caller.plan)
    voices = list_voice_choices(engine, languages={language, *SCRIPT_LANGUAGES})
    tag = next((voice.language for voice in voices if voice.primary_language == language), language)
    return SpeakingVoice(engine, VoiceRef(PRESERVED, tag, engine=engine.id), voices, find_enroller(engine))


def preserve_voice(speaker: SpeakingVoice, *, part: int, digest: str) -> SpeakingVoice:
    """The speaker with the likeness that a part of the job finds in the recording with this digest."""
    if speaker.voice is None:
        raise ValueError("no voice is to be preserved")
    voice = replace(speaker.voice, version=digest, conditioning=PartOutput(part, LIKENESS_OUTPUT))
    return replace(speaker, voice=voice)


def list_spoken_languages(plan: Plan) -> list[str]:
    """Primary tags of the languages with a voice in the plan."""
    return sorted({primary_tag(voice.language) for engine in list_tts_models(plan) for voice in engine.voices.values()})


def _with_voice(caller: Caller, speaking: list[EngineRow], *, voice_id: str, language: str) -> SpeakingVoice:
    named = resolve_among(caller, engines=[*speaking, *list_cloning_models(caller.plan)], asked=voice_id)
    engine, voice = named.engine, named.voice
    if voice.speaks_all_languages and language in engine.spec.languages:
        voice = speaking_voice(voice, language=language, voices=engine.voice_refs)
    elif voice.primary_language != language:
        message = f"The voice {voice_id[:100]!r} speaks {voice.language}, not {language}. Leave voice out to have one chosen."
        raise InvalidRequestError(message, code="voice_language_mismatch", param="voice")
    return _speaker(caller, engine, voice=voice, language=language)


def _speaker(caller: Caller, engine: EngineRow, *, voice: VoiceRef | None, language: str) -> SpeakingVoice:
    voices = list_voice_choices(engine, languages={language, *SCRIPT_LANGUAGES})
    return SpeakingVoice(find_model(engine.id, plan=caller.plan), voice, voices)
