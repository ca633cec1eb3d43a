"""Celery tasks of the app."""

from celery import shared_task

from apps.uploads.services.uploads import expire_uploads as expire


@shared_task(name="platform.expire_uploads", ignore_result=True)
def expire_uploads() -> None:
    """Every ten minutes (beat): delete expired uploads."""
    expire()
