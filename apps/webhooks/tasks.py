"""Celery entry points of the app."""

from functools import cache

from celery import shared_task

from apps.core.notices import SEND_DUE_WEBHOOKS
from apps.webhooks.sender import Sender


@cache
def _sender() -> Sender:
    return Sender()


@shared_task(name=SEND_DUE_WEBHOOKS, ignore_result=True)
def send_due_webhooks() -> None:
    """Beat runs this every second; an event's transaction may call for it at once."""
    _sender().send_due()
