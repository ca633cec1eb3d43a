"""Serializers of models and voices, compatible with TTS.ai's and OpenAI's clients."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.billing import prices
from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.limits import STREAMS_SPEECH, longest_text, speed_range
from apps.catalog.selectors import can_clone, is_model_allowed, list_plans, list_stand_ins
from apps.catalog.voices import default_voice
from apps.core.links import public_base
from workers.contract.tags import primary_tag

OWNER = "ttsai"
"""Value of `owned_by`, which OpenAI's clients read."""
PREMIUM = "premium"


@extend_schema_serializer(component_name="ModelAccess")
class ModelAccessSerializer(serializers.Serializer[Any]):
    """Terms on which a plan includes a model."""

    plan = serializers.CharField(help_text="`anonymous` for callers without a key.")
    needs_key = serializers.BooleanField()
    credits_per_1k_chars = serializers.FloatField(help_text="0 for callers without a key, who have characters_per_day instead.")
    credits_per_minute = serializers.FloatField(help_text="Price of a minute of audio, for speech-to-text models.")
    max_characters = serializers.IntegerField(help_text="Maximum characters of one request.")
    characters_per_day = serializers.IntegerField(allow_null=True, help_text="null: limited by the credits alone.")


@extend_schema_serializer(component_name="Model")
class ModelSerializer(serializers.Serializer[Any]):
    """A model that can be requested."""

    id = serializers.CharField()
    object = serializers.CharField(help_text="Always `model`.")
    created = serializers.IntegerField(help_text="Unix seconds.")
    owned_by = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField(help_text="tts, stt, …")
    tier = serializers.CharField(help_text="free, standard, premium")
    description = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    supports_cloning = serializers.BooleanField()
    supports_streaming = serializers.BooleanField(help_text="Audio is sent while it is being made.")
    supports_word_timings = serializers.BooleanField()
    credits_per_1k_chars = serializers.FloatField(help_text="Price with a key; `access` lists the other prices.")
    credits_per_1k = serializers.FloatField(help_text="The same.")
    credits_per_minute = serializers.FloatField(help_text="Price of a minute of audio, for speech-to-text models.")
    max_characters = serializers.IntegerField(help_text="Maximum characters for the caller; `access` lists it for every plan.")
    minimum_speed = serializers.FloatField(help_text="Of POST /v1/tts/.")
    maximum_speed = serializers.FloatField(help_text="Of POST /v1/tts/.")
    sample_rate = serializers.IntegerField(help_text="Hz")
    default_voice = serializers.CharField(allow_null=True)
    voice_count = serializers.IntegerField()
    version = serializers.CharField()
    licence = serializers.CharField()
    available = serializers.BooleanField(help_text="True if a worker serves the model now.")
    served_by = serializers.CharField(allow_null=True, help_text="Id of the stand-in, for a documented model that is not installed.")
    stands_in_for = serializers.ListField(child=serializers.CharField(), help_text="Documented models that this one serves.")
    access = ModelAccessSerializer(
        many=True, help_text="Plans that include the model. The first entry may be that of callers without a key."
    )


class ModelListSerializer(serializers.Serializer[Any]):
    """The same list under both names."""

    object = serializers.CharField(help_text="Always `list`.")
    models = ModelSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """Add `data` here, since it is an attribute of every serializer."""
        return {**super().get_fields(), "data": ModelSerializer(many=True)}


@extend_schema_serializer(component_name="Voice")
class VoiceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    voice_id = serializers.CharField(help_text="The same as `id`.")
    name = serializers.CharField()
    model = serializers.CharField()
    model_name = serializers.CharField(help_text="The same as `model`.")
    language = serializers.CharField()
    gender = serializers.CharField(help_text="male, female, neutral")
    description = serializers.CharField()
    tags = serializers.CharField(help_text="The language with its region, and others; separated by commas.")
    is_premium = serializers.BooleanField()
    preview_url = serializers.CharField(help_text="Audio of this voice; needs no key.")


def model_shapes(engines: Iterable[EngineRow], *, plan: Plan) -> list[dict[str, Any]]:
    """Models, and documented models with a stand-in, for a caller with this plan."""
    served: dict[str, list[str]] = defaultdict(list)
    for row in list_stand_ins(plan):
        served[row.id].append(row.requested_id)
    return [_model_shape(engine, plan=plan, stands_in_for=[] if engine.stand_in else served[engine.id]) for engine in engines]


def _model_shape(engine: EngineRow, *, plan: Plan, stands_in_for: list[str]) -> dict[str, Any]:
    price = _price_per_1k(engine)
    minimum_speed, maximum_speed = speed_range(engine)
    stand_in = engine.stand_in
    return {
        "id": engine.requested_id,
        "object": "model",
        "created": int((stand_in.created_at if stand_in else engine.first_announced_at).timestamp()),
        "owned_by": OWNER,
        "name": stand_in.name if stand_in else engine.name,
        "type": engine.kind,
        "tier": stand_in.tier if stand_in and stand_in.tier else engine.tier,
        "description": _description(engine),
        "languages": list(engine.spec.languages),
        "supports_cloning": can_clone(engine),
        "supports_streaming": STREAMS_SPEECH and engine.spec.has_streaming,
        "supports_word_timings": engine.spec.has_word_timings,
        "credits_per_1k_chars": price,
        "credits_per_1k": price,
        "credits_per_minute": prices.credits(engine.millicredits_per_minute),
        "max_characters": longest_text(plan, engine),
        "minimum_speed": minimum_speed,
        "maximum_speed": maximum_speed,
        "sample_rate": engine.spec.sample_rate,
        "default_voice": default_voice(engine).id if engine.spoken_voices else None,
        "voice_count": len(engine.spoken_voices),
        "version": engine.version,
        "licence": engine.spec.licence,
        "available": engine.is_available,
        "served_by": engine.id if stand_in else None,
        "stands_in_for": stands_in_for,
        "access": [_access_shape(engine, plan=one) for one in list_plans() if _has_access(engine, plan=one)],
    }


def _price_per_1k(engine: EngineRow) -> int | float:
    return prices.credits(engine.millicredits_per_1k) if engine.kind == "tts" else 0


def _description(engine: EngineRow) -> str:
    if engine.stand_in is None:
        return engine.spec.description
    if engine.stand_in.is_alias:
        return f"Another name for {engine.id}"
    return f"Not installed here: {engine.id} stands in for it. {engine.stand_in.note}".rstrip()


def _has_access(engine: EngineRow, *, plan: Plan) -> bool:
    """True if the plan may use the model; anonymous callers have text to speech only."""
    return is_model_allowed(plan, engine) and (engine.kind == "tts" or plan.slug != ANONYMOUS_PLAN)


def _access_shape(engine: EngineRow, *, plan: Plan) -> dict[str, Any]:
    needs_key = plan.slug != ANONYMOUS_PLAN
    return {
        "plan": plan.slug,
        "needs_key": needs_key,
        "credits_per_1k_chars": _price_per_1k(engine) if needs_key else 0,
        "credits_per_minute": prices.credits(engine.millicredits_per_minute),
        "max_characters": longest_text(plan, engine),
        "characters_per_day": None if needs_key else plan.characters_per_day,
    }


def voice_shape(request: Any, voice: VoiceRow, *, tier: str) -> dict[str, Any]:
    return {
        "id": voice.id,
        "voice_id": voice.id,
        "name": voice.name,
        "model": voice.engine_id,
        "model_name": voice.engine_id,
        "language": primary_tag(voice.language),
        "gender": voice.gender,
        "description": voice.description,
        "tags": ", ".join((voice.language, *voice.tags)),
        "is_premium": tier == PREMIUM,
        "preview_url": f"{public_base(request)}/v1/voices/{voice.engine_id}/{voice.id}/preview/",
    }
