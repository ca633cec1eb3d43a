"""Views of /v1/voices and /v2/voices."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.elevenlabs import voice_serializers as shapes
from apps.compat.elevenlabs.catalogue_shapes import DEFAULT_SETTINGS, settings_shape
from apps.compat.elevenlabs.speech_serializers import VoiceSettingsSerializer
from apps.compat.elevenlabs.voice_lists import find_page, get_shape, list_shapes
from apps.core.fields import validated
from apps.core.links import public_base
from apps.voice_profiles.selectors import find_profile
from apps.voice_profiles.services import change_profile
from apps.voices.selectors import get_own_voice
from apps.voices.services.removal import remove_voice

SETTINGS = VoiceSettingsSerializer()
OK = {"status": "ok"}
TEXT_FILTERS = ("search", "category", "voice_type", "gender", "age", "language", "accent", "sort", "sort_direction", "next_page_token")


class VoiceListView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(operation_id="elevenlabs_voices", tags=["elevenlabs"], summary="List voices", responses=shapes.VoiceListSerializer)
    def get(self, request: Request) -> Response:
        """All voices: the account's own, ElevenLabs' premade ones that one of ours speaks for, and our built-in ones."""
        return Response({"voices": list_shapes(get_caller(request), base=public_base(request))})


class VoiceSearchView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="elevenlabs_voices_search",
        tags=["elevenlabs"],
        summary="Search voices",
        parameters=[
            *(OpenApiParameter(name, str) for name in TEXT_FILTERS),
            OpenApiParameter("voice_ids", str, many=True),
            OpenApiParameter("page_size", int, description="10 unless given, at most 100."),
        ],
        responses=shapes.VoicePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of the voices that match all conditions."""
        voices = list_shapes(get_caller(request), base=public_base(request))
        return Response(find_page(voices, asked=request.query_params))


class VoiceView(APIView):
    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("voices:read" if self.request.method == "GET" else "voices:write")()]

    @extend_schema(operation_id="elevenlabs_voice", tags=["elevenlabs"], summary="One voice", responses=shapes.VoiceShapeSerializer)
    def get(self, request: Request, voice_id: str) -> Response:
        """One voice with its settings; an own one with its recordings."""
        return Response(get_shape(get_caller(request), voice_id=voice_id, base=public_base(request)))

    @extend_schema(
        operation_id="elevenlabs_voice_delete", tags=["elevenlabs"], summary="Delete a voice", responses=shapes.ElevenLabsStatusSerializer
    )
    def delete(self, request: Request, voice_id: str) -> Response:
        """Delete a voice of the account with its recordings."""
        remove_voice(get_own_voice(get_caller(request), voice_id=voice_id))
        return Response(OK)


class DefaultSettingsView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="elevenlabs_default_settings", tags=["elevenlabs"], summary="Default voice settings", responses=VoiceSettingsSerializer
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Settings of voices that have none of their own."""
        return Response(DEFAULT_SETTINGS)


class VoiceSettingsView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(operation_id="elevenlabs_settings", tags=["elevenlabs"], summary="Voice settings", responses=VoiceSettingsSerializer)
    def get(self, request: Request, voice_id: str) -> Response:
        """The account's settings of a voice, built-in or its own."""
        caller = get_caller(request)
        get_shape(caller, voice_id=voice_id, base="")
        return Response(settings_shape(find_profile(caller.required_account, voice_id=voice_id)))


class VoiceSettingsEditView(APIView):
    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="elevenlabs_settings_edit",
        tags=["elevenlabs"],
        summary="Change voice settings",
        request=VoiceSettingsSerializer,
        responses={200: shapes.ElevenLabsStatusSerializer, 404: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Change the account's settings of a voice. Later speech with it follows `speed`; the other settings are kept and change nothing."""
        caller = get_caller(request)
        get_shape(caller, voice_id=voice_id, base="")
        body = validated(SETTINGS, request.data)
        change_profile(
            caller.required_account, voice_id=voice_id, settings={key: value for key, value in body.items() if value is not None}
        )
        return Response(OK)
