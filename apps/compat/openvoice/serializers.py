"""Bodies of OpenVoice's requests and responses."""

from typing import Any

from rest_framework import serializers

from apps.core import fields
from apps.voices.serializers import ConsentSerializer

USUAL_TAU = 0.3


class OpenVoiceCloneRequestSerializer(ConsentSerializer):
    """Request of POST /api/clone."""

    target_audio = serializers.CharField(max_length=28_000_000, help_text="The voice to take: base64 or a data URL; wav, mp3, flac or ogg.")
    source_audio = serializers.CharField(max_length=40_000_000, help_text="The speech to convert: base64 or a data URL, of any length.")
    tau = fields.Number(
        required=False, default=USUAL_TAU, min_value=0.0, max_value=1.0, help_text="Higher values follow the target's voice more closely."
    )


class OpenVoiceStatsSerializer(serializers.Serializer[Any]):
    """Times of a conversion."""

    extract_time = serializers.CharField(help_text="`1.23s`")
    clone_time = serializers.CharField()
    total_time = serializers.CharField()


class OpenVoiceClonedSerializer(serializers.Serializer[Any]):
    """Response of POST /api/clone."""

    success = serializers.BooleanField()
    message = serializers.CharField()
    result_audio = serializers.CharField(help_text="Base64 of a WAV file of 22,050 Hz, without the beginning of a data URL.")
    stats = OpenVoiceStatsSerializer()


class OpenVoiceHealthSerializer(serializers.Serializer[Any]):
    """Response of GET /api/health."""

    status = serializers.CharField()
    message = serializers.CharField()
    sample_rate = serializers.IntegerField()


class OpenVoiceInfoSerializer(serializers.Serializer[Any]):
    """Response of GET /api/info."""

    model = serializers.CharField()
    version = serializers.CharField()
    sample_rate = serializers.IntegerField()
    target_length = serializers.IntegerField()
    tone_dimension = serializers.IntegerField()
    supported_formats = serializers.ListField(child=serializers.CharField())
