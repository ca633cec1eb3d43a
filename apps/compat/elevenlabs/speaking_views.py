"""Base of the views that speak: text to speech and dialogues, each as audio or as JSON with the times of its characters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, ParamSpec

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.cache.tickets import CacheUse
from apps.compat.elevenlabs.alignment import Turn
from apps.compat.elevenlabs.names import VOICES
from apps.compat.elevenlabs.output_formats import DEFAULT_FORMAT, OUTPUT_FORMATS, read_output_format, stored_format
from apps.compat.elevenlabs.timed_audio import write_lines, write_object
from apps.core.streamed_body import UNBUFFERED
from apps.jobs.requests import CACHE_HEADER, IDEMPOTENCY_HEADER, cache_use, idempotency_of, in_flight_dedup_key_of, request_id_of
from apps.speech.audio_response import job_headers
from apps.speech.services import SpeechOrder, request_speech
from apps.streaming.answers import AudioForm, StreamedAnswer

P = ParamSpec("P")

SPOKEN = {(200, "audio/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The audio, in the format asked for.")}
PARAMETERS = [
    OpenApiParameter("output_format", str, enum=OUTPUT_FORMATS, description=f"{DEFAULT_FORMAT} unless given."),
    OpenApiParameter("enable_logging", bool, description="false keeps the result out of the cache; it still appears in the history."),
    OpenApiParameter("optimize_streaming_latency", int, description="Not followed: latency is always optimised."),
    IDEMPOTENCY_HEADER,
    CACHE_HEADER,
]


def speaking_operation(
    operation_id: str, summary: str, *, request: type[Serializer[Any]], responses: Any = SPOKEN
) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    document: Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]] = extend_schema(
        operation_id=operation_id, tags=["elevenlabs"], summary=summary, parameters=PARAMETERS, request=request, responses=responses
    )
    return document


def lines_of(serializer: type[Serializer[Any]]) -> dict[tuple[int, str], OpenApiResponse]:
    """Schema of a response with one JSON object a line."""
    return {(200, "application/x-ndjson"): OpenApiResponse(serializer, description="One object a line.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingRequest:
    """Validated body of a request."""

    order: SpeechOrder
    """Text, model, voice and language. The view adds what follows from the operation and the address."""
    endpoint: str
    written: str
    """Text that the times refer to."""
    turns: Sequence[Turn] = ()
    warnings: Sequence[str] = ()


class SpeakingView(APIView):
    """Base view: text in, audio out. A subclass reads the body; `AudioWithTimes` and `LinesWithTimes` choose another response."""

    waits_for_job = True
    permission_classes = [HasAccount, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES
    has_words: ClassVar[bool] = False

    def read_body(self, request: Request, **address: str) -> SpeakingRequest:
        """Validate the body. address: fields of the path."""
        raise NotImplementedError

    def speak(self, request: Request, **address: str) -> HttpResponseBase:
        """Accept the job, and answer while it is made."""
        form = read_output_format(request.query_params.get("output_format") or DEFAULT_FORMAT)
        body = self.read_body(request, **address)
        order = replace(
            body.order,
            dialect_voices=VOICES,
            format=stored_format(form),
            has_timestamps=self.has_words,
            has_listener=True,
            is_streamed=True,
            cache=_cache_of(request),
        )
        return self.write(self.accept(request, body, order=order), body, form=form)

    def accept(self, request: Request, body: SpeakingRequest, *, order: SpeechOrder) -> StreamedAnswer:
        """Submit the order; the answer has the headers of its job."""
        endpoint = f"{body.endpoint}:{self.has_words}"
        named = idempotency_of(request, endpoint=endpoint)
        idempotency = named or in_flight_dedup_key_of(request, endpoint=endpoint, is_waiting=True)
        job = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request)).job
        headers = {**job_headers(job, warnings=body.warnings), "history-item-id": job.uuid.hex, "character-cost": str(job.units)}
        return StreamedAnswer(job.uuid, is_kept=named is not None, headers=headers)

    def write(self, answer: StreamedAnswer, body: SpeakingRequest, *, form: AudioForm) -> HttpResponseBase:  # noqa: ARG002 - for subclasses
        return answer.audio(form)


class AudioWithTimes(SpeakingView):
    """One JSON object with the audio and the times of its characters."""

    has_words = True
    writer: ClassVar[Callable[..., Any]] = staticmethod(write_object)
    content_type: ClassVar[str] = "application/json"

    def write(self, answer: StreamedAnswer, body: SpeakingRequest, *, form: AudioForm) -> HttpResponseBase:
        headers = {"Content-Type": self.content_type, **UNBUFFERED, **answer.headers}
        return answer.body(self.writer(body.written, form=form, turns=body.turns), headers=headers)


class LinesWithTimes(AudioWithTimes):
    """One JSON object a line, for each sentence."""

    writer = staticmethod(write_lines)
    content_type = "application/x-ndjson"


def _cache_of(request: Request) -> CacheUse:
    """Use of the cache: as the header asks, none with `enable_logging=false`."""
    return CacheUse.NONE if request.query_params.get("enable_logging", "").lower() in {"false", "0"} else cache_use(request)
