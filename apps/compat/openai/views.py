"""View of POST /v1/audio/speech."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import AnyCaller, scope_required
from apps.cache.tickets import CacheUse
from apps.compat.openai.names import VOICES
from apps.compat.openai.serializers import FORMATS as OFFERED
from apps.compat.openai.serializers import OpenAISpeechSerializer
from apps.compat.openai.speech_events import speech_events
from apps.core.fields import validated
from apps.jobs.models import Job
from apps.jobs.requests import (
    CACHE_HEADER,
    IDEMPOTENCY_HEADER,
    cache_use,
    idempotency_of,
    in_flight_dedup_key_of,
    queued_shape,
    request_id_of,
)
from apps.jobs.waiting import ASYNC, prefers_async
from apps.speech.audio_response import job_headers
from apps.speech.serializers import QueuedSpeechSerializer
from apps.speech.services import SpeechOrder, request_speech
from apps.speech.streams import stream_audio
from apps.streaming.answers import AudioForm, StreamedAnswer
from workers.contract.formats import FORMATS

SHAPE = OpenAISpeechSerializer()
SPOKEN = OpenApiResponse(OpenApiTypes.BINARY, description="The audio, in the format asked for.")


def _order(body: dict[str, Any], *, has_listener: bool, cache: CacheUse) -> SpeechOrder:
    return SpeechOrder(
        text=body["input"],
        text_param="input",
        model=body["model"],
        voice=body.get("voice"),
        dialect_voices=VOICES,
        format=body["response_format"],
        speed=body["speed"],
        language=body.get("language"),
        instructions=body.get("instructions"),
        has_listener=has_listener,
        is_streamed=has_listener,
        cache=cache,
    )


class OpenAISpeechView(APIView):
    """Text in, audio out."""

    permission_classes = [AnyCaller, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="openai_speech",
        tags=["openai"],
        summary="Text to speech, answered with the audio",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER, ASYNC],
        request=OpenAISpeechSerializer,
        responses={
            **{(200, FORMATS[name].content_type): SPOKEN for name in OFFERED},
            (200, "application/json"): OpenApiResponse(QueuedSpeechSerializer, description="With `async=true` or `Prefer: respond-async`."),
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR, description="With `stream_format: sse`: `speech.audio.delta` with base64 audio, then `speech.audio.done`."
            ),
            504: OpenApiResponse(OpenApiTypes.OBJECT, description="No audio in time; the job continues, its `uuid` stands beside `error`."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """OpenAI's endpoint. The audio is sent while it is made, as the body or as events; if the client disconnects, the job is cancelled
        and what was sent is charged. Free models need no key. `X-Model-Used` names the installed model that speaks, `X-Warning` lists
        settings that are not followed.
        """
        body = validated(SHAPE, request.data)
        order = _order(body, has_listener=not prefers_async(request), cache=cache_use(request))
        named = idempotency_of(request, endpoint="openai-speech")
        idempotency = named or in_flight_dedup_key_of(request, endpoint="openai-speech", is_waiting=order.has_listener)
        submission = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request))
        if not order.has_listener:
            return Response(queued_shape(submission))
        return _stream(submission.job, body=body, is_kept=named is not None)


def _stream(job: Job, *, body: dict[str, Any], is_kept: bool) -> HttpResponseBase:
    form = AudioForm(body["response_format"])
    if body["stream_format"] == "sse":
        return StreamedAnswer(job.uuid, is_kept=is_kept, headers=job_headers(job)).events(speech_events(job, form=form))
    return stream_audio(job, form=form, is_kept=is_kept)
