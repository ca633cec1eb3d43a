"""Celery entry points of the accounts."""

from celery import shared_task

from apps.accounts.services import forget_anonymous_use


@shared_task(name="platform.forget_anonymous_use", ignore_result=True)
def forget_addresses() -> None:
    """Every day: addresses of callers without a key are not kept longer than their limits need."""
    forget_anonymous_use()
