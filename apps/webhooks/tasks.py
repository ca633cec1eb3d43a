"""Celery entry points of the app."""

from functools import cache

from celery import shared_task

from apps.core.notices import SEND_DUE_WEBHOOKS
from apps.webhooks.sender import Sender
from apps.webhooks.services.retention import forget_deliveries


@cache
def _sender() -> Sender:
    return Sender()


@shared_task(name=SEND_DUE_WEBHOOKS, ignore_result=True)
def send_due_webhooks() -> None:
    """Every second, and at once after the commit of an event."""
    _sender().send_due()


@shared_task(name="platform.forget_deliveries", ignore_result=True)
def forget_old_deliveries() -> None:
    """Every hour: deliveries that ended long ago."""
    forget_deliveries()
