"""Threads for slow work without the database: fetching, measuring, storing. Django's own threads stay free meanwhile."""

from functools import cache

from django.conf import settings

from apps.core.fair_threads import FairThreadPool

NEWCOMERS_FACTOR = 8
"""Factor of the usual threads that may run at most, if that many tenants without work in flight arrive."""


@cache
def fetch_threads() -> FairThreadPool:
    """Threads of this process that wait for other servers, name servers included."""
    return FairThreadPool("fetch", usual=settings.TTSAI_FETCH_THREADS, most=NEWCOMERS_FACTOR * settings.TTSAI_FETCH_THREADS)


@cache
def intake_threads() -> FairThreadPool:
    """Threads of this process that measure and store recordings."""
    return FairThreadPool("intake", usual=settings.TTSAI_INTAKE_THREADS, most=NEWCOMERS_FACTOR * settings.TTSAI_INTAKE_THREADS)


def forget_threads() -> None:
    """Reset the pools, which belong to one event loop. For tests."""
    fetch_threads.cache_clear()
    intake_threads.cache_clear()
