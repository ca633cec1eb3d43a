"""Celery entry points of the accounts."""

from celery import shared_task

from apps.accounts.services import forget_anonymous_use
from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit


@shared_task(name="platform.forget_anonymous_use", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_addresses() -> None:
    """Every day: addresses of callers without a key are not kept longer than their limits need."""
    forget_anonymous_use()
