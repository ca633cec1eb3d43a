"""Celery tasks of the app."""

from celery import shared_task

from apps.accounts.services import forget_anonymous_use
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit


@shared_task(name="platform.forget_anonymous_use", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_addresses() -> None:
    """Daily: delete addresses of anonymous callers that are no longer needed for limits."""
    forget_anonymous_use()
