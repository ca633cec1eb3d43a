"""Views of /v1/speech-to-text."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.elevenlabs.forms import read_form
from apps.compat.elevenlabs.languages import short_code
from apps.compat.elevenlabs.transcripts import FORMATS, channels_shape, transcript_shape
from apps.core import fields
from apps.core.deferred import Exchange
from apps.core.errors import GoneError, NotFoundError
from apps.core.fields import validated
from apps.jobs.models import Job
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.jobs.selectors import get_own_job
from apps.jobs.services.retention import expire_now
from apps.jobs.waiting import Answer
from apps.speech.audio_response import job_headers
from apps.speech.downloads import completed
from apps.transcription.documents import read_transcript
from apps.transcription.kinds import TRANSCRIPTION
from apps.transcription.requests import BaseTranscriptionView
from apps.transcription.serializers import join_hotwords
from apps.transcription.services import TranscriptionOrder

MOST_KEYTERMS: Final = 1000
MOST_SPEAKERS: Final = 32
REFUSED: Final = {
    "webhook": "Results are not sent to webhooks here in ElevenLabs' shape. Leave webhook out and wait, or use POST /v1/stt/ with webhook_url.",
    "entity_detection": "This server detects no entities. Leave entity_detection out.",
    "entity_redaction": "This server redacts nothing. Leave entity_redaction out.",
}
JSON_FIELDS: Final = ("entity_detection", "entity_redaction", "webhook_metadata", "additional_formats")
IGNORED: Final = (
    "diarization_threshold",
    "seed",
    "no_verbatim",
    "numbers_format",
    "transcript_edit",
    "use_speaker_library",
    "detect_speaker_roles",
    "secondary_language_codes",
)


class SpeechToTextSerializer(serializers.Serializer[Any]):
    """Form of POST /v1/speech-to-text."""

    model_id = fields.FormName(
        required=False, default="scribe_v1", max_length=100, help_text="scribe_v1, scribe_v2, or a model of type `stt`."
    )
    file = serializers.FileField(required=False, allow_null=True, allow_empty_file=True, help_text="The recording, audio or video.")
    cloud_storage_url = fields.FormName(required=False, max_length=2048, help_text="URL of the recording, instead of `file`.")
    source_url = fields.FormName(required=False, max_length=2048, help_text="The same.")
    language_code = fields.FormName(required=False, allow_null=True, max_length=35, help_text="ISO 639-1 or 639-3; detected if omitted.")
    tag_audio_events = fields.FormFlag(
        required=False, default=True, help_text="Accepted: the models name no sounds, so there are no events."
    )
    num_speakers = fields.FormInteger(required=False, allow_null=True, min_value=1, max_value=MOST_SPEAKERS, help_text="With diarize.")
    timestamps_granularity = fields.FormChoice(choices=["none", "word", "character"], required=False, default="word")
    diarize = fields.FormFlag(required=False, default=False, help_text="Name the speakers speaker_00, speaker_01, …")
    additional_formats = fields.FormName(required=False, max_length=5000, help_text="JSON list of objects with `format`: srt, txt.")
    file_format = fields.FormChoice(choices=["pcm_s16le_16", "other"], required=False, default="other")
    temperature = fields.FormNumber(required=False, allow_null=True, min_value=0.0, max_value=2.0, help_text="Above 1 it counts as 1.")
    keyterms = serializers.ListField(child=fields.Text(max_length=200), required=False, default=list, max_length=MOST_KEYTERMS)
    webhook = fields.FormFlag(required=False, default=False, help_text="Refused.")
    use_multi_channel = fields.FormFlag(
        required=False, default=False, help_text="Transcribe each channel on its own; each is charged for the whole duration."
    )
    multichannel_output_style = fields.FormChoice(choices=["separate", "combined"], required=False, default="separate")
    entity_detection = fields.FormName(required=False, max_length=5000, help_text="Refused.")
    entity_redaction = fields.FormName(required=False, max_length=5000, help_text="Refused.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is not done here, and read what forms carry as JSON."""
        for name, message in REFUSED.items():
            if attrs.get(name) and attrs[name] != "null":
                raise serializers.ValidationError({name: message}, code="not_supported")
        if attrs["file_format"] != "other":
            message = "Raw samples are not taken here. Send a file with a header, such as WAV, and leave file_format out."
            raise serializers.ValidationError({"file_format": message}, code="not_supported")
        if attrs["use_multi_channel"] and attrs["multichannel_output_style"] == "combined" and attrs["timestamps_granularity"] == "none":
            message = "combined needs timestamps: leave timestamps_granularity out, or send word."
            raise serializers.ValidationError({"multichannel_output_style": message}, code="invalid")
        attrs["additional_formats"] = _formats(attrs.get("additional_formats", ""))
        return attrs


def _formats(text: str) -> tuple[str, ...]:
    try:
        wanted = json.loads(text) if text else []
    except (ValueError, RecursionError):
        wanted = None
    if wanted is None or not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise serializers.ValidationError({"additional_formats": "Not a JSON list of objects with `format`."}, code="invalid")
    names = tuple(str(one.get("format")) for one in wanted)
    for name in names:
        if name not in FORMATS:
            message = f"{name[:30]!r} is not made here. Available: {', '.join(FORMATS)}."
            raise serializers.ValidationError({"additional_formats": message}, code="not_supported")
    return names


class ElevenLabsWordSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()
    type = serializers.CharField(help_text="word or spacing")
    speaker_id = serializers.CharField(allow_null=True)
    logprob = serializers.FloatField()


class ElevenLabsTranscriptSerializer(serializers.Serializer[Any]):
    """Transcript of a recording."""

    language_code = serializers.CharField(help_text="ISO 639-3.")
    language_probability = serializers.FloatField(help_text="1 with speech, else 0: the models tell no probability.")
    text = serializers.CharField()
    words = ElevenLabsWordSerializer(many=True)
    transcription_id = serializers.CharField(help_text="The job.")
    audio_duration_secs = serializers.FloatField()
    channel_index = serializers.IntegerField(required=False, help_text="Of each entry of `transcripts`, with use_multi_channel.")
    transcripts = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="With use_multi_channel, in place of the text: one transcript for each channel.",
    )


SHAPE = SpeechToTextSerializer()


class SpeechToTextView(BaseTranscriptionView):
    waits_for_job = True

    @extend_schema(
        operation_id="elevenlabs_transcription",
        tags=["elevenlabs"],
        summary="Speech to text",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": SpeechToTextSerializer},
        responses=ElevenLabsTranscriptSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `speech_to_text.convert`. Waits for the transcript; the job is cancelled if the client disconnects."""
        body = validated(SHAPE, read_form(request.data, json_fields=JSON_FIELDS))
        granularity = body["timestamps_granularity"]
        order = TranscriptionOrder(
            model=body["model_id"],
            language=short_code(body.get("language_code") or ""),
            has_words=granularity != "none",
            is_diarized=body["diarize"],
            speakers=body.get("num_speakers") or 0 if body["diarize"] else 0,
            hotwords=join_hotwords(body["keyterms"], param="keyterms"),
            temperature=min(1.0, body.get("temperature") or 0.0),
            is_multichannel=body["use_multi_channel"],
            is_awaited=True,
        )
        source = {**body, "file_url": body.get("cloud_storage_url") or body.get("source_url")}
        warnings = _warnings(request.data, body=body)
        style = body["multichannel_output_style"] if body["use_multi_channel"] else ""
        answer = _answer(granularity=granularity, formats=body["additional_formats"], style=style, warnings=warnings)
        url_param = "cloud_storage_url" if body.get("cloud_storage_url") else "source_url"
        return self.listen(request, source, order=order, endpoint="elevenlabs-transcription", answer=answer, url_param=url_param)


class TranscriptView(APIView):
    """A stored transcript."""

    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("jobs:read" if self.request.method == "GET" else "jobs:write")()]

    @extend_schema(
        operation_id="elevenlabs_transcript", tags=["elevenlabs"], summary="One transcript", responses=ElevenLabsTranscriptSerializer
    )
    def get(self, request: Request, transcription_id: str) -> Response:
        """A transcript of the account, as long as its result is kept; of channels that were transcribed on their own, one for each."""
        job = completed(_own_transcription(request, transcription_id))
        if job.is_expired:
            raise GoneError("The transcript has expired and was deleted.", param="transcription_id")
        write = channels_shape if TRANSCRIPTION.read_params(job).channels > 1 else transcript_shape
        return Response(write(job, read_transcript(job), granularity="word"))

    @extend_schema(operation_id="elevenlabs_transcript_delete", tags=["elevenlabs"], summary="Delete a transcript", responses={204: None})
    def delete(self, request: Request, transcription_id: str) -> HttpResponse:
        """Delete a transcript of the account."""
        expire_now(Job.objects.filter(pk=_own_transcription(request, transcription_id).pk))
        return HttpResponse(status=204)


def _own_transcription(request: Request, uuid: str) -> Job:
    job = get_own_job(get_caller(request), uuid_text=uuid)
    if job.kind != TRANSCRIPTION.name:
        raise NotFoundError("There is no transcript with this id in your account.", code="transcript_not_found", param="transcription_id")
    return job


def _answer(*, granularity: str, formats: tuple[str, ...], style: str, warnings: tuple[str, ...]) -> Answer:
    """style: separate or combined, of a recording whose channels are transcribed on their own."""

    def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
        write = channels_shape if style == "separate" else transcript_shape
        shape = write(job, read_transcript(job), granularity=granularity, formats=formats)
        return JsonResponse(shape, headers=job_headers(job, warnings=warnings))

    return answer


def _warnings(data: Any, *, body: Mapping[str, Any]) -> tuple[str, ...]:
    ignored = [name for name in IGNORED if isinstance(data, Mapping) and data.get(name) not in (None, "", "false", "False")]
    ignored += ["num_speakers"] if body.get("num_speakers") and not body["diarize"] else []
    return (f"Not followed: {', '.join(ignored)}.",) if ignored else ()
