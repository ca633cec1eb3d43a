"""Observers of job ends in apps above this one: they write in the transaction of the end."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.jobs.models import Job

EndObserver = Callable[[Job], None]


def notify_observers(job: Job) -> None:
    """Call the observers with the job's row locked and written, before the commit."""
    for observe in _observers():
        observe(job)


@cache
def _observers() -> tuple[EndObserver, ...]:
    return tuple(import_string(path) for path in settings.TTSAI_JOB_END_OBSERVERS)
