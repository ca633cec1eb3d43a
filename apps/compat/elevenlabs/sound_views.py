"""Views of speech to speech (`voice-changer` in newer packages) and of audio isolation."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.audio_tools.declaration import ToolOrder
from apps.audio_tools.services import request_tool
from apps.audio_tools.tools.enhance import ENHANCE_TOOL
from apps.compat.elevenlabs.names import VOICES, our_voice
from apps.compat.elevenlabs.output_formats import DEFAULT_FORMAT, OUTPUT_FORMATS, read_output_format
from apps.compat.elevenlabs.speech_serializers import VoiceSettingsSerializer
from apps.conversion.choice import choose_models
from apps.conversion.kinds import SPEECH_TO_SPEECH, VOICE_CONVERSION
from apps.conversion.orders import ConversionOrder
from apps.conversion.services import LIMITS, request_conversion
from apps.core import fields
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.fields import validated
from apps.core.parsing import parse_json
from apps.jobs.recordings import has_idempotency_key, recording_idempotency, recording_response
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.speech.audio_response import audio_response
from apps.streaming.answers import AudioForm, StreamedAnswer
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source
from workers.contract.audio_processing import STRENGTHS
from workers.contract.conversion import Delivery

DEFAULT_CONVERTER: Final = "eleven_english_sts_v2"
AUDIO = {(200, "audio/*"): OpenApiTypes.BINARY}
OUTPUT = OpenApiParameter("output_format", str, enum=OUTPUT_FORMATS, description=f"{DEFAULT_FORMAT} unless given.")


class VoiceChangeSerializer(serializers.Serializer[Any]):
    """Form of POST /v1/voice-changer/<voice_id>."""

    audio = serializers.FileField(allow_empty_file=True, help_text="The recording.")
    model_id = fields.FormName(required=False, default=DEFAULT_CONVERTER, max_length=100)
    voice_settings = fields.FormName(required=False, max_length=5000, help_text="JSON text. `speed` is followed.")
    seed = fields.FormName(required=False, max_length=20, help_text="Not followed.")
    remove_background_noise = fields.FormFlag(required=False, default=False, help_text="Not followed.")
    file_format = fields.FormChoice(choices=["pcm_s16le_16", "other"], required=False, default="other")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Read the settings, which a form carries as JSON."""
        refuse_raw_samples(attrs)
        return {**attrs, "speed": _read_settings(attrs.get("voice_settings", "")).get("speed") or 1.0}


class IsolationSerializer(serializers.Serializer[Any]):
    """Form of POST /v1/audio-isolation."""

    audio = serializers.FileField(allow_empty_file=True, help_text="The recording.")
    file_format = fields.FormChoice(choices=["pcm_s16le_16", "other"], required=False, default="other")
    preview_b64 = fields.FormName(required=False, help_text="Not followed.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse raw samples."""
        refuse_raw_samples(attrs)
        return attrs


def _read_settings(text: str) -> dict[str, Any]:
    """Voice settings of a form."""
    try:
        settings = parse_json(text.encode()) if text else None
        return dict(SETTINGS.run_validation(settings)) if settings is not None else {}
    except ParseError:
        raise serializers.ValidationError({"voice_settings": "Not a JSON object with numbers."}, code="invalid") from None
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"voice_settings": error.detail}) from None


def refuse_raw_samples(attrs: dict[str, Any]) -> None:
    """400 for samples without a header."""
    if attrs["file_format"] != "other":
        message = "Raw samples are not taken here. Send a file with a header, such as WAV, and leave file_format out."
        raise serializers.ValidationError({"file_format": message}, code="not_supported")


SETTINGS: Final = VoiceSettingsSerializer()
CHANGE, ISOLATE = VoiceChangeSerializer(), IsolationSerializer()
ENHANCEMENT = ENHANCE_TOOL.fields()


class RecordingView(APIView):
    parser_classes = [FormParser]
    waits_for_job = True
    admit_body = staticmethod(admit_form)


class VoiceChangeView(RecordingView):
    permission_classes = [HasAccount, scope_required("voice:convert")]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES

    @extend_schema(
        operation_id="elevenlabs_voice_change",
        tags=["elevenlabs"],
        summary="Speech to speech",
        parameters=[OUTPUT, IDEMPOTENCY_HEADER],
        request={"multipart/form-data": VoiceChangeSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """The words of the recording in another voice: timing and intonation stay. Sent when the conversion is done."""
        form = read_output_format(request.query_params.get("output_format") or DEFAULT_FORMAT)
        body, caller = validated(CHANGE, request.data), get_caller(request)
        order = ConversionOrder(
            kind=VOICE_CONVERSION if body["speed"] == 1.0 else SPEECH_TO_SPEECH,
            voice=our_voice(voice_id),
            voice_param="voice_id",
            dialect_voices=VOICES,
            model=body["model_id"],
            delivery=Delivery(speed=body["speed"]),
            is_awaited=True,
        )
        choose_models(caller, order=order)

        def submit(source: Source) -> Submission:
            fields_of = {**body, "voice": voice_id}
            idempotency = recording_idempotency(request, endpoint="elevenlabs-voice-changer", body=fields_of, source=source)
            return request_conversion(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        is_kept = has_idempotency_key(request)

        async def wait(exchange: Exchange, job_uuid: UUID, seconds: float) -> HttpResponseBase | ASGIApp:  # noqa: ARG001 - a stream's own
            return await _streamed(job_uuid, form=form, is_kept=is_kept).resolve(exchange)

        return recording_response(
            request, {"file": body["audio"]}, limits=LIMITS, submit=submit, answer=audio_response, is_awaited=True, wait=wait, param="audio"
        )


class VoiceChangeStreamView(VoiceChangeView):
    @extend_schema(
        operation_id="elevenlabs_voice_change_stream",
        tags=["elevenlabs"],
        summary="Speech to speech, streamed",
        parameters=[OUTPUT, IDEMPOTENCY_HEADER],
        request={"multipart/form-data": VoiceChangeSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Change the voice as without `stream`; the audio is sent in pieces when the conversion is done."""
        return super().post(request, voice_id)


class SharedVoiceChangeView(VoiceChangeView):
    @extend_schema(
        operation_id="elevenlabs_speech_to_speech",
        tags=["elevenlabs"],
        summary="Speech to speech, the older path",
        parameters=[OUTPUT, IDEMPOTENCY_HEADER],
        request={"multipart/form-data": VoiceChangeSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Change the voice as `/v1/voice-changer/<voice_id>` does."""
        return super().post(request, voice_id)


class SharedVoiceChangeStreamView(VoiceChangeView):
    @extend_schema(
        operation_id="elevenlabs_speech_to_speech_stream",
        tags=["elevenlabs"],
        summary="Speech to speech, streamed, the older path",
        parameters=[OUTPUT, IDEMPOTENCY_HEADER],
        request={"multipart/form-data": VoiceChangeSerializer},
        responses=AUDIO,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Change the voice as `/v1/voice-changer/<voice_id>/stream` does."""
        return super().post(request, voice_id)


class IsolationView(RecordingView):
    permission_classes = [HasAccount, scope_required("audio:process")]
    max_body_bytes = ENHANCE_TOOL.limits.max_bytes + FORM_BYTES
    endpoint: ClassVar[str] = "elevenlabs-isolation"

    @extend_schema(
        operation_id="elevenlabs_isolation",
        tags=["elevenlabs"],
        summary="Audio isolation",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": IsolationSerializer},
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """The speech of the recording without noise (DeepFilterNet3, unlimited), as MP3."""
        body, caller = validated(ISOLATE, request.data), get_caller(request)
        options = validated(ENHANCEMENT, {"format": "mp3", "enhance_clarity": False, "strength": STRENGTHS[-1]})
        ENHANCE_TOOL.check(caller, options)

        def submit(source: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint=self.endpoint, body=body, source=source)
            order = ToolOrder(caller, options=options, source=source)
            return request_tool(ENHANCE_TOOL, order=order, is_awaited=True, idempotency=idempotency, request_id=request_id_of(request))

        return recording_response(
            request,
            {"file": body["audio"]},
            limits=ENHANCE_TOOL.limits,
            submit=submit,
            answer=audio_response,
            is_awaited=True,
            param="audio",
        )


class IsolationStreamView(IsolationView):
    @extend_schema(
        operation_id="elevenlabs_isolation_stream",
        tags=["elevenlabs"],
        summary="Audio isolation, streamed",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": IsolationSerializer},
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Isolate the voice as without `stream`; the audio is sent when the whole recording is done."""
        return super().post(request)


def _streamed(job_uuid: UUID, *, form: AudioForm, is_kept: bool) -> Deferred:
    headers = {"X-Job-Id": job_uuid.hex, "history-item-id": job_uuid.hex}
    return StreamedAnswer(job_uuid, is_kept=is_kept, headers=headers).audio(form)
