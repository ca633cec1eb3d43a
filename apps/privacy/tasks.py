"""Celery tasks of privacy."""

from celery import shared_task

from apps.privacy import services


@shared_task(name=services.erasure.CONTINUE_ERASURES, ignore_result=True)
def continue_erasures() -> None:
    """Every ten minutes, and at once when an erasure is requested: continue open erasures."""
    services.continue_erasures()
