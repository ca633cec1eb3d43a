"""Celery entry points of the app."""

from celery import shared_task

from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.projects.services.retention import expire_generations


@shared_task(name="platform.expire_generations", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def delete_expired_generations() -> None:
    """Hourly: delete chunks of texts whose audio has expired."""
    expire_generations()
