"""Shapes of models and voices, for clients of TTS.ai and of OpenAI in one."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.billing import prices
from apps.catalog.selectors import EngineRow, VoiceRow
from apps.core.links import public_base

OWNER = "ttsai"
"""What OpenAI's clients read as `owned_by`."""
PREMIUM = "premium"


@extend_schema_serializer(component_name="Model")
class ModelSerializer(serializers.Serializer[Any]):
    """A model that can be asked for."""

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
    supports_streaming = serializers.BooleanField()
    supports_word_timings = serializers.BooleanField()
    credits_per_1k_chars = serializers.FloatField()
    credits_per_1k = serializers.FloatField()
    credits_per_minute = serializers.FloatField(help_text="Of audio, for models that listen.")
    max_characters = serializers.IntegerField()
    minimum_speed = serializers.FloatField()
    maximum_speed = serializers.FloatField()
    sample_rate = serializers.IntegerField(help_text="Hz")
    default_voice = serializers.CharField(allow_null=True)
    voice_count = serializers.IntegerField()
    version = serializers.CharField()
    licence = serializers.CharField()
    available = serializers.BooleanField(help_text="Whether a worker serves it at this moment.")


class ModelListSerializer(serializers.Serializer[Any]):
    """The same list under both names."""

    object = serializers.CharField(help_text="Always `list`.")
    models = ModelSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`data` is an attribute of every serializer."""
        return {**super().get_fields(), "data": ModelSerializer(many=True)}


@extend_schema_serializer(component_name="Voice")
class VoiceSerializer(serializers.Serializer[Any]):
    """A built-in voice of a model."""

    id = serializers.CharField()
    voice_id = serializers.CharField(help_text="The same as `id`.")
    name = serializers.CharField()
    model = serializers.CharField()
    model_name = serializers.CharField(help_text="The same as `model`.")
    language = serializers.CharField()
    gender = serializers.CharField(help_text="male, female, neutral")
    description = serializers.CharField()
    tags = serializers.CharField(help_text="Separated by commas.")
    is_premium = serializers.BooleanField()
    preview_url = serializers.CharField(help_text="Audio of this voice; needs no key.")


class VoiceListSerializer(serializers.Serializer[Any]):
    """Voices that match."""

    voices = VoiceSerializer(many=True)
    total = serializers.IntegerField()


def model_shape(engine: EngineRow) -> dict[str, Any]:
    """A model as answers show it."""
    price = prices.credits(engine.millicredits_per_1k) if engine.kind == "tts" else 0
    return {
        "id": engine.id,
        "object": "model",
        "created": int(engine.first_announced_at.timestamp()),
        "owned_by": OWNER,
        "name": engine.name,
        "type": engine.kind,
        "tier": engine.tier,
        "description": engine.spec.description,
        "languages": list(engine.spec.languages),
        "supports_cloning": engine.spec.has_cloning,
        "supports_streaming": engine.spec.has_streaming,
        "supports_word_timings": engine.spec.has_word_timings,
        "credits_per_1k_chars": price,
        "credits_per_1k": price,
        "credits_per_minute": prices.credits(engine.millicredits_per_minute),
        "max_characters": engine.spec.max_characters,
        "minimum_speed": engine.spec.minimum_speed,
        "maximum_speed": engine.spec.maximum_speed,
        "sample_rate": engine.spec.sample_rate,
        "default_voice": next(iter(engine.voices), None),
        "voice_count": len(engine.voices),
        "version": engine.version,
        "licence": engine.spec.licence,
        "available": engine.is_available,
    }


def voice_shape(request: Any, voice: VoiceRow, *, tier: str) -> dict[str, Any]:
    """A voice as answers show it."""
    return {
        "id": voice.id,
        "voice_id": voice.id,
        "name": voice.name,
        "model": voice.engine_id,
        "model_name": voice.engine_id,
        "language": voice.language,
        "gender": voice.gender,
        "description": voice.description,
        "tags": ", ".join(voice.tags),
        "is_premium": tier == PREMIUM,
        "preview_url": f"{public_base(request)}/v1/voices/{voice.engine_id}/{voice.id}/preview/",
    }
