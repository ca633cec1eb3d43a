"""Choice of the models of a conversion: converter, fallback, recogniser, and the target voice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, list_models, substitution_warnings
from apps.catalog.voices import naming_voice, resolve_among
from apps.conversion.orders import ConversionOrder
from apps.core.errors import InvalidRequestError
from apps.transcription.services import DEFAULT_MODEL as DEFAULT_RECOGNISER
from apps.transcription.services import check_spoken_language, read_language
from workers.contract.voices import VoiceRef, VoiceWeight

ENGINE_KIND = "voice-convert"
"""Type of the models that convert."""
FALLBACK = "world"
"""Model for sounds without words, for languages that the model does not convert and for voices of other models."""

REGISTER_VOICES: Final[Mapping[str, str]] = MappingProxyType({"female": "af_heart", "male": "am_michael", "neutral": "af_heart"})
"""Voices of Kokoro that a weakened target is mixed with, by gender."""


@dataclass(frozen=True, slots=True)
class ConversionModels:
    """The models and the target of one conversion."""

    converter: EngineRow
    asked_model: str
    """Id named in the request."""
    fallback: str
    """Id of the model for sounds without words; empty if it is not available."""
    recogniser: EngineRow | None
    """None if the converter needs no words."""
    voice: VoiceRef
    speaker: EngineRow
    """Model of the voice."""
    language: str
    """Primary tag; empty if it is detected."""
    warnings: tuple[str, ...]


def choose_models(caller: Caller, *, order: ConversionOrder) -> ConversionModels:
    """Choose the models, and refuse invalid requests before the recording is ingested. Raises ApplicationErrors."""
    converter = asked = find_model(order.model, plan=caller.plan, kind=ENGINE_KIND)
    voice, speaker, voice_warnings = _find_target(caller, order=order, converter=asked)
    language = read_language(order.language)
    recogniser = _find_recogniser(caller.plan) if asked.spec.languages else None
    fallback = next((engine for engine in list_models() if engine.id == FALLBACK and engine.was_seen_lately), None)
    warnings = substitution_warnings(asked, voice_asked=None, voice_used="")
    if obstacle := _find_obstacle(asked, voice=voice, language=language, recogniser=recogniser):
        if fallback is None:
            raise InvalidRequestError(obstacle, code="unsupported_conversion", param="model")
        converter = find_model(fallback.id, plan=caller.plan, kind=ENGINE_KIND)
        recogniser = None
        warnings = [f"model: {obstacle} {converter.id} was used."]
    warnings += voice_warnings
    if recogniser is not None:
        check_spoken_language(recogniser, order.language)
    fallback_id = fallback.id if fallback is not None and fallback.id != converter.id else ""
    return ConversionModels(converter, asked.requested_id, fallback_id, recogniser, voice, speaker, language, tuple(warnings))


def _find_target(caller: Caller, *, order: ConversionOrder, converter: EngineRow) -> tuple[VoiceRef, EngineRow, list[str]]:
    """The voice, built-in, the account's own or a mix, its model, and warnings.

    Raises 400 unknown_voice, invalid_mix, mix_not_supported, 403 model_not_allowed, 409 voice_not_ready.
    """
    speaking = [engine for engine in list_models() if engine.kind == "tts" and engine.was_seen_lately]
    speaking.sort(key=lambda engine: engine.base is not None)  # a mix of built-in voices is spoken by their own model
    with naming_voice(order.voice_param):
        named = resolve_among(caller, engines=speaking, asked=order.voice, dialect=order.dialect_voices)
    voice = named.voice
    if voice.weights and converter.spec.takes_recordings:
        message = f"The model {converter.id!r} converts to the voice of one recording, not to a mix."
        raise InvalidRequestError(message, code="mix_not_supported", param=order.voice_param)
    if voice.conditioning is not None and not voice.weights and order.own_share < 1.0 and not converter.spec.takes_recordings:
        voice = replace(voice, weights=(VoiceWeight(REGISTER_VOICES.get(voice.gender, REGISTER_VOICES["neutral"]), 1.0 - order.own_share),))
    return voice, find_model(named.engine.id, plan=caller.plan), list(named.warnings)


def _find_recogniser(plan: Plan) -> EngineRow | None:
    """Recogniser that times words: the plan's models first, then the default one."""
    timing = [engine for engine in list_models() if engine.kind == "stt" and engine.was_seen_lately and engine.spec.has_word_timings]

    def rank(engine: EngineRow) -> tuple[bool, bool, str]:
        return not plan.includes_model(engine.id), engine.id != DEFAULT_RECOGNISER, engine.id

    best = min(timing, key=rank, default=None)
    return None if best is None else find_model(best.id, plan=plan, kind="stt")


def _find_obstacle(converter: EngineRow, *, voice: VoiceRef, language: str, recogniser: EngineRow | None) -> str:
    """Reason why the model cannot do the conversion, one sentence; empty if it can."""
    spec = converter.spec
    if spec.converts_to and voice.engine not in spec.converts_to:
        return f"{converter.id} converts to voices of {', '.join(spec.converts_to)}, and {voice.id!a} is one of {voice.engine}."
    if spec.languages and recogniser is None:
        return f"{converter.id} needs a model that times words, such as {DEFAULT_RECOGNISER}, and none is available."
    if spec.languages and language and language not in spec.languages:
        return f"{converter.id} does not convert the language {language!a}, only {', '.join(spec.languages)}."
    return ""
