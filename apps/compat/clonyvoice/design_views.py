"""Views of voices that are described in words."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.callers import get_caller
from apps.catalog.limits import FASTEST_SPEED, SLOWEST_SPEED
from apps.compat.clonyvoice.generation_serializers import DesignedSpeechSerializer, DesignSpeechSerializer, KeptVoiceSerializer
from apps.compat.clonyvoice.generation_views import PARAMETERS, GeneratingView, speak
from apps.core.fields import validated
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.voice_design.serializers import DesignedVoiceSerializer, design_shape
from apps.voice_design.services import MODEL, design_voice, language_of_text
from apps.voice_design.views import DesignedVoiceView

DESIGN = DesignSpeechSerializer()


class DesignSpeechView(GeneratingView):
    """Speech in a described voice."""

    @extend_schema(
        operation_id="clonyvoice_generate_design",
        tags=["clonyvoice"],
        summary="Speak in a voice described in words",
        parameters=PARAMETERS,
        request=DesignSpeechSerializer,
        responses={200: DesignedSpeechSerializer, 202: DesignedSpeechSerializer},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Speak a text in the mix of built-in voices that fits the description best. The same description gives the same voice. `design` tells
        which words were understood; `voice_id` is the mix, which every request takes.
        """
        body, caller = validated(DESIGN, request.data), get_caller(request)
        design = design_voice(caller, body["description"], language=body["language"], variant=body["variant"])
        speed = max(SLOWEST_SPEED, min(body["speed"] * design.pace, FASTEST_SPEED))
        spoken = {**body, "speed": speed, "language": body["language"] or language_of_text(caller, body["text"], design=design)}
        return speak(
            request,
            spoken,
            model=MODEL,
            endpoint="clonyvoice-design",
            voice=design.voice,
            added={"design": design_shape(design, model=MODEL)},
        )


class DesignCreateView(DesignedVoiceView):
    """Keep a described voice."""

    @extend_schema(
        operation_id="clonyvoice_design_create",
        tags=["clonyvoice"],
        summary="Keep a voice made from a description",
        parameters=[IDEMPOTENCY_HEADER],
        request=DesignedVoiceSerializer,
        responses=KeptVoiceSerializer,
    )
    def post(self, request: Request) -> Response:
        """Keep the voice of a description as a voice of the account, for /api/generate/clone and everything else that takes one."""
        kept: dict[str, Any] = super().post(request).data
        shape = {"id": kept["voice_id"], "generation_id": kept["uuid"], "preview_url": kept["url"]}
        return Response(shape | {name: kept[name] for name in ("name", "status", "design")})
