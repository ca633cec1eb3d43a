"""Views of POST /v1/tts/, POST /v1/tts/stream/ and GET /v1/speech/results/."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import AnyCaller, scope_required
from apps.accounts.throttles import PollLimit
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.parsing import JSONBodyParser
from apps.jobs.requests import (
    CACHE_HEADER,
    IDEMPOTENCY_HEADER,
    cache_use,
    idempotency_of,
    in_flight_dedup_key_of,
    queued_shape,
    request_id_of,
)
from apps.jobs.services.acceptance import Submission
from apps.speech.audio_response import job_headers
from apps.speech.kinds import has_timestamps
from apps.speech.orders import order_of
from apps.speech.results import document_of, result_shape
from apps.speech.selectors import get_speech_job
from apps.speech.serializers import (
    QueuedSpeechSerializer,
    SpeechFormSerializer,
    SpeechRequestSerializer,
    SpeechResultSerializer,
    SpeechStreamSerializer,
)
from apps.speech.services import SpeechOrder, request_speech
from apps.speech.streams import speech_events, stream_audio
from apps.speech.text_files import SpeechAnswer, has_file, speak_file
from apps.streaming.answers import AudioForm, StreamedAnswer
from apps.uploads.parsers import FormParser
from workers.contract.formats import FORMATS

SHAPE, FORM, STREAM = SpeechRequestSerializer(), SpeechFormSerializer(), SpeechStreamSerializer()
STREAMED = OpenApiResponse(OpenApiTypes.BINARY, description="With `stream`: the audio, in the requested format.")


class SpeechView(APIView):
    """Queue a text."""

    permission_classes = [AnyCaller, scope_required("tts:generate")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="tts",
        tags=["speech"],
        summary="Text to speech",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER],
        request={"application/json": SpeechRequestSerializer, "multipart/form-data": SpeechFormSerializer},
        responses={
            200: QueuedSpeechSerializer,
            **{(200, entry.content_type): STREAMED for entry in FORMATS.values()},
            504: OpenApiResponse(
                OpenApiTypes.OBJECT, description="With `stream`: no audio in time; the job continues, its `uuid` is stated."
            ),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Queue the text and answer at once: poll `/v1/speech/results/` with the uuid. With `stream` the response is the audio itself,
        which begins with the first sentence and follows the synthesis; the job is cancelled when the client disconnects. Free models need
        no key. An identical request of the same key joins the job while it runs: one job, one charge. The text may be a file: in a form, or
        uploaded in advance.
        """
        body = validated(FORM if isinstance(request.data, QueryDict) else SHAPE, request.data)
        order = order_of(body, cache=cache_use(request))

        def answer(submission: Submission, *, is_kept: bool) -> HttpResponseBase:
            if order.is_streamed:
                return stream_audio(submission.job, form=form_of(order), is_kept=is_kept)
            return JsonResponse(queued_shape(submission))

        return _speak(request, body, order=order, endpoint="tts", answer=answer)


class SpeechStreamView(APIView):
    """Speak a text as events."""

    permission_classes = [AnyCaller, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="tts_stream",
        tags=["speech"],
        summary="Text to speech as events",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER],
        request=SpeechStreamSerializer,
        responses={
            (200, "text/event-stream"): OpenApiResponse(str, description="`audio` events, then `done`, or `error` where it breaks off."),
            504: OpenApiResponse(OpenApiTypes.OBJECT, description="No audio in time; the job continues, its `uuid` stands beside `error`."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Server-sent events: `audio` for each sentence as it is made, with `index`, `audio` (base64; all of them make one file), `format`,
        `sample_rate` and `words` with their times; then `done` with `uuid`, `duration`, `credits_used` and the `url` of the file. The job is
        cancelled when the client disconnects, and what was sent is charged.
        """
        body = validated(STREAM, request.data)
        order = replace(order_of(body, cache=cache_use(request)), is_streamed=True)
        events = speech_events(_stream_form(body, order=order), base=public_base(request))

        def answer(submission: Submission, *, is_kept: bool) -> HttpResponseBase:
            return StreamedAnswer(submission.job.uuid, is_kept=is_kept, headers=job_headers(submission.job)).events(events)

        return _speak(request, body, order=order, endpoint="tts-stream", answer=answer)


class SpeechResultView(APIView):
    """State and result of a job."""

    permission_classes = [AnyCaller]
    throttle_classes = [PollLimit]

    @extend_schema(
        operation_id="speech_results",
        tags=["speech"],
        summary="Poll a job",
        parameters=[
            OpenApiParameter("uuid", str, required=True, description="As POST /v1/tts/ gave it; dashes are optional."),
            OpenApiParameter("timestamps", str, enum=["words"], description="Adds word timings to a completed job."),
        ],
        responses=SpeechResultSerializer,
    )
    def get(self, request: Request) -> Response:
        """Open to everybody with the uuid, with or without a key. Poll every second or two; polls do not count against the request limit."""
        job = get_speech_job(request.query_params.get("uuid", ""))
        wanted = request.query_params.get("timestamps") or ("words" if has_timestamps(job) else "")
        if wanted not in {"", "words", "word", "none"}:
            raise InvalidRequestError("timestamps accepts only `words`.", param="timestamps")
        shape = result_shape(job, base=public_base(request), has_words=wanted.startswith("word"))
        return Response(shape | document_of(job), headers={"Cache-Control": "no-store"})


def form_of(order: SpeechOrder) -> AudioForm:
    """Form in which the order's listener gets the audio."""
    return AudioForm(order.format, sample_rate=order.sample_rate, bitrate=order.bitrate)


def _stream_form(body: Mapping[str, Any], *, order: SpeechOrder) -> AudioForm:
    """Form of the `audio` events. A bitrate is that of the file if their formats differ."""
    if body.get("stream_format") in {None, order.format}:
        return form_of(order)
    return AudioForm(body["stream_format"], sample_rate=order.sample_rate)


def _speak(request: Request, body: Mapping[str, Any], *, order: SpeechOrder, endpoint: str, answer: SpeechAnswer) -> HttpResponseBase:
    """Accept the order, whose text may be a file, and answer. Its job continues after a disconnect if the request has a key under which it can
    be repeated.
    """
    if has_file(body):
        return speak_file(request, body, order=order, endpoint=endpoint, answer=answer)
    named = idempotency_of(request, endpoint=endpoint)
    idempotency = named or in_flight_dedup_key_of(request, endpoint=endpoint, is_waiting=order.is_streamed)
    submission = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request))
    return answer(submission, is_kept=named is not None)
