"""Admission pauses: while the object store is away no part is given out, since every part ends with writing to it."""

from django.db import connection

from apps.core.disk import is_reserve_reached
from apps.core.storage import StorageAwayError, get_storage

PAUSE = """
INSERT INTO jobs_admissionpause (id, until) VALUES (1, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (id) DO UPDATE SET until = GREATEST(jobs_admissionpause.until, excluded.until)
"""
IS_PAUSED = "EXISTS (SELECT FROM jobs_admissionpause WHERE until > clock_timestamp())"
"""SQL expression that is true during a pause."""


def is_admission_paused() -> bool:
    """True if queued parts are not dispatched at the moment."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_PAUSED}")
        return bool(cursor.fetchone()[0])


def pause_if_store_is_away(seconds: float) -> None:
    """Pause admission if the platform cannot reach the store either, after a worker could not."""
    if is_admission_paused():
        return
    if _is_store_away():
        with connection.cursor() as cursor:
            cursor.execute(PAUSE, {"seconds": seconds})


def _is_store_away() -> bool:
    try:
        get_storage().check()
    except StorageAwayError:
        return True
    return is_reserve_reached()
