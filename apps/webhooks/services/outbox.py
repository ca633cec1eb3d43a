"""The outbox: deliveries are rows of the same transaction as what they tell of, so that neither is without the other."""

import json
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Account
from apps.webhooks.events import EVENTS, event_body
from apps.webhooks.models import Delivery, DeliveryState, Endpoint


def record_event(account_id: int, event: str, data: dict[str, Any], *, url: str = "", endpoint: Endpoint | None = None) -> list[Delivery]:
    """Rows for every endpoint of the account that asked for the event, and for the request's own address.

    Belongs inside the caller's transaction. Sends nothing: apps.webhooks.sender takes what is due.
    """
    if event not in EVENTS:
        raise ValueError(f"no such event: {event}")
    body = json.dumps(event_body(event, occurred_at=timezone.now().isoformat(), data=data), ensure_ascii=False, separators=(",", ":"))
    endpoints = [endpoint] if endpoint else _listening(account_id, event)
    rows = [Delivery(account_id=account_id, endpoint=one, url=one.url, event=event, body=body) for one in endpoints]
    if url:
        rows.append(Delivery(account_id=account_id, url=url, event=event, body=body))
    return Delivery.objects.bulk_create(rows) if rows else []


def _listening(account_id: int, event: str) -> list[Endpoint]:
    wanted = Q(events=[]) | Q(events__contains=[event])
    return list(Endpoint.objects.filter(wanted, account_id=account_id, is_enabled=True))


def replay_delivery(delivery: Delivery) -> Delivery:
    """The same message once more, under the same id: a receiver that had it can tell."""
    now = timezone.now()
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PENDING, attempt_count=0, next_attempt_at=now, ended_at=None)
    delivery.refresh_from_db()
    return delivery


def send_test(account: Account, endpoint: Endpoint) -> Delivery:
    """A test message to one endpoint, whatever events it asked for."""
    (delivery,) = record_event(account.pk, "test", {"message": "This endpoint works."}, endpoint=endpoint)
    return delivery
