"""Celery entry points of the catalogue. What workers say arrives in apps/jobs/tasks.py, because it concerns their parts too."""

from celery import shared_task

from apps.catalog.services import forget_workers


@shared_task(name="platform.forget_workers", ignore_result=True)
def forget_silent_workers() -> None:
    """Every day: workers that have been gone for a week."""
    forget_workers()
