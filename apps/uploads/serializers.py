"""Serializers of uploads."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.core import fields
from apps.uploads.models import Upload, UploadState
from workers.audio.probe import SUPPORTED_FORMATS

_MOMENT = serializers.DateTimeField()
LONGEST = f"{settings.TTSAI_UPLOAD_AUDIO_SECONDS / 3600:.3g} hours"
MEDIA_TYPE = r"^[\w.+-]{1,50}/[\w.+-]{1,49}\Z"


class ReferenceSerializer(serializers.Serializer[Any]):
    """References to a file that is not in the request."""

    file_url = fields.Text(required=False, allow_null=True, allow_blank=True, help_text="URL of the file, instead of `file`.")
    upload_id = fields.Text(required=False, allow_null=True, allow_blank=True, help_text="Id from POST /v1/uploads/, instead of `file`.")


class SourceSerializer(ReferenceSerializer):
    """Fields of every endpoint that accepts a file; exactly one of them is given (services.order_source checks)."""

    file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text=f"{SUPPORTED_FORMATS}, known by its content; at most {LONGEST}."
    )


class NewUploadSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/uploads/."""

    file_name = fields.Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=255,
        help_text="A recording's type is detected from its content; a text is one by its name: .txt, .md, .epub or .srt.",
    )
    bytes = serializers.IntegerField(min_value=1, help_text="The exact size of the file.")
    content_type = serializers.RegexField(
        MEDIA_TYPE, required=False, default="application/octet-stream", help_text="Content type of the PUT request."
    )


class UploadAddressSerializer(serializers.Serializer[Any]):
    """URL that the file is sent to."""

    upload_id = serializers.CharField(help_text="Id for later requests, instead of `file`.")
    method = serializers.CharField(help_text="`PUT`.")
    url = serializers.URLField(help_text="Needs no key.")
    headers = serializers.DictField(child=serializers.CharField(), help_text="Headers to send with the file, unchanged.")
    expires_at = serializers.DateTimeField(help_text="Expiry of the URL and of the file.")
    max_bytes = serializers.IntegerField(help_text="Announced size: exactly this number of bytes is accepted.")


class AudioSerializer(serializers.Serializer[Any]):
    """Measured properties of a file."""

    container = serializers.CharField(help_text=f"Of {SUPPORTED_FORMATS}.")
    codec = serializers.CharField()
    audio_seconds = serializers.FloatField(help_text="Measured by decoding.")
    sample_rate = serializers.IntegerField(help_text="Hz.")
    channels = serializers.IntegerField()


class TextSerializer(serializers.Serializer[Any]):
    """Properties of a text to be spoken."""

    format = serializers.CharField(help_text="txt, md, epub or srt.")
    characters = serializers.IntegerField()
    title = serializers.CharField(help_text="Title of a book; empty for other files.")
    chapters = serializers.IntegerField(help_text="Chapters of a book.")
    cues = serializers.IntegerField(help_text="Subtitles of an SRT file.")
    warnings = serializers.ListField(child=serializers.CharField())


class RefusalSerializer(serializers.Serializer[Any]):
    """Reason why a file was refused."""

    code = serializers.CharField()
    message = serializers.CharField()


class UploadSerializer(serializers.Serializer[Any]):
    """A file uploaded in advance."""

    upload_id = serializers.CharField()
    status = serializers.ChoiceField(
        choices=UploadState.values, help_text="State of the upload. A refused upload accepts another file at the same URL."
    )
    file_name = serializers.CharField()
    bytes = serializers.IntegerField(help_text="Size in bytes; the announced size until the file is ready.")
    sha256 = serializers.CharField(allow_null=True)
    audio = AudioSerializer(allow_null=True, help_text="null for a text.")
    text = TextSerializer(required=False, help_text="Of a text alone.")
    refusal = RefusalSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class RemovedUploadSerializer(serializers.Serializer[Any]):
    upload_id = serializers.CharField()
    deleted = serializers.BooleanField()


def upload_shape(upload: Upload) -> dict[str, Any]:
    """Fields of UploadSerializer."""
    text = {"text": TextSerializer(upload.text).data} if upload.text is not None else {}
    is_ready = upload.state == UploadState.READY
    is_refused = upload.state == UploadState.REFUSED
    return {
        "upload_id": upload.uuid.hex,
        "status": upload.state,
        "file_name": upload.file_name,
        "bytes": upload.bytes if is_ready else upload.announced_bytes,
        "sha256": upload.sha256 or None,
        "audio": AudioSerializer(upload.audio).data if is_ready and upload.audio is not None else None,
        **text,
        "refusal": {"code": upload.error_code, "message": upload.error_message} if is_refused else None,
        "created_at": _MOMENT.to_representation(upload.created_at),
        "expires_at": _MOMENT.to_representation(upload.expires_at),
    }
