"""Serializers of POST /v1/tts/batch/ and GET /v1/tts/batch/result/."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.speech.serializers import SpeechRequestSerializer
from apps.webhooks.fields import WebhookUrl

MAXIMUM_ITEMS = 50
BATCH_FIELDS = {
    "webhook_url": "webhook_url stands beside `texts`: one message tells of the whole batch.",
    "stream": "An item of a batch cannot be streamed.",
}
"""Fields of POST /v1/tts/ that an item cannot have, with the reason."""


class BatchItemRequestSerializer(SpeechRequestSerializer):
    """One text: the body of POST /v1/tts/, without `stream` and `webhook_url`."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse fields that concern the whole batch."""
        for name, reason in BATCH_FIELDS.items():
            if attrs.get(name):
                raise serializers.ValidationError({name: reason}, code="not_of_an_item")
        return super().validate(attrs)


@extend_schema_field(BatchItemRequestSerializer(many=True))
class BatchItemsField(serializers.Field[list[dict[str, Any]], Any, Any, Any]):
    """One to fifty objects. Their content is validated later, one by one: an invalid one fails alone."""

    default_error_messages = {
        "not_a_list": "Expected a list of objects.",
        "empty": "A batch has at least one item.",
        "too_many": "A batch has at most {most} items; these are {count}.",
        "batch_too_long": "The texts of a batch have at most {most} characters together, markup included; these have {count}.",
    }

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        """The list, counted before its content is read."""
        if not isinstance(data, list):
            self.fail("not_a_list")
        if not data:
            self.fail("empty")
        if len(data) > MAXIMUM_ITEMS:
            self.fail("too_many", most=MAXIMUM_ITEMS, count=len(data))
        for index, item in enumerate(data):
            if not isinstance(item, dict):
                of_item: dict[Any, Any] = {index: 'Expected an object such as {"text": …, "model": …, "voice": …}.'}
                raise serializers.ValidationError(of_item)
        characters = sum(_characters_of(item) for item in data)
        if characters > settings.TTSAI_BATCH_CHARACTERS:
            self.fail("batch_too_long", most=settings.TTSAI_BATCH_CHARACTERS, count=characters)
        return data


def _characters_of(item: dict[str, Any]) -> int:
    return sum(len(text) for text in (item.get("text"), item.get("input")) if isinstance(text, str))


class BatchRequestSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/tts/batch/."""

    texts = BatchItemsField(help_text=f"At most {MAXIMUM_ITEMS}; each has its own price, limits and result.")
    webhook_url = WebhookUrl(help_text="URL that receives one signed POST of `batch.completed` after the last item.")


class BatchSerializer(serializers.Serializer[Any]):
    batch_id = serializers.CharField(help_text="32 hex digits; accessible with the account's keys.")
    total = serializers.IntegerField()
    completed = serializers.IntegerField(help_text="Items whose audio is ready.")
    failed = serializers.IntegerField(help_text="Items that were refused or failed.")
    status = serializers.ChoiceField(
        choices=["processing", "completed"], help_text="`completed` once every item has ended, also when some failed."
    )


class BatchItemSerializer(serializers.Serializer[Any]):
    """The outcome of one text of a batch."""

    index = serializers.IntegerField(help_text="Index in `texts`, from 0.")
    uuid = serializers.CharField(help_text="Uuid of the item's job; empty if the item was refused.")
    status = serializers.ChoiceField(choices=["queued", "processing", "completed", "failed", "cancelled"])
    error = serializers.CharField(help_text="Error message; empty if the item did not fail.")
    url = serializers.CharField(help_text="URL of the audio, which needs no key; empty while there is none.")
    credits = serializers.FloatField(help_text="Charged credits; 0 until the item has ended.")
    code = serializers.CharField(required=False, help_text="Error code of a failed item.")
    model_used = serializers.CharField(required=False, help_text="Id of the stand-in, for a model that is not installed.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    cached = serializers.BooleanField(required=False, help_text="True if the result is that of an earlier identical request.")


class BatchResultSerializer(BatchSerializer):
    cancelled = serializers.IntegerField(help_text="Items that were cancelled. The rest of `total` is still being processed.")
    credits_charged = serializers.FloatField(help_text="The sum of the items' credits so far; exact.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Time at which results are deleted.")
    items = BatchItemSerializer(many=True)
