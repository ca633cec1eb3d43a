"""Bodies of the dialect's requests and responses."""

from typing import Any, Final

from rest_framework import serializers

from apps.core import fields

LONGEST_ID: Final = 100
MOST_IDS: Final = 1000


class CloneRequestSerializer(serializers.Serializer[Any]):
    """Request of POST /clone."""

    prompt_audio = serializers.CharField(
        max_length=28_000_000, help_text="Recording of the speaker: base64, a data URL, a URL, or a path below the operator's folder."
    )
    prompt_text = fields.Text(required=False, default="", allow_blank=True, max_length=10_000, help_text="Words of the recording.")
    prompt_id = fields.Text(max_length=LONGEST_ID, help_text="Id of the voice in this account.")
    consent = fields.Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=5000,
        help_text="The speaker's statement of consent, where the server demands one.",
    )
    consent_by = fields.Text(required=False, default="", allow_blank=True, max_length=200, help_text="The speaker's name.")


class StreamClonedSerializer(serializers.Serializer[Any]):
    """Response of POST /clone."""

    existed = serializers.BooleanField(help_text="True if the account had a voice with this id, which was left as it was.")
    prompt_id = serializers.CharField()


class PromptIdSerializer(serializers.Serializer[Any]):
    """Request of POST /remove."""

    prompt_id = fields.Text(max_length=LONGEST_ID)


class StatusSerializer(serializers.Serializer[Any]):
    """Response of POST /remove."""

    status = serializers.CharField(help_text="`ok`.")


def _ids(**options: Any) -> serializers.ListField:
    child = fields.Text(max_length=LONGEST_ID)
    return serializers.ListField(
        child=child, required=False, allow_null=True, default=None, max_length=MOST_IDS, help_text="All if omitted.", **options
    )


class CacheSaveSerializer(serializers.Serializer[Any]):
    """Request of POST /cache/save."""

    cache_dir = fields.Text(max_length=200, help_text="Name in the account's storage; never a path of the server.")
    prompt_ids = _ids(
        allow_empty=False, error_messages={"empty": "An empty list saves nothing. Name voices, or leave prompt_ids out to save all."}
    )


class CachePathSerializer(serializers.Serializer[Any]):
    """Response of POST /cache/save."""

    cache_path = serializers.CharField(help_text="Name for POST /cache/load.")


class CacheLoadSerializer(serializers.Serializer[Any]):
    """Request of POST /cache/load."""

    cache_path = fields.Text(max_length=200, help_text="Name from POST /cache/save.")
    prompt_ids = _ids()


class LoadedSerializer(serializers.Serializer[Any]):
    """Response of POST /cache/load."""

    loaded_speakers = serializers.ListField(child=serializers.CharField())
