"""Entries of the cache: found, written with the end of the job that made them, and their use recorded."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from apps.cache.models import CacheEntry, CacheWork, EntryObject
from apps.cache.services.objects import ClaimedFiles, lock_claimed, object_ids_of, refer_to_objects

# KEY SHARE: the entry is not deleted before the transaction ends, and other requests may use it. SKIP LOCKED: one that is being deleted is a miss.
FIND = """
SELECT id, outputs FROM cache_cacheentry WHERE scope = %(scope)s AND key = %(key)s
AND (expires_at IS NULL OR expires_at > clock_timestamp()) FOR KEY SHARE SKIP LOCKED
"""
# An entry is kept as long as the last result that came from it; empty is for ever.
NOTE_USE = """
UPDATE cache_cacheentry SET hits = hits + 1, last_used_at = clock_timestamp(),
    expires_at = CASE WHEN %(days)s::int IS NULL THEN NULL ELSE GREATEST(expires_at, clock_timestamp() + make_interval(days => %(days)s)) END
WHERE id = %(id)s
"""

# DO NOTHING: the end of a job never waits for a row that other requests use.
INSERT = """
INSERT INTO cache_cacheentry (scope, key, engine_id, engine_version, voices, outputs, bytes, expires_at)
VALUES (%(scope)s, %(key)s, %(engine_id)s, %(engine_version)s, %(voices)s, %(outputs)s, %(bytes)s, %(expires_at)s)
ON CONFLICT (scope, key) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Result found in the cache."""

    entry_id: int
    outputs: tuple[dict[str, Any], ...]
    """Files of the result, as a job's row keeps them."""


def find_entry(scope: str, *, key: str) -> Hit | None:
    """Result of an earlier identical request, which is kept until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"scope": scope, "key": key})
        row = cursor.fetchone()
    return None if row is None else Hit(row[0], tuple(_decoded(row[1])))


def use_entry(hit: Hit, *, job_uuid: Any) -> None:
    """Make the files of the entry files of the job's result too."""
    refer_to_objects(job_uuid, object_ids=object_ids_of(hit.entry_id))


def note_use(entry_id: int, *, retention_days: int | None) -> None:
    """Record a hit after its commit: the order of eviction, the end of retention, the count."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_USE, {"id": entry_id, "days": retention_days})


def forget_entry(scope: str, *, key: str) -> None:
    """Delete the entry that a request wants to be computed anew."""
    CacheEntry.objects.filter(scope=scope, key=key).delete()


def write_entry(work: CacheWork, *, files: ClaimedFiles, expires_at: datetime | None) -> bool:
    """Write the entry of a job that ends, in the transaction of its end. False if there is one already or the files were swept."""
    if not lock_claimed(files):
        return False
    values: dict[str, Any] = {
        "scope": work.scope,
        "key": work.key,
        "engine_id": work.engine_id,
        "engine_version": work.engine_version,
        "voices": json.dumps(work.voices),
        "outputs": json.dumps(list(files.outputs)),
        "bytes": files.bytes,
        "expires_at": expires_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row = cursor.fetchone()
    if row is None:
        return False
    EntryObject.objects.bulk_create([EntryObject(entry_id=row[0], cached_object_id=object_id) for object_id in dict.fromkeys(files.ids)])
    return True


def _decoded(outputs: Any) -> list[dict[str, Any]]:
    decoded: list[dict[str, Any]] = json.loads(outputs)  # a raw cursor leaves JSON as text
    return decoded
