"""Sweep: entries beyond the caps, after their retention or of earlier engine versions, and files that nothing refers to."""

import logging
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from apps.cache.models import CacheEntry
from apps.cache.services.objects import sweep_objects
from apps.cache.services.purge import delete_entries
from apps.core.storage import StorageAwayError

logger = logging.getLogger(__name__)

BATCH: Final = 200

# SKIP LOCKED: an entry that a request uses at this moment has just become the most recently used one.
EXPIRED = "SELECT id, bytes FROM cache_cacheentry WHERE expires_at < clock_timestamp() ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED"
# An hour, since workers of two versions announce in turn during a deploy.
OUTDATED = """
SELECT entry.id, entry.bytes FROM cache_cacheentry AS entry JOIN catalog_engine AS engine ON engine.id = entry.engine_id
WHERE engine.version <> entry.engine_version AND entry.last_used_at < clock_timestamp() - interval '1 hour'
ORDER BY entry.id LIMIT %(batch)s FOR UPDATE OF entry SKIP LOCKED
"""
OLDEST = """
SELECT id, bytes FROM cache_cacheentry WHERE (%(scope)s = '' OR scope = %(scope)s)
ORDER BY last_used_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""


def sweep_cache() -> int:
    """Delete what the cache no longer keeps; returns the number of entries."""
    deleted = _delete_all(EXPIRED) + _delete_all(OUTDATED) + evict()
    try:
        sweep_objects()
    except StorageAwayError as error:
        logger.warning("unused files of the cache are swept later: %s", error.message)
    return deleted


def evict() -> int:
    """Delete the least recently used entries beyond the caps, first of accounts that exceed theirs; returns their number."""
    sizes = CacheEntry.objects.values("scope").annotate(total=Sum("bytes")).filter(total__gt=settings.TTSAI_CACHE_ACCOUNT_BYTES)
    deleted = sum(_shrink(row["total"] - settings.TTSAI_CACHE_ACCOUNT_BYTES, scope=row["scope"]) for row in sizes)
    total = CacheEntry.objects.aggregate(sum=Sum("bytes", default=0))["sum"]
    return deleted + _shrink(total - settings.TTSAI_CACHE_BYTES, scope="")


def _shrink(excess: int, *, scope: str) -> int:
    """Delete the oldest entries until so many bytes are freed."""
    deleted = 0
    while excess > 0:
        with transaction.atomic(durable=True):
            chosen = list(_take_rows_of_size(excess, rows=_rows(OLDEST, {"scope": scope, "batch": BATCH})))
            deleted += delete_entries([entry_id for entry_id, _ in chosen])
        if not chosen:
            break
        excess -= sum(size for _, size in chosen)
    return deleted


def _take_rows_of_size(excess: int, *, rows: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for entry_id, size in rows:
        if excess <= 0:
            return
        yield entry_id, size
        excess -= size


def _delete_all(statement: str) -> int:
    deleted = 0
    while True:
        with transaction.atomic(durable=True):
            ids = [entry_id for entry_id, _ in _rows(statement, {"batch": BATCH})]
            deleted += delete_entries(ids) if ids else 0
        if len(ids) < BATCH:
            return deleted


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(int(entry_id), int(size)) for entry_id, size in cursor.fetchall()]
