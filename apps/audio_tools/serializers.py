"""Fields that several tools have."""

from typing import Any

from rest_framework import serializers

from apps.core import fields
from apps.speech.serializers import SAMPLE_RATES as SPEECH_RATES
from apps.uploads.serializers import SourceSerializer
from apps.webhooks.fields import WebhookUrl
from workers.contract.formats import FORMATS

BITRATES = (64, 128, 192, 256, 320)
"""kbit/s."""
SAMPLE_RATES = (*SPEECH_RATES, 88200, 96000)
"""Hz."""
BIT_DEPTHS = (16, 24, 32)
CHANNELS = {"mono": 1, "stereo": 2}
PROCESSED_FORMATS = ("wav", "mp3", "flac")
"""Formats of enhanced, dried and separated audio."""


class FormNumberChoice(fields.FormChoice):
    """One of some integers, which forms carry as text: `"192"`; neither `192.0` nor `true`."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid_choice", input=data)
        return int(super().to_internal_value(data))


class ToolRequestSerializer(SourceSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    webhook_url = WebhookUrl()


class AudioFormSerializer(ToolRequestSerializer):
    """Form of the audio that the tool answers with."""

    format = fields.FormChoice(
        choices=list(FORMATS), required=False, default="", help_text="Format of the answer; that of the recording, or wav, unless given."
    )
    bitrate = FormNumberChoice(
        choices=BITRATES, required=False, default=0, help_text="kbit/s of a lossy format; by default enough for its channels."
    )
    sample_rate = FormNumberChoice(choices=SAMPLE_RATES, required=False, default=0, help_text="Hz; the recording's own unless given.")
    channels = fields.FormChoice(
        choices=list(CHANNELS), required=False, default="", help_text="mono or stereo; the recording's own unless given."
    )
    bit_depth = FormNumberChoice(
        choices=BIT_DEPTHS,
        required=False,
        default=0,
        help_text="Bits per sample of wav and flac, 32 for floating point in wav; the recording's own unless given.",
    )


class ProcessedFormatSerializer(ToolRequestSerializer):
    """Format of processed audio, whose rate and channels are the recording's own."""

    format = fields.FormChoice(
        choices=PROCESSED_FORMATS, required=False, default="", help_text="Format of the answer; the recording's, or wav, unless given."
    )


class ToolDocumentSerializer(serializers.Serializer[Any]):
    """Fields that every JSON answer of a tool has."""

    uuid = serializers.CharField()
    job_id = serializers.UUIDField()
    credits_used = serializers.FloatField()
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
