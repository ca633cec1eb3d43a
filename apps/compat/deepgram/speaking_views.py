"""POST /v1/speak: a text to speech, sent while it is made."""

from typing import Final

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.deepgram.names import model_uuid
from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.compat.deepgram.serializers import SpeakSerializer
from apps.compat.deepgram.speaking_options import CONTAINERS, ENCODINGS, SpeakingOptions, read_speaking_options
from apps.core.fields import validated
from apps.jobs.models import Job, JobState
from apps.jobs.requests import CACHE_HEADER, IDEMPOTENCY_HEADER, cache_use, idempotency_of, in_flight_dedup_key_of, request_id_of
from apps.speech.audio_response import job_headers
from apps.speech.services import SpeechOrder, request_speech
from apps.streaming.answers import StreamedAnswer

CONTAINER_NAMES: Final = sorted({name for names in CONTAINERS.values() for name in names})
CONTENT_TYPES: Final = (
    "audio/mpeg",
    "audio/wav",
    "audio/l16",
    "audio/basic",
    "audio/x-alaw-basic",
    "audio/flac",
    "audio/ogg; codecs=opus",
    "audio/aac",
)
SPOKEN: Final = OpenApiResponse(OpenApiTypes.BINARY, description="The audio, in the encoding asked for.")
PARAMETERS: Final = [
    OpenApiParameter("model", str, description="A voice: aura-2-thalia-en, …, or one of /v1/voices/, the account's own included."),
    OpenApiParameter("encoding", str, enum=ENCODINGS, description="mp3 by default."),
    OpenApiParameter("container", str, enum=CONTAINER_NAMES, description="wav by default for linear16, mulaw and alaw."),
    OpenApiParameter("sample_rate", int, description="Hz, as the encoding has them."),
    OpenApiParameter("bit_rate", int, description="Bits per second of a lossy encoding."),
    OpenApiParameter("speed", float, description="From 0.5 to 2, 1 by default."),
]


class SpeakView(APIView):
    """Text in, audio out."""

    waits_for_job = True
    permission_classes = [HasAccount, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="deepgram_speak",
        tags=["deepgram"],
        summary="Text to speech, as Deepgram has it",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER, *PARAMETERS],
        request=SpeakSerializer,
        responses={(200, name): SPOKEN for name in CONTENT_TYPES},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Deepgram's endpoint. The audio is sent while it is made; if the client disconnects, the job is cancelled and what was sent is charged."""
        given = Parameters(request._request.GET)  # noqa: SLF001 - DRF has no other name for it
        options = read_speaking_options(given, is_live=False)
        if given.text("callback"):
            raise invalid_parameter("callback", "not supported. POST /v1/tts/ has webhook_url.")
        body = validated(SpeakSerializer(), request.data)
        order = SpeechOrder.of_text(body["text"], settings=options.settings(cache=cache_use(request)))
        endpoint = f"deepgram-speak {options!r}"  # the query tells requests apart, too
        named = idempotency_of(request, endpoint=endpoint)
        idempotency = named or in_flight_dedup_key_of(request, endpoint=endpoint, is_waiting=True)
        submission = request_speech(get_caller(request), order=order, idempotency=idempotency, request_id=request_id_of(request))
        return _stream(submission.job, options=options, is_kept=named is not None)


def _stream(job: Job, *, options: SpeakingOptions, is_kept: bool) -> HttpResponseBase:
    headers = {
        **job_headers(job),
        "Content-Type": options.content_type,
        "dg-model-name": options.model,
        "dg-model-uuid": model_uuid(options.model),
        "dg-char-count": str(job.units),
    }
    return StreamedAnswer(job.uuid, is_kept=is_kept or job.state == JobState.COMPLETED, headers=headers).audio(options.form)
