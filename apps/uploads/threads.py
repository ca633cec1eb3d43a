"""Slots for fetches and threads for slow work without the database: measuring, storing. Django's own threads stay free meanwhile."""

from functools import cache

from django.conf import settings

from apps.core.fair_slots import FairSlots
from apps.core.fair_threads import FairThreadPool

NEWCOMERS_FACTOR = 8
"""Factor of the usual threads that may run at most, if that many tenants without work in flight arrive."""
NEWCOMERS_FACTOR_OF_FETCHES = 4
"""The same factor for fetches, which cost no thread but file descriptors."""


@cache
def fetch_slots() -> FairSlots:
    """Slots for the fetches in flight on this process's event loop."""
    return FairSlots(usual=settings.TTSAI_FETCHES, most=NEWCOMERS_FACTOR_OF_FETCHES * settings.TTSAI_FETCHES)


@cache
def ingestion_threads() -> FairThreadPool:
    """Threads of this process that measure and store recordings."""
    return FairThreadPool("intake", usual=settings.TTSAI_INTAKE_THREADS, most=NEWCOMERS_FACTOR * settings.TTSAI_INTAKE_THREADS)


def forget_threads() -> None:
    """Reset the slots and pools. For tests."""
    fetch_slots.cache_clear()
    ingestion_threads.cache_clear()
