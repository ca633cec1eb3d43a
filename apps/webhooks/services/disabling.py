"""Disabling endpoints: by their owner, or because they no longer answer."""

import logging

from django.db import transaction
from django.utils import timezone

from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.services.outbox import record_event

logger = logging.getLogger(__name__)

LONGEST_REASON = 200


def disable_endpoint(endpoint: Endpoint, *, reason: str) -> None:
    """Disable an endpoint. Its `disabled_reason` and the event endpoint.disabled, sent to the account's other endpoints, say why. The
    caller's transaction holds the row lock.
    """
    logger.warning("webhook endpoint %s is disabled: %s", endpoint.pk, reason)
    endpoint.is_enabled, endpoint.disabled_reason, endpoint.disabled_at = False, reason, timezone.now()
    endpoint.save(update_fields=["is_enabled", "disabled_reason", "disabled_at"])
    fail_pending_deliveries(endpoint)
    data = {"endpoint_id": str(endpoint.pk), "url": endpoint.url, "reason": reason}
    record_event(endpoint.account_id, event="endpoint.disabled", data=data)


def switch_off(endpoint: Endpoint, *, reason: str) -> None:
    """Disable an endpoint on behalf of the operator; idempotent."""
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if row.is_enabled:
            disable_endpoint(row, reason=f"the operator switched it off: {reason}"[:LONGEST_REASON])


def fail_pending_deliveries(endpoint: Endpoint) -> None:
    """Mark pending deliveries of the endpoint as failed; each can be replayed once it is enabled again."""
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING)
    waiting.update(state=DeliveryState.FAILED, ended_at=timezone.now(), next_attempt_at=None)
