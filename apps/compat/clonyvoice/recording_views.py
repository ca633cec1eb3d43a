"""Views of POST /api/transcribe and /api/audio-duration."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.core import fields
from apps.core.caching import NO_STORE
from apps.core.deferred import Deferred, Exchange
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.core.parsing import FORM, JSON
from apps.jobs.models import Job
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.jobs.waiting import ASYNC, prefers_async
from apps.transcription.requests import BaseTranscriptionView
from apps.transcription.serializers import TranscriptSerializer
from apps.transcription.services import DEFAULT_MODEL, LIMITS, TranscriptionOrder
from apps.transcription.shapes import answer_shape
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.serializers import SourceSerializer
from apps.uploads.services import measure_async, order_measurement
from workers.audio.probe import SUPPORTED_FORMATS


class AudioFileSerializer(serializers.Serializer[Any]):
    """Form with a recording, as `file` or `audio`."""

    file = serializers.FileField(required=False, allow_null=True, allow_empty_file=True, help_text=f"{SUPPORTED_FORMATS}.")
    audio = serializers.FileField(required=False, allow_null=True, allow_empty_file=True, help_text="The same as `file`.")


class ClonyTranscriptionSerializer(SourceSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    audio = serializers.FileField(required=False, allow_null=True, allow_empty_file=True, help_text="The same as `file`.")
    language = fields.FormName(required=False, default="auto", max_length=35, help_text="en, es, …; auto detects it.")
    model = fields.FormName(required=False, default=DEFAULT_MODEL, max_length=100, help_text="A model of type `stt` in /v1/models/.")
    timestamps = fields.FormFlag(required=False, default=False, help_text="Word timings in every segment.")


class AudioDurationSerializer(serializers.Serializer[Any]):
    """Properties of a recording, measured by decoding it."""

    duration = serializers.FloatField(help_text="Seconds.")
    sample_rate = serializers.IntegerField(help_text="Hz.")
    channels = serializers.IntegerField()
    format = serializers.CharField(help_text="`wav`, `mp3`, …")
    codec = serializers.CharField()
    bytes = serializers.IntegerField()


TRANSCRIPTION, DURATION = ClonyTranscriptionSerializer(), AudioFileSerializer()


class ClonyTranscriptionView(BaseTranscriptionView):
    """Transcript of a recording."""

    permission_classes = [HasAccount, scope_required("audio:process")]

    @extend_schema(
        operation_id="clonyvoice_transcribe",
        tags=["clonyvoice"],
        summary="Transcribe a recording",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={FORM: ClonyTranscriptionSerializer, JSON: ClonyTranscriptionSerializer},
        responses=TranscriptSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Text, language, duration and segments. Waits for the transcript for at most 290 seconds."""
        asked = validated(TRANSCRIPTION, request.data)
        body = with_one_file(asked)
        order = TranscriptionOrder(
            model=body["model"], language=body["language"], has_words=body["timestamps"], is_awaited=not prefers_async(request)
        )
        return self.listen(request, body, order=order, endpoint="clonyvoice-transcribe", answer=_transcript, param=_name_of_file(asked))


class AudioDurationView(APIView):
    """Length of a recording."""

    permission_classes = [HasAccount, scope_required("audio:process")]
    parser_classes = [FormParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(admit_form)

    @extend_schema(
        operation_id="clonyvoice_audio_duration",
        tags=["clonyvoice"],
        summary="Length of a recording",
        request={FORM: AudioFileSerializer},
        responses=AudioDurationSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Measure a recording, which is not kept. Free of charge."""
        asked = validated(DURATION, request.data)
        file = with_one_file(asked)["file"]
        if file is None:
            raise InvalidRequestError("Send the recording as file, in a form.", code="missing_field", param="file")
        intake = order_measurement(get_caller(request), file=file, limits=LIMITS, param=_name_of_file(asked))

        async def resolve(exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - nothing else is needed
            info = await measure_async(intake)
            return JsonResponse(
                {
                    "duration": round(info.audio_seconds, 3),
                    "sample_rate": info.sample_rate,
                    "channels": info.channels,
                    "format": info.container,
                    "codec": info.codec,
                    "bytes": info.bytes,
                }
            )

        return Deferred(resolve)


def with_one_file(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the recording as `file`, whichever of the two names it has."""
    if body.get("file") is not None and body.get("audio") is not None:
        raise InvalidRequestError("Send the recording as file or as audio, not both.", param="audio")
    rest = {name: value for name, value in body.items() if name != "audio"}
    return {**rest, "file": body.get("file") if body.get("file") is not None else body.get("audio")}


def _name_of_file(body: Mapping[str, Any]) -> str:
    """Name under which the body has the recording."""
    return "audio" if body.get("audio") is not None else "file"


def _transcript(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
    return JsonResponse(answer_shape(job), headers={**NO_STORE, "X-Job-Id": job.uuid.hex})
