"""Views of POST /v1/text-to-speech/<voice_id> and its variants."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.cache.tickets import CacheUse
from apps.compat.elevenlabs.names import DEFAULT_MODEL, VOICES
from apps.compat.elevenlabs.output_formats import DEFAULT_FORMAT, OUTPUT_FORMATS, read_output_format, stored_format
from apps.compat.elevenlabs.speech_serializers import TextToSpeechSerializer, TimedAudioSerializer, ignored_fields
from apps.compat.elevenlabs.timed_audio import write_lines, write_object
from apps.core.fields import validated
from apps.core.streamed_body import UNBUFFERED
from apps.jobs.requests import CACHE_HEADER, IDEMPOTENCY_HEADER, cache_use, idempotency_of, in_flight_dedup_key_of, request_id_of
from apps.speech.audio_response import job_headers
from apps.speech.services import SpeechOrder, request_speech
from apps.streaming.answers import AudioForm, StreamedAnswer
from apps.voice_profiles.selectors import find_speed

SHAPE = TextToSpeechSerializer()
SPOKEN = OpenApiResponse(OpenApiTypes.BINARY, description="The audio, in the format asked for.")
PARAMETERS = [
    OpenApiParameter("output_format", str, enum=OUTPUT_FORMATS, description=f"{DEFAULT_FORMAT} unless given."),
    OpenApiParameter("enable_logging", bool, description="false keeps the result out of the cache; it still appears in the history."),
    OpenApiParameter("optimize_streaming_latency", int, description="Not followed: latency is always optimised."),
    IDEMPOTENCY_HEADER,
    CACHE_HEADER,
]


class SpeakingView(APIView):
    """Base view: accepts a job, and answers while it is made."""

    waits_for_job = True
    permission_classes = [HasAccount, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES
    has_words: ClassVar[bool] = False

    def answer_order(self, request: Request, *, order: SpeechOrder, endpoint: str, warnings: Sequence[str]) -> StreamedAnswer:
        """Submit the order; the answer has the headers of its job."""
        named = idempotency_of(request, endpoint=endpoint)
        idempotency = named or in_flight_dedup_key_of(request, endpoint=endpoint, is_waiting=True)
        job = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request)).job
        headers = {**job_headers(job, warnings=warnings), "history-item-id": job.uuid.hex, "character-cost": str(job.units)}
        return StreamedAnswer(job.uuid, is_kept=named is not None, headers=headers)


class TextToSpeechView(SpeakingView):
    """Base view: text in, audio out."""

    def speak(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Accept the job, and answer while it is made."""
        form = read_output_format(request.query_params.get("output_format") or DEFAULT_FORMAT)
        body = validated(SHAPE, request.data)
        caller = get_caller(request)
        speed = (body.get("voice_settings") or {}).get("speed") or find_speed(caller.required_account, voice_id=voice_id)
        order = SpeechOrder(
            text=body["text"],
            model=body.get("model_id") or DEFAULT_MODEL,
            voice=voice_id,
            dialect_voices=VOICES,
            format=stored_format(form),
            speed=speed,
            language=body.get("language_code"),
            has_timestamps=self.has_words,
            has_listener=True,
            is_streamed=True,
            cache=cache_of(request),
        )
        endpoint = f"elevenlabs-speech:{voice_id}:{self.has_words}"
        answer = self.answer_order(request, order=order, endpoint=endpoint, warnings=ignored_fields(body))
        return self.answer(answer, text=body["text"], form=form)

    def answer(self, answer: StreamedAnswer, *, text: str, form: AudioForm) -> HttpResponseBase:  # noqa: ARG002 - for subclasses
        return answer.audio(form)


class ConvertView(TextToSpeechView):
    @extend_schema(
        operation_id="elevenlabs_speech",
        tags=["elevenlabs"],
        summary="Text to speech",
        parameters=PARAMETERS,
        request=TextToSpeechSerializer,
        responses={(200, "audio/*"): SPOKEN},
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `convert`. The audio is sent while it is made; if the client disconnects, what was sent is charged. `X-Warning` lists
        settings that are not followed, `character-cost` the characters, `history-item-id` the job.
        """
        return self.speak(request, voice_id)


class StreamView(TextToSpeechView):
    @extend_schema(
        operation_id="elevenlabs_speech_stream",
        tags=["elevenlabs"],
        summary="Text to speech, streamed",
        parameters=PARAMETERS,
        request=TextToSpeechSerializer,
        responses={(200, "audio/*"): SPOKEN},
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `stream`: as `convert`, which streams too."""
        return self.speak(request, voice_id)


class TimestampsView(TextToSpeechView):
    has_words = True

    @extend_schema(
        operation_id="elevenlabs_speech_timestamps",
        tags=["elevenlabs"],
        summary="Text to speech with the times of its characters",
        parameters=PARAMETERS,
        request=TextToSpeechSerializer,
        responses=TimedAudioSerializer,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `convert_with_timestamps`. Characters share the time of their word evenly; null where the model times no words."""
        return self.speak(request, voice_id)

    def answer(self, answer: StreamedAnswer, *, text: str, form: AudioForm) -> HttpResponseBase:
        return answer.body(write_object(text, form=form), headers=json_headers(answer, "application/json"))


class StreamTimestampsView(TextToSpeechView):
    has_words = True

    @extend_schema(
        operation_id="elevenlabs_speech_stream_timestamps",
        tags=["elevenlabs"],
        summary="Text to speech, streamed with the times of its characters",
        parameters=PARAMETERS,
        request=TextToSpeechSerializer,
        responses={(200, "application/x-ndjson"): OpenApiResponse(TimedAudioSerializer, description="One object a line.")},
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `stream_with_timestamps`: a JSON object a line for each sentence."""
        return self.speak(request, voice_id)

    def answer(self, answer: StreamedAnswer, *, text: str, form: AudioForm) -> HttpResponseBase:
        return answer.body(write_lines(text, form=form), headers=json_headers(answer, "application/x-ndjson"))


def cache_of(request: Request) -> CacheUse:
    """Use of the cache: as the header asks, none with `enable_logging=false`."""
    return CacheUse.NONE if request.query_params.get("enable_logging", "").lower() in {"false", "0"} else cache_use(request)


def json_headers(answer: StreamedAnswer, content_type: str) -> dict[str, Any]:
    """Headers of a response that is written in pieces."""
    return {"Content-Type": content_type, **UNBUFFERED, **answer.headers}
