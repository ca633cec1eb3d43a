"""Views of POST /v1/voice-convert/ and POST /v1/speech-to-speech/."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import open_to_visitors, scope_required
from apps.conversion.choice import choose_models
from apps.conversion.kinds import SPEECH_TO_SPEECH, VOICE_CONVERSION
from apps.conversion.orders import ConversionOrder
from apps.conversion.serializers import SpeechToSpeechRequestSerializer, VoiceConversionRequestSerializer
from apps.conversion.services import LIMITS, request_conversion
from apps.conversion.shapes import language_warnings
from apps.core.deferred import ASGIApp, Exchange
from apps.core.fields import validated
from apps.core.parsing import JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import recording_idempotency, recording_response
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import ASYNC, prefers_async
from apps.speech.audio_response import audio_response
from apps.uploads.admission import FORM_BYTES, form_gate
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source
from workers.contract.conversion import Delivery

CONVERT_SHAPE = VoiceConversionRequestSerializer()
SPEECH_SHAPE = SpeechToSpeechRequestSerializer()
CHANGED, PERFORMED = open_to_visitors(VOICE_CONVERSION.name), open_to_visitors(SPEECH_TO_SPEECH.name)
AUDIO = {(200, "audio/wav"): OpenApiTypes.BINARY}


class ConversionView(APIView):
    """Base view: a recording in, the same performance in another voice out."""

    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES

    def convert(self, request: Request, body: Mapping[str, Any], *, order: ConversionOrder) -> HttpResponseBase:
        """Refuse invalid requests, ingest the recording, queue the job, and wait unless the request is asynchronous."""
        caller = get_caller(request)
        choose_models(caller, order=order)

        def submit(source: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint=order.kind.name, body=body, source=source)
            return request_conversion(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        def answer(job: Job, exchange: Exchange) -> HttpResponseBase | ASGIApp:
            return audio_response(job, exchange, warnings=language_warnings(job))

        return recording_response(
            request,
            body,
            limits=LIMITS,
            submit=submit,
            answer=answer,
            is_awaited=order.is_awaited,
        )


class VoiceConversionView(ConversionView):
    permission_classes = [CHANGED, scope_required("voice:convert")]
    admit_body = staticmethod(form_gate(CHANGED))

    @extend_schema(
        operation_id="voice_convert",
        tags=["conversion"],
        summary="Voice conversion",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": VoiceConversionRequestSerializer, "application/json": VoiceConversionRequestSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Answer with the recording in the target voice: words, timing and intonation stay. Waits for at most 290 seconds; then answers 504
        with the uuid, and `/v1/speech/results/` returns it later. Headers: `X-Job-Id`, `X-Model-Used`, `X-Credits-Used`, `X-Warning`.
        """
        body = validated(CONVERT_SHAPE, request.data)
        return self.convert(
            request,
            body,
            order=ConversionOrder(
                kind=VOICE_CONVERSION,
                voice=body["target_voice"],
                voice_param="target_voice",
                is_awaited=not prefers_async(request),
                **_options(body),
            ),
        )


class SpeechToSpeechView(ConversionView):
    permission_classes = [PERFORMED, scope_required("voice:convert")]
    admit_body = staticmethod(form_gate(PERFORMED))

    @extend_schema(
        operation_id="speech_to_speech",
        tags=["conversion"],
        summary="Speech to speech",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": SpeechToSpeechRequestSerializer, "application/json": SpeechToSpeechRequestSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Answer with the words of the recording in another voice, with another delivery: emotion and speed. Waits and answers as
        `/v1/voice-convert/`.
        """
        body = validated(SPEECH_SHAPE, request.data)
        return self.convert(
            request,
            body,
            order=ConversionOrder(
                kind=SPEECH_TO_SPEECH,
                voice=body["voice"],
                voice_param="voice",
                delivery=Delivery(body["emotion"], body["speed"]),
                is_awaited=not prefers_async(request),
                **_options(body),
            ),
        )


def _options(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("model", "language", "format", "webhook_url")}
