"""Celery tasks of the catalogue. Workers' messages arrive in apps/jobs/tasks.py, because they concern parts too."""

from celery import shared_task

from apps.catalog.services import forget_workers


@shared_task(name="platform.forget_workers", ignore_result=True)
def forget_silent_workers() -> None:
    """Daily: delete workers that have been gone for a week."""
    forget_workers()
