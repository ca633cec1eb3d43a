"""Serializers of /v1/voice-chat/."""

from typing import Any

from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core import fields
from apps.uploads.serializers import ReferenceSerializer
from apps.webhooks.fields import WebhookUrl
from workers.contract.formats import FORMATS

LONGEST_TEXT = 4000
LONGEST_PROMPT = 4000


class VoiceChatRequestSerializer(ReferenceSerializer):
    """Form or JSON: a recording or a text."""

    audio = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text="Recorded message of the user; or `text`."
    )
    text = fields.Text(required=False, default="", allow_blank=True, max_length=LONGEST_TEXT, help_text="Message of the user; or `audio`.")
    voice = fields.Text(
        required=False, default="", allow_blank=True, max_length=LONGEST_NAME, help_text="af_bella, or one of the answer's language."
    )
    tts_model = fields.FormName(
        required=False,
        default="",
        max_length=100,
        help_text="Speech model. If omitted: kokoro, or without `voice` a model that speaks the language.",
    )
    model = fields.Text(required=False, default="", allow_blank=True, max_length=100, help_text="Chat model: type `chat` in /v1/models/.")
    system_prompt = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=LONGEST_PROMPT, help_text="System prompt, kept for later turns."
    )
    conversation_id = fields.Text(
        required=False, default="", allow_blank=True, max_length=64, help_text="Id from an earlier response; a new conversation if omitted."
    )
    language = fields.Text(
        required=False, default="", allow_blank=True, max_length=35, help_text="Language of the recording; detected if omitted."
    )
    format = fields.FormChoice(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the audio.")
    webhook_url = WebhookUrl()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one of text and recording."""
        given = [name for name in ("audio", "file_url", "upload_id", "text") if attrs.get(name)]
        if attrs.get("audio") is not None and "audio" not in given:
            given.append("audio")  # a file without a byte is a file all the same
        if len(given) != 1:
            raise serializers.ValidationError(
                {"text": "Send exactly one of audio, file_url, upload_id and text."}, code="invalid" if given else "required"
            )
        if given == ["text"] and not attrs["text"].strip():
            raise serializers.ValidationError({"text": "There is nothing to answer."}, code="blank")
        return attrs


class VoiceChatSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/voice-chat/."""

    conversation_id = serializers.CharField()
    user_text = serializers.CharField(help_text="Text or transcript of the user's message.")
    ai_text = serializers.CharField()
    audio_url = serializers.URLField(help_text="URL of the spoken answer; needs no key.")
    credits_used = serializers.FloatField()
    duration = serializers.FloatField(help_text="Seconds of the audio.")
    model = serializers.CharField(help_text="Id of the model that answered.")
    tts_model_used = serializers.CharField(help_text="Id of the model that spoke.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    uuid = serializers.CharField()
    job_id = serializers.UUIDField()


class TurnSerializer(serializers.Serializer[Any]):
    """Answered turn."""

    uuid = serializers.CharField()
    user_text = serializers.CharField()
    ai_text = serializers.CharField()
    audio_url = serializers.URLField()
    created_at = serializers.DateTimeField()


class ConversationSerializer(serializers.Serializer[Any]):
    """Response of GET /v1/voice-chat/<id>/."""

    conversation_id = serializers.CharField()
    system_prompt = serializers.CharField()
    created_at = serializers.DateTimeField()
    turns = TurnSerializer(many=True)


class RemovedConversationSerializer(serializers.Serializer[Any]):
    """Response of DELETE /v1/voice-chat/<id>/."""

    conversation_id = serializers.CharField()
    deleted = serializers.BooleanField()
