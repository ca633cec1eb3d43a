"""Celery entry points of the app."""

from celery import shared_task

from apps.batches.services.retention import expire_batches
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit


@shared_task(name="platform.expire_batches", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def delete_expired_batches() -> None:
    """Hourly: delete expired batches."""
    expire_batches()
