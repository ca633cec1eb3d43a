"""Notices of events from apps below `webhooks`: rows that the platform's worker turns into deliveries."""

from functools import partial
from typing import Any, Final

from django.db import transaction

from apps.core.models import Notice
from apps.core.platform_tasks import send_platform_task

SEND_DUE_WEBHOOKS: Final = "platform.send_due_webhooks"
ASKED_SECONDS = 5.0
"""Expiry of a request to send. Beat repeats it every second, so a platform that was away finds no pile of identical requests."""


def record_notice(account_id: int, *, event: str, data: dict[str, Any]) -> None:
    """Write a notice in the transaction of its event. Event names: apps/webhooks/events.py."""
    Notice.objects.create(account_id=account_id, event=event, data=data)
    send_soon()


def send_soon() -> None:
    """Ask the platform's worker to send after the commit. If the request is lost, beat asks within a second."""
    transaction.on_commit(partial(send_platform_task, SEND_DUE_WEBHOOKS, expires_seconds=ASKED_SECONDS))
