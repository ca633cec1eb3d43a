"""Speakers of a translation: the voice that was asked for, or those of the language, one for each gender."""

from dataclasses import dataclass, field

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, list_speaking_models
from apps.core.errors import InvalidRequestError
from workers.contract.tags import primary_tag


@dataclass(frozen=True, slots=True)
class Speaker:
    """A model that speaks, and its voice; or voices among which the worker chooses by the gender that it heard."""

    engine: EngineRow
    voice: str = ""
    voices: dict[str, str] = field(default_factory=dict)


def choose_speaker(voice_id: str, *, language: str, plan: Plan) -> Speaker:
    """400 unknown_voice, voice_language_mismatch, unsupported_language."""
    speaking = list_speaking_models(plan)
    if voice_id:
        return _with_voice(speaking, voice_id=voice_id, language=language, plan=plan)
    for engine in speaking:
        voices = [voice for voice in engine.voices.values() if primary_tag(voice.language) == language]
        if voices:
            by_gender = {gender: voice.id for voice in reversed(voices) for gender in (voice.gender,)}
            return Speaker(find_model(engine.id, plan=plan), voices=by_gender)
    raise InvalidRequestError(
        f"No voice here speaks {language!r}. Languages: {', '.join(list_spoken_languages(plan))}.",
        code="unsupported_language",
        param="target_language",
    )


def list_spoken_languages(plan: Plan) -> list[str]:
    """Primary tags of the languages that some voice of the plan speaks."""
    return sorted({primary_tag(voice.language) for engine in list_speaking_models(plan) for voice in engine.voices.values()})


def _with_voice(speaking: list[EngineRow], *, voice_id: str, language: str, plan: Plan) -> Speaker:
    for engine in speaking:
        voice = engine.voices.get(voice_id)
        if voice is None:
            continue
        if primary_tag(voice.language) != language:
            message = f"The voice {voice_id!r} speaks {voice.language}, not {language}. Leave voice out to have one chosen."
            raise InvalidRequestError(message, code="voice_language_mismatch", param="voice")
        return Speaker(find_model(engine.id, plan=plan), voice=voice.id)
    raise InvalidRequestError(f"Unknown voice {voice_id[:100]!r}. GET /v1/voices/ lists all.", code="unknown_voice", param="voice")
