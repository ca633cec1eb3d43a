"""Celery tasks of the app."""

from functools import cache
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from apps.core.notices import SEND_DUE_WEBHOOKS
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.webhooks.sender import Sender
from apps.webhooks.services.retention import forget_deliveries


@cache
def _sender() -> Sender:
    return Sender()


@shared_task(name=SEND_DUE_WEBHOOKS, ignore_result=True)
def send_due_webhooks() -> None:
    """Every second, and directly after the commit of an event."""
    _sender().send_due()


@worker_shutting_down.connect
def stop_sending(**_: Any) -> None:
    """Stop claiming at worker shutdown, so that the next worker sends the rest at once instead of after the claims expire."""
    if _sender.cache_info().currsize:
        _sender().stop_claiming()


def is_sending() -> bool:
    """True while this process has deliveries in flight."""
    return bool(_sender.cache_info().currsize) and not _sender().is_idle


@shared_task(name="platform.forget_deliveries", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_old_deliveries() -> None:
    forget_deliveries()
