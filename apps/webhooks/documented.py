"""Section `webhooks` of the OpenAPI schema."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, OpenApiWebhook, extend_schema, inline_serializer
from rest_framework import serializers

from apps.webhooks.events import EVENTS, EXAMPLES, event_body

HOW = (
    "Signed by the Standard Webhooks rules: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` stand beside the body. "
    "Repeats of a message, also a replay, have its `webhook-id`. Order is not promised."
)
ANSWER = "Any 2xx within 10 seconds. Anything else is tried again, 10 times in all; 410 stops at once."


def documented(event: str, *, data: type[serializers.Serializer[Any]]) -> OpenApiWebhook:
    """Schema of one event. Apps above declare theirs in their own `documented.py`; SPECTACULAR_SETTINGS lists all."""
    name = "".join(part.title() for part in event.split("."))
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "type": serializers.ChoiceField(choices=[event]),
        "timestamp": serializers.DateTimeField(),
        "data": data(),
    }
    example = event_body(event, occurred_at="2026-11-21T07:43:00.123456+00:00", data=EXAMPLES[event])
    return OpenApiWebhook(
        name=event,
        decorator=extend_schema(
            summary=event,
            description=f"{EVENTS[event]} {HOW}",
            tags=["webhooks"],
            request=inline_serializer(name=f"{name}Webhook", fields=fields),
            responses={200: OpenApiResponse(description=ANSWER)},
            examples=[OpenApiExample(event, value=example, request_only=False)],
        ),
    )


class CreditsLowSerializer(serializers.Serializer[Any]):
    credits_remaining = serializers.FloatField(help_text="Available credits, without the reservations of running jobs.")
    threshold = serializers.FloatField()


class KeyRevokedSerializer(serializers.Serializer[Any]):
    key_id = serializers.IntegerField()
    prefix = serializers.CharField()
    name = serializers.CharField()


class EndpointDisabledSerializer(serializers.Serializer[Any]):
    endpoint_id = serializers.UUIDField()
    url = serializers.CharField()
    reason = serializers.CharField()


class TrialSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()


CREDITS_LOW = documented("credits.low", data=CreditsLowSerializer)
KEY_REVOKED = documented("key.revoked", data=KeyRevokedSerializer)
ENDPOINT_DISABLED = documented("endpoint.disabled", data=EndpointDisabledSerializer)
TRIAL = documented("test", data=TrialSerializer)
