"""Notices of events to customers' programs, from apps below `webhooks`: rows, of which the platform's worker makes deliveries."""

from functools import partial
from typing import Any, Final

from django.db import transaction

from apps.core.models import Notice
from apps.core.platform_tasks import ask_platform

SEND_DUE_WEBHOOKS: Final = "platform.send_due_webhooks"
ASKED_SECONDS = 5.0
"""Beat asks every second: a platform that was away does not come back to a heap of requests for the same thing."""


def leave_notice(account_id: int, *, event: str, data: dict[str, Any]) -> None:
    """Write it down, inside the transaction of what it tells of. Event names: apps/webhooks/events.py."""
    Notice.objects.create(account_id=account_id, event=event, data=data)
    send_soon()


def send_soon() -> None:
    """Once the transaction is committed, the platform's worker sends what is due. Should the request be lost, beat asks within a second."""
    transaction.on_commit(partial(ask_platform, SEND_DUE_WEBHOOKS, expires_seconds=ASKED_SECONDS))
