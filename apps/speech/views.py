"""Views of POST /v1/tts/ and GET /v1/speech/results/."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import AnyCaller, scope_required
from apps.accounts.throttles import PollLimit
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.jobs.requests import IDEMPOTENCY_HEADER, idempotency_of, in_flight_dedup_key_of, queued_shape, request_id_of
from apps.speech.kinds import has_timestamps
from apps.speech.results import document_of, result_shape
from apps.speech.selectors import get_speech_job
from apps.speech.serializers import DEFAULT_MODEL, QueuedSpeechSerializer, SpeechRequestSerializer, SpeechResultSerializer
from apps.speech.services import SpeechOrder, request_speech

SHAPE = SpeechRequestSerializer()


class SpeechView(APIView):
    """Queue a text."""

    permission_classes = [AnyCaller, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="tts",
        tags=["speech"],
        summary="Text to speech",
        parameters=[IDEMPOTENCY_HEADER],
        request=SpeechRequestSerializer,
        responses=QueuedSpeechSerializer,
    )
    def post(self, request: Request) -> Response:
        """Queue the text and answer at once: poll `/v1/speech/results/` with the uuid. Free models need no key. An identical request of
        the same key joins the job while it runs: one job, one charge.
        """
        order = order_of(validated(SHAPE, request.data))
        idempotency = idempotency_of(request, endpoint="tts") or in_flight_dedup_key_of(request, endpoint="tts", is_waiting=False)
        submission = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request))
        return Response(queued_shape(submission))


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


def order_of(body: dict[str, Any]) -> SpeechOrder:
    """Order for a valid body."""
    return SpeechOrder(
        text=body["text"],
        model=body.get("model", DEFAULT_MODEL),
        voice=body.get("voice"),
        is_model_open="model" not in body and not body.get("voice"),
        format=body["format"],
        speed=body["speed"],
        language=body.get("language"),
        instructions=body.get("instructions"),
        pronunciations=body.get("pronunciations"),
        bitrate=1000 * body.get("bitrate", 0),
        sample_rate=body.get("sample_rate", 0),
        has_timestamps=body["timestamps"],
        webhook_url=body.get("webhook_url", ""),
    )
