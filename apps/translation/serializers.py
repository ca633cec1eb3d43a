"""Serializers of POST /v1/speech-translate/."""

from typing import Any

from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core import fields
from apps.uploads.serializers import SourceSerializer
from apps.webhooks.fields import WebhookUrl
from workers.contract.formats import FORMATS


class SpeechTranslationRequestSerializer(SourceSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    target_language = fields.Text(max_length=35, help_text="Language of the translation: en, es, …")
    source_language = fields.Text(
        required=False, default="auto", allow_blank=True, max_length=35, help_text="Language of the recording; detected if omitted."
    )
    voice = fields.Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_NAME,
        help_text="A voice or a mix. Chosen by language and the speaker's gender unless given.",
    )
    preserve_voice = fields.FormFlag(
        required=False, default=False, help_text="Speak with a likeness of the speaker's voice, found in this recording."
    )
    format = fields.FormChoice(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the audio.")
    webhook_url = WebhookUrl()


class SpeechTranslationSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/speech-translate/."""

    original_text = serializers.CharField()
    translated_text = serializers.CharField()
    source_language = serializers.CharField()
    target_language = serializers.CharField()
    audio_url = serializers.URLField(help_text="The translation, spoken; needs no key.")
    credits_used = serializers.FloatField()
    duration = serializers.FloatField(help_text="Seconds of the audio.")
    uuid = serializers.CharField()
    job_id = serializers.UUIDField()
