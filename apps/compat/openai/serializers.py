"""Shapes of OpenAI's audio API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compat.openai.names import MAXIMUM_CHARACTERS, MODELS
from apps.core import fields

FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
SLOWEST, FASTEST = 0.25, 4.0


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}]})
class VoiceField(serializers.Field[Any, Any, Any, Any]):
    """A name, or an object with an id."""

    default_error_messages = {"invalid": "Not a voice: send a name, or an object with an id."}

    def to_internal_value(self, data: Any) -> str:
        name = data.get("id") if isinstance(data, dict) else data
        if not isinstance(name, str) or len(name) > 100:
            self.fail("invalid")
        return name


class OpenAISpeechSerializer(serializers.Serializer[Any]):
    """The body of POST /v1/audio/speech."""

    model = fields.Text(max_length=100, help_text="tts-1, tts-1-hd, gpt-4o-mini-tts, or a model of /v1/models.")
    input = fields.Text(
        help_text=f"What to say; at most {MAXIMUM_CHARACTERS} characters for OpenAI's names, the plan's limit for native ids."
    )
    voice = VoiceField(required=False, allow_null=True, help_text="alloy, ash, …, or a voice of the model; its default.")
    response_format = serializers.ChoiceField(choices=FORMATS, required=False, default="mp3")
    speed = fields.Number(required=False, default=1.0, min_value=SLOWEST, max_value=FASTEST)
    instructions = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=4096, help_text="Mapped to pace, loudness and pauses, with a warning."
    )
    stream_format = serializers.ChoiceField(choices=["audio", "sse"], required=False, default="audio", help_text="sse: not supported yet.")
    language = fields.Text(required=False, allow_null=True, allow_blank=True, max_length=35, help_text="Ours: en, es, …")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the fields alone cannot tell."""
        if not attrs["input"].strip():
            raise serializers.ValidationError({"input": "There is nothing to say."}, code="blank")
        if attrs["model"] in MODELS and len(attrs["input"]) > MAXIMUM_CHARACTERS:
            message = f"{attrs['model']} takes at most {MAXIMUM_CHARACTERS} characters."
            raise serializers.ValidationError({"input": message}, code="text_too_long")
        if attrs["stream_format"] == "sse":
            raise serializers.ValidationError({"stream_format": "This server does not support sse yet."}, code="not_supported_yet")
        return attrs
