"""Celery tasks of the app."""

from celery import shared_task

from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.status.services.recording import forget_old, probe_minute


@shared_task(name="platform.probe_status", ignore_result=True)
def probe_status() -> None:
    """Every minute: probe every component."""
    probe_minute()


@shared_task(name="platform.forget_status", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_status() -> None:
    forget_old()
