"""Celery tasks of the cache."""

from celery import shared_task

from apps.cache.services.sentences import publish_purges
from apps.cache.services.sweep import sweep_cache


@shared_task(name="platform.sweep_cache", ignore_result=True)
def sweep() -> None:
    """Every minute: evict entries, delete unused files, repeat purges that the workers may not have."""
    sweep_cache()
    publish_purges()
