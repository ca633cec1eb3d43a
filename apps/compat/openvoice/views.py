"""Views of /api/health, /api/info and /api/clone."""

from typing import Final

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.openvoice import serializers as shapes
from apps.compat.openvoice.conversion import SAMPLE_RATE, ToneOrder, convert_tone
from apps.conversion.services import LIMITS as SOURCE_LIMITS
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.fields import validated
from apps.jobs.requests import request_id_of
from apps.uploads.inline import read_inline_file
from apps.uploads.services import hold_files, order_source
from apps.voices.recordings import LIMITS
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.requests import CloneOrder, check_order

CLONE = shapes.OpenVoiceCloneRequestSerializer()
BODY_BYTES: Final = 68_500_000
HEALTH: Final = {"status": "ok", "message": "OpenVoice API is running", "sample_rate": SAMPLE_RATE}
INFO: Final = {
    "model": "OpenVoice Tone Clone",
    "version": "v2",
    "sample_rate": SAMPLE_RATE,
    "target_length": 1024,
    "tone_dimension": 256,
    "supported_formats": ["wav", "mp3", "flac", "ogg"],
}


class HealthView(APIView):
    """Tell that the API answers."""

    permission_classes = [HasAccount]

    @extend_schema(
        operation_id="openvoice_health", tags=["openvoice"], summary="The API answers", responses=shapes.OpenVoiceHealthSerializer
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer that the API runs, and its sample rate."""
        return Response(HEALTH)


class InfoView(APIView):
    """Describe the model."""

    permission_classes = [HasAccount]

    @extend_schema(
        operation_id="openvoice_info", tags=["openvoice"], summary="Facts about the model", responses=shapes.OpenVoiceInfoSerializer
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer OpenVoice's facts, as its clients expect them."""
        return Response(INFO)


class CloneView(APIView):
    """Convert a recording to the voice of another one."""

    waits_for_job = True
    charges_credits = True
    permission_classes = [HasAccount, scope_required("voice:convert")]
    max_body_bytes = BODY_BYTES

    @extend_schema(
        operation_id="openvoice_clone",
        tags=["openvoice"],
        summary="Convert speech to the voice of a recording",
        request=shapes.OpenVoiceCloneRequestSerializer,
        responses=shapes.OpenVoiceClonedSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Answer with the speech of `source_audio` in the voice of `target_audio`: words, timing and intonation stay. Charged as
        `/v1/voice-convert/`.
        """
        caller, body, request_id = get_caller(request), validated(CLONE, request.data), request_id_of(request)
        statement = body.get("consent")
        consent = ConsentStatement(statement, body.get("consent_by", "")) if statement else None
        enrolment = CloneOrder(consent=consent, is_awaited=True)
        check_order(caller, order=enrolment, recordings=1)
        source_file = read_inline_file(body["source_audio"], param="source_audio")
        target_file = read_inline_file(body["target_audio"], param="target_audio")
        (source,) = hold_files(caller, files=[source_file], limits=SOURCE_LIMITS, param="source_audio")
        with source.spool.closed_on_error():
            target = order_source(caller, file=target_file, file_url=None, upload_id=None, limits=LIMITS, param="target_audio")
        order = ToneOrder(target, source, body["tau"], enrolment)

        async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
            return await convert_tone(exchange, caller, order=order, request_id=request_id)

        return Deferred(resolve)
