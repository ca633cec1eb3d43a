"""Serializers of POST /v1/voice-convert/ and POST /v1/speech-to-speech/."""

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.conversion.orders import DEFAULT_MODEL, OUTPUT_FORMATS
from apps.core import fields
from apps.uploads.serializers import SourceSerializer
from apps.webhooks.fields import WebhookUrl
from workers.contract.conversion import EMOTIONS

SLOWEST, FASTEST = 0.5, 2.0


class ConversionRequestSerializer(SourceSerializer):
    """Fields of both endpoints: form, or JSON with `file_url` or `upload_id`."""

    model = fields.FormName(
        required=False, default=DEFAULT_MODEL, max_length=100, help_text="A model of type `voice-convert`: kokoro-convert, world, …"
    )
    language = fields.Text(
        required=False, default="auto", allow_blank=True, max_length=35, help_text="Language of the recording; detected if omitted."
    )
    format = fields.FormChoice(choices=list(OUTPUT_FORMATS), required=False, default="wav", help_text="Format of the audio.")
    webhook_url = WebhookUrl()


class VoiceConversionRequestSerializer(ConversionRequestSerializer):
    """Request of POST /v1/voice-convert/."""

    target_voice = fields.Text(max_length=LONGEST_NAME, help_text="A voice in /v1/voices/, one of the account's own, or a mix.")


class SpeechToSpeechRequestSerializer(ConversionRequestSerializer):
    """Request of POST /v1/speech-to-speech/."""

    voice = fields.Text(max_length=LONGEST_NAME, help_text="A voice in /v1/voices/, one of the account's own, or a mix.")
    emotion = fields.FormChoice(
        choices=list(EMOTIONS), required=False, default="neutral", help_text="Changes pitch, pitch range, pace and energy."
    )
    speed = fields.FormNumber(required=False, default=1.0, min_value=SLOWEST, max_value=FASTEST, help_text="2.0 is twice as fast.")
