"""Threads for what is slow and needs no database: fetching, measuring, storing. Django's own threads stay free meanwhile."""

from functools import cache

from django.conf import settings

from apps.core.fair_threads import FairThreadPool

NEWCOMERS_FACTOR = 8
"""So many times the usual number of threads, where that many tenants come that have nothing under way."""


@cache
def fetch_threads() -> FairThreadPool:
    """Threads of this process that wait for other servers, name servers included."""
    return FairThreadPool("fetch", usual=settings.TTSAI_FETCH_THREADS, most=NEWCOMERS_FACTOR * settings.TTSAI_FETCH_THREADS)


@cache
def intake_threads() -> FairThreadPool:
    """Threads of this process that measure and store recordings."""
    return FairThreadPool("intake", usual=settings.TTSAI_INTAKE_THREADS, most=NEWCOMERS_FACTOR * settings.TTSAI_INTAKE_THREADS)


def forget_threads() -> None:
    """For tests: pools are for one event loop at a time."""
    fetch_threads.cache_clear()
    intake_threads.cache_clear()
