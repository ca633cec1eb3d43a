"""Views of /v1/webhooks/: endpoints, secrets, deliveries."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.models import Account
from apps.accounts.permissions import HasAccount, scope_required
from apps.core.caching import NO_STORE
from apps.webhooks import serializers as shapes
from apps.webhooks.events import EVENTS, EXAMPLES, event_body
from apps.webhooks.selectors import get_delivery, get_endpoint, list_deliveries, list_endpoints
from apps.webhooks.services.endpoints import change_endpoint, create_endpoint, rotate_secret, signing_secret
from apps.webhooks.services.outbox import count_manual_send, replay_delivery, send_test


class WebhookView(APIView):
    """Base view; reading and writing need different scopes."""

    def get_permissions(self) -> list[Any]:
        is_reading = self.request.method in {"GET", "HEAD", "OPTIONS"}
        return [HasAccount(), scope_required("webhooks:read" if is_reading else "webhooks:write")()]

    @property
    def account(self) -> Account:
        return get_caller(self.request).required_account


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class EndpointListView(WebhookView):
    """List and create endpoints."""

    @extend_schema(operation_id="webhooks_list", tags=["webhooks"], responses=shapes.EndpointListSerializer, summary="Webhook endpoints")
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """List the account's endpoints."""
        endpoints = shapes.EndpointSerializer(list_endpoints(self.account), many=True).data
        return Response({"endpoints": endpoints, "total": len(endpoints)})

    @extend_schema(
        operation_id="webhooks_create",
        tags=["webhooks"],
        request=shapes.NewEndpointSerializer,
        responses=shapes.IssuedEndpointSerializer,
        summary="Register a webhook endpoint",
    )
    def post(self, request: Request) -> Response:
        """Create an endpoint. Its secret is shown only in this response."""
        endpoint = create_endpoint(self.account, **_valid(shapes.NewEndpointSerializer(data=request.data)))
        return Response(shapes.IssuedEndpointSerializer(endpoint).data, headers=NO_STORE)


class EventListView(WebhookView):
    @extend_schema(operation_id="webhooks_events", tags=["webhooks"], responses=shapes.EventListSerializer, summary="Events")
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List the events with an example message each."""
        now = timezone.now().isoformat()
        events = [
            {"name": name, "description": text, "example": event_body(name, occurred_at=now, data=EXAMPLES[name])}
            for name, text in EVENTS.items()
        ]
        return Response({"events": events})


class EndpointView(WebhookView):
    @extend_schema(operation_id="webhooks_read", tags=["webhooks"], responses=shapes.EndpointSerializer, summary="A webhook endpoint")
    def get(self, request: Request, uuid: UUID) -> Response:  # noqa: ARG002
        """One endpoint."""
        return Response(shapes.EndpointSerializer(get_endpoint(self.account, uuid=uuid)).data)

    @extend_schema(
        operation_id="webhooks_change",
        tags=["webhooks"],
        request=shapes.EndpointChangeSerializer,
        responses=shapes.EndpointSerializer,
        summary="Change a webhook endpoint",
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change URL, events, description, or enable and disable the endpoint."""
        changes = _valid(shapes.EndpointChangeSerializer(data=request.data))
        return Response(shapes.EndpointSerializer(change_endpoint(get_endpoint(self.account, uuid=uuid), **changes)).data)

    @extend_schema(
        operation_id="webhooks_delete", tags=["webhooks"], responses=shapes.EndpointSerializer, summary="Remove a webhook endpoint"
    )
    def delete(self, request: Request, uuid: UUID) -> Response:  # noqa: ARG002
        """Delete the endpoint and its deliveries."""
        endpoint = get_endpoint(self.account, uuid=uuid)
        shape = shapes.EndpointSerializer(endpoint).data
        endpoint.delete()
        return Response(shape)


class EndpointRotationView(WebhookView):
    @extend_schema(
        operation_id="webhooks_rotate",
        tags=["webhooks"],
        request=shapes.SecretRotationSerializer,
        responses=shapes.SecretSerializer,
        summary="Rotate an endpoint's secret",
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Rotate the endpoint's secret. Until the overlap ends, messages carry a signature of each secret."""
        endpoint = get_endpoint(self.account, uuid=uuid)
        secret = rotate_secret(endpoint, **_valid(shapes.SecretRotationSerializer(data=request.data)))
        return Response({"secret": secret}, headers=NO_STORE)


class EndpointTestView(WebhookView):
    """Send a test message."""

    @extend_schema(
        operation_id="webhooks_test", tags=["webhooks"], request=None, responses=shapes.DeliverySerializer, summary="Send a test event"
    )
    def post(self, request: Request, uuid: UUID) -> Response:  # noqa: ARG002
        """Queue a message of type `test` for the endpoint; the delivery shows the outcome."""
        endpoint = get_endpoint(self.account, uuid=uuid)
        count_manual_send(endpoint)
        return Response(shapes.DeliverySerializer(send_test(self.account, endpoint=endpoint)).data)


class SigningSecretView(WebhookView):
    @extend_schema(
        operation_id="webhooks_secret", tags=["webhooks"], responses=shapes.SecretHintSerializer, summary="The default signing secret"
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Beginning of the current secret, to compare with the stored one. The whole secret is shown once, by POST."""
        return Response(shapes.SecretHintSerializer(signing_secret(self.account.pk)).data)

    @extend_schema(
        operation_id="webhooks_secret_rotate",
        tags=["webhooks"],
        request=shapes.SecretRotationSerializer,
        responses=shapes.SecretSerializer,
        summary="Make the default signing secret anew",
    )
    def post(self, request: Request) -> Response:
        """Create a default secret, shown only in this response. The previous one, if any, signs too until the overlap ends."""
        overlap = _valid(shapes.SecretRotationSerializer(data=request.data))
        return Response({"secret": rotate_secret(signing_secret(self.account.pk), **overlap)}, headers=NO_STORE)


class DeliveryListView(WebhookView):
    """List deliveries."""

    @extend_schema(
        operation_id="webhooks_deliveries",
        tags=["webhooks"],
        parameters=[shapes.DeliveryQuerySerializer],
        responses=shapes.DeliveryListSerializer,
        summary="Deliveries",
    )
    def get(self, request: Request) -> Response:
        """List deliveries with their bodies and attempts, newest first."""
        query = _valid(shapes.DeliveryQuerySerializer(data=request.query_params))
        endpoint = get_endpoint(self.account, uuid=query["endpoint_id"]) if "endpoint_id" in query else None
        deliveries = list_deliveries(self.account, endpoint=endpoint)
        first = (query["page"] - 1) * query["page_size"]
        page = shapes.DeliverySerializer(deliveries[first : first + query["page_size"]], many=True).data
        return Response({"deliveries": page, "total": deliveries.count(), "page": query["page"]})


class DeliveryReplayView(WebhookView):
    @extend_schema(
        operation_id="webhooks_replay", tags=["webhooks"], request=None, responses=shapes.DeliverySerializer, summary="Replay a delivery"
    )
    def post(self, request: Request, uuid: UUID) -> Response:  # noqa: ARG002
        """Send the same message again under the same id, with a fresh series of attempts."""
        delivery = get_delivery(self.account, uuid=uuid)
        count_manual_send(delivery)
        return Response(shapes.DeliverySerializer(replay_delivery(delivery)).data)
