"""Serializers of voices."""

import json
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core import fields
from apps.voices.serializers import LONGEST_STATEMENT, Name, RecordingsField

LONGEST_DESCRIPTION: Final = 5000
MOST_LABELS: Final = 50
LONGEST_LABEL: Final = 200


@extend_schema_field(OpenApiTypes.OBJECT)
class LabelsField(fields.BlankIsAbsentMixin, serializers.Field[Any, Any, Any, Any]):
    """Object of strings, in a form as JSON text."""

    default_error_messages = {"invalid": "Labels are an object of at most 50 strings of at most 200 characters."}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        try:
            labels = json.loads(data) if isinstance(data, str) else data
        except (ValueError, RecursionError):
            self.fail("invalid")
        if labels is None:
            return {}
        if not isinstance(labels, dict) or len(labels) > MOST_LABELS:
            self.fail("invalid")
        if not all(isinstance(part, str) and len(part) <= LONGEST_LABEL and "\x00" not in part for pair in labels.items() for part in pair):
            self.fail("invalid")
        return labels


class VoiceFormSerializer(serializers.Serializer[Any]):
    """Form of POST /v1/voices/add."""

    name = Name(help_text="Name of the voice.")
    files = RecordingsField(help_text="Recordings of one speaker.")
    description = fields.FormName(required=False, allow_null=True, max_length=LONGEST_DESCRIPTION)
    labels = LabelsField(required=False, allow_null=True, help_text="JSON object of strings: accent, age, gender, …")
    remove_background_noise = fields.FormFlag(required=False, allow_null=True, help_text="Not followed: noise is measured and reported.")
    consent = fields.FormName(required=False, max_length=LONGEST_STATEMENT, help_text="Extension: the speaker's consent in words.")


class VoiceEditSerializer(VoiceFormSerializer):
    """Form of POST /v1/voices/<voice_id>/edit."""

    name = Name(required=False, help_text="New name.")
    moderate_metadata = fields.FormFlag(required=False, allow_null=True, help_text="Not followed.")


class VoiceShapeSerializer(serializers.Serializer[Any]):
    """A voice; the fields that are always there."""

    voice_id = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField(help_text="premade or cloned")
    labels = serializers.DictField(child=serializers.CharField())
    description = serializers.CharField()
    preview_url = serializers.CharField()


class VoiceListSerializer(serializers.Serializer[Any]):
    voices = VoiceShapeSerializer(many=True)


class VoicePageSerializer(VoiceListSerializer):
    has_more = serializers.BooleanField()
    total_count = serializers.IntegerField()
    next_page_token = serializers.CharField(allow_null=True)


class AddedVoiceSerializer(serializers.Serializer[Any]):
    voice_id = serializers.CharField()
    requires_verification = serializers.BooleanField()


class ElevenLabsStatusSerializer(serializers.Serializer[Any]):
    status = serializers.CharField(help_text="Always `ok`.")
