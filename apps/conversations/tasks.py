"""Celery tasks of the app."""

from celery import shared_task

from apps.conversations.services import forget_expired_turns as forget
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit


@shared_task(name="platform.forget_expired_turns", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_expired_turns() -> None:
    """Delete texts whose results expired."""
    forget()
