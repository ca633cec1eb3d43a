"""Celery tasks of the app."""

from celery import shared_task

from apps.identity.services import forget_sign_ups
from apps.identity.services.unverified import forget_unverified_people


@shared_task(name="platform.forget_sign_ups", ignore_result=True)
def forget_old_sign_ups() -> None:
    """Delete counts of past days, and people who never verified their address."""
    forget_sign_ups()
    forget_unverified_people()
