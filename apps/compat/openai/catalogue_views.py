"""Views of GET /v1/audio/models and /v1/audio/voices, which fill the menus of Open WebUI and other clients of OpenAI-compatible servers."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import AnyCaller, scope_required
from apps.catalog.selectors import get_model, list_models, list_stand_ins, list_voices
from apps.catalog.starting_stand_ins import OPENAI_VOICES
from apps.voices.selectors import VoiceFilter, list_own_voices
from workers.contract.tags import primary_tag


class AudioModelSerializer(serializers.Serializer[Any]):
    """Speech model."""

    id = serializers.CharField()
    name = serializers.CharField()


class AudioModelListSerializer(serializers.Serializer[Any]):
    """Response of GET /v1/audio/models."""

    models = AudioModelSerializer(many=True)


class AudioVoiceSerializer(serializers.Serializer[Any]):
    """Voice for POST /v1/audio/speech."""

    id = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField(help_text="Empty for OpenAI's names.")


class AudioVoiceListSerializer(serializers.Serializer[Any]):
    """Response of GET /v1/audio/voices."""

    voices = AudioVoiceSerializer(many=True)


class AudioModelListView(APIView):
    """List models for POST /v1/audio/speech."""

    permission_classes = [AnyCaller, scope_required("voices:read")]

    @extend_schema(operation_id="openai_audio_models", tags=["openai"], responses=AudioModelListSerializer, summary="Models that speak")
    def get(self, request: Request) -> Response:
        """List every speech model by its id and by OpenAI's names."""
        engines = [*list_models(), *list_stand_ins(get_caller(request).plan)]
        shown = [(one.requested_id, one.stand_in.name if one.stand_in else one.name) for one in engines if one.kind == "tts"]
        return Response({"models": [{"id": model_id, "name": name} for model_id, name in shown]})


class AudioVoiceListView(APIView):
    """List voices for POST /v1/audio/speech."""

    permission_classes = [AnyCaller, scope_required("voices:read")]

    @extend_schema(
        operation_id="openai_audio_voices",
        tags=["openai"],
        summary="Voices by OpenAI's and their own names",
        parameters=[OpenApiParameter("model", str, description="Only voices that this model takes.")],
        responses=AudioVoiceListSerializer,
    )
    def get(self, request: Request) -> Response:
        """List OpenAI's names, which every model accepts, the account's own voices, and the voices of the models. `tts-1` accepts all of them."""
        caller = get_caller(request)
        plan, model = caller.plan, request.query_params.get("model", "")
        # An alias speaks with whichever model has the voice.
        engine = get_model(model, plan=plan) if model else None
        is_alias = engine is not None and engine.stand_in is not None and engine.stand_in.is_alias
        voices = {name: {"id": name, "name": name.title(), "language": ""} for name in OPENAI_VOICES}
        for own in list_own_voices(caller, wanted=VoiceFilter(engine=None if is_alias else engine)):
            language = primary_tag(own.enrolment.language)
            voices[own.voice_id] = {"id": own.voice_id, "name": f"{own.name} ({own.enrolment.engine_id})", "language": language}
        for voice in list_voices(plan=plan, model="" if is_alias else model):
            shown = {"id": voice.id, "name": f"{voice.name} ({voice.engine_id})", "language": primary_tag(voice.language)}
            voices.setdefault(voice.id, shown)
        return Response({"voices": list(voices.values())})
