"""Serializers of endpoints and deliveries."""

import json
from typing import Any

from rest_framework import serializers

from apps.core.fields import Flag, Text
from apps.webhooks.events import EVENTS
from apps.webhooks.models import Delivery, Endpoint, SigningSecret
from workers.contract.time_units import DAY_SECONDS

WEEK_SECONDS = 7 * DAY_SECONDS
EVENTS_HELP = "Which events are sent; all of them when the list is empty. " + " ".join(f"`{name}`: {text}" for name, text in EVENTS.items())


class EndpointSerializer(serializers.ModelSerializer[Endpoint]):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Endpoint
        fields = ["id", "url", "description", "events", "is_enabled", "disabled_reason", "disabled_at", "failing_since", "created_at"]
        read_only_fields = fields


class IssuedEndpointSerializer(EndpointSerializer):
    """A new endpoint with its secret, which is shown only in this response."""

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class EventSerializer(serializers.Serializer[Any]):
    """An event that endpoints can subscribe to."""

    name = serializers.CharField()
    description = serializers.CharField()
    example = serializers.DictField(help_text="A message's body.")


class EventListSerializer(serializers.Serializer[Any]):
    """All events."""

    events = EventSerializer(many=True)


class NewEndpointSerializer(serializers.Serializer[Any]):
    """Settings of a new endpoint."""

    url = Text(max_length=2048, help_text="http:// or https://, on a public address.")
    events = serializers.ListField(child=Text(max_length=50), default=list, max_length=50, help_text=EVENTS_HELP)
    description = Text(max_length=200, default="", allow_blank=True)


class EndpointChangeSerializer(serializers.Serializer[Any]):
    """Settings to change; omitted settings stay."""

    url = Text(max_length=2048, required=False)
    events = serializers.ListField(child=Text(max_length=50), required=False, max_length=50, help_text=EVENTS_HELP)
    description = Text(max_length=200, required=False, allow_blank=True)
    is_enabled = Flag(required=False)


class EndpointListSerializer(serializers.Serializer[Any]):
    endpoints = EndpointSerializer(many=True)
    total = serializers.IntegerField()


class SecretRotationSerializer(serializers.Serializer[Any]):
    """Overlap of a rotation, in which both secrets sign."""

    overlap_seconds = serializers.IntegerField(min_value=0, max_value=WEEK_SECONDS, default=DAY_SECONDS)


class SecretSerializer(serializers.Serializer[Any]):
    """A signing secret."""

    secret = serializers.CharField(help_text="`whsec_…`, for any library of the Standard Webhooks rules.")


class SecretHintSerializer(serializers.ModelSerializer[SigningSecret]):
    """The beginning of a secret, enough to recognise it."""

    hint = serializers.SerializerMethodField(help_text="`whsec_` and the first four characters.")

    class Meta:
        model = SigningSecret
        fields = ["hint", "previous_secret_until"]
        read_only_fields = fields

    def get_hint(self, held: SigningSecret) -> str:
        """24 of the 256 bits."""
        return f"{held.secret[:10]}…"


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt of a delivery."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the response; null if there was none.")
    answer = serializers.CharField(help_text="First 2 kB of the response's body.")
    error = serializers.CharField()


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A delivery with its body and attempts."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    message_id = serializers.CharField(source="__str__", read_only=True, help_text="The header `webhook-id`.")
    endpoint_id = serializers.UUIDField(read_only=True, allow_null=True, help_text="Null for a request's own webhook_url.")
    body = serializers.SerializerMethodField(help_text="Body of the delivery.")
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "message_id",
            "endpoint_id",
            "url",
            "event",
            "state",
            "body",
            "attempts",
            "next_attempt_at",
            "created_at",
            "ended_at",
        ]
        read_only_fields = fields

    def get_body(self, delivery: Delivery) -> dict[str, Any]:
        """The body as it is sent."""
        return dict(json.loads(delivery.body))


class DeliveryListSerializer(serializers.Serializer[Any]):
    """One page of deliveries, newest first."""

    deliveries = DeliverySerializer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()


class DeliveryQuerySerializer(serializers.Serializer[Any]):
    """Filters of the list of deliveries."""

    endpoint_id = serializers.UUIDField(required=False)
    page = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=20)
