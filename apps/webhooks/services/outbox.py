"""Outbox: deliveries are rows of the transaction of their event, so that neither exists without the other."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Account
from apps.accounts.throttles import too_many_requests
from apps.core.errors import ConflictError
from apps.core.limits import count_request
from apps.core.notices import send_soon
from apps.webhooks.events import EVENTS, event_body
from apps.webhooks.models import Delivery, DeliveryState, Endpoint

Data = dict[str, Any] | Callable[[], dict[str, Any]]
"""Data of an event; a function is called only if an endpoint is subscribed."""

MANUAL_SENDS_PER_MINUTE: Final = 10
"""Tests and replays that a customer asks for, per endpoint; of requests' own webhooks, per account."""
MAXIMUM_BODY_BYTES = 256 * 1024
"""Largest message body. Fields that exceed it (such as the transcript of hours) are left out and named in `omitted`."""


def record_event(
    account_id: int,
    *,
    event: str,
    data: Data,
    url: str = "",
    endpoint: Endpoint | None = None,
    occurred_at: datetime | None = None,
    is_for_endpoints: bool = True,
) -> list[Delivery]:
    """Create deliveries for every subscribed endpoint of the account and for the request's own webhook (`url`).

    is_for_endpoints: False for another request's `url` about an event that the endpoints have received.
    Call it in the transaction of the event. After the commit the platform's worker is asked to send at once.
    """
    if event not in EVENTS:
        raise ValueError(f"no such event: {event}")
    endpoints = [endpoint] if endpoint else _subscribed_endpoints(account_id, event=event) if is_for_endpoints else []
    if not endpoints and not url:
        return []
    body = _bounded_body(event, data=data() if callable(data) else data, occurred_at=occurred_at or timezone.now())
    rows = [Delivery(account_id=account_id, endpoint=one, url=one.url, event=event, body=body) for one in endpoints]
    if url:
        rows.append(Delivery(account_id=account_id, url=url, event=event, body=body))
    send_soon()
    return Delivery.objects.bulk_create(rows)


def record_callback(account_id: int, *, event: str, url: str, method: str, source: dict[str, Any]) -> Delivery:
    """Create a delivery to a request's own address in another API's shape. source: what TTSAI_DELIVERY_BODIES writes its text from.

    Call it in the transaction of the event.
    """
    send_soon()
    return Delivery.objects.create(account_id=account_id, url=url, event=event, method=method.upper(), body=_as_json(source))


def replay_delivery(delivery: Delivery) -> Delivery:
    """Send the same message again, under the same id, so that receivers can deduplicate. Raises 409 endpoint_disabled."""
    now = timezone.now()
    with transaction.atomic():
        if delivery.endpoint_id is not None:
            _lock_enabled(delivery.endpoint_id)
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PENDING, attempt_count=0, next_attempt_at=now, ended_at=None)
        send_soon()
    delivery.refresh_from_db()
    return delivery


def count_manual_send(row: Endpoint | Delivery) -> None:
    """Count a test or a replay that a customer asks for: receivers are others' servers. Raises 429 beyond MANUAL_SENDS_PER_MINUTE."""
    receiver = row.pk if isinstance(row, Endpoint) else row.endpoint_id or f"account:{row.account_id}"
    state = count_request(f"webhook-sends:{receiver}", limit=MANUAL_SENDS_PER_MINUTE)
    if not state.is_allowed:
        raise too_many_requests(state)


def send_test(account: Account, *, endpoint: Endpoint) -> Delivery:
    """Send a test message to one endpoint, whatever its subscriptions. Raises 409 endpoint_disabled."""
    with transaction.atomic():
        _lock_enabled(endpoint.pk)
        (delivery,) = record_event(account.pk, event="test", data={"message": "This endpoint works."}, endpoint=endpoint)
    return delivery


def _lock_enabled(endpoint: UUID) -> None:
    """Lock the endpoint's row. Raises 409 if it is disabled: nothing is sent there, or ten attempts would follow."""
    if not Endpoint.objects.select_for_update().filter(pk=endpoint, is_enabled=True).exists():
        raise ConflictError('The endpoint is disabled. Enable it first: PATCH {"is_enabled": true}.', code="endpoint_disabled")


def _bounded_body(event: str, *, data: dict[str, Any], occurred_at: datetime) -> str:
    """The message as it is sent, without the largest fields if it would exceed the limit."""
    body = _as_json(event_body(event, occurred_at=occurred_at.isoformat(), data=data))
    omitted: list[str] = []
    while len(body.encode()) > MAXIMUM_BODY_BYTES and data:
        largest = max(data, key=lambda name: len(_as_json(data[name])))
        omitted.append(largest)
        data = {name: value for name, value in data.items() if name != largest}
        body = _as_json(event_body(event, occurred_at=occurred_at.isoformat(), data=data | {"omitted": omitted}))
    return body


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _subscribed_endpoints(account_id: int, *, event: str) -> list[Endpoint]:
    wanted = Q(events=[]) | Q(events__contains=[event])
    return list(Endpoint.objects.filter(wanted, account_id=account_id, is_enabled=True))
