"""Apps above this one that must know that a job ended: they write in its transaction, or it does not end."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.jobs.models import Job

EndObserver = Callable[[Job], None]


def tell_observers(job: Job) -> None:
    """The job's row is locked, written and not committed: what observers write is true exactly when the end is."""
    for observe in _observers():
        observe(job)


@cache
def _observers() -> tuple[EndObserver, ...]:
    return tuple(import_string(path) for path in settings.TTSAI_JOB_END_OBSERVERS)
