"""Purge: results and sentences of an account, a voice, an engine or all leave the cache. Results of jobs stay until their own retention."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.cache.models import CacheEntry, CacheWork, EntryObject, SentencePurge
from apps.cache.services.sentences import publish_purges

logger = logging.getLogger(__name__)

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeScope:
    """Conditions of a purge; empty ones hold for all."""

    tenant: str = ""
    voice: str = ""
    engine_id: str = ""
    engine_version: str = ""

    def select(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Rows of entries or of work in flight that meet the conditions."""
        conditions: dict[str, Any] = {"scope": self.tenant, "engine_id": self.engine_id, "engine_version": self.engine_version}
        conditions["voices__contains"] = [self.voice] if self.voice else None
        return rows.filter(**{name: value for name, value in conditions.items() if value})


def purge_cache(scope: PurgeScope) -> int:
    """Delete entries and have the workers delete sentences; returns the number of entries. Results that are being made are not stored.

    Inside a transaction of the caller's it takes effect with its commit, and waits for requests that are using the entries.
    """
    with transaction.atomic():
        # Before the entries: a job that ended a moment ago has written its entry by then, and one that ends later writes none.
        scope.select(CacheWork.objects.all()).update(is_writable=False)
        deleted = _delete_entries(scope)
        SentencePurge.objects.create(tenant=scope.tenant, voice=scope.voice, engine_id=scope.engine_id)
        transaction.on_commit(publish_purges, robust=True)
    return deleted


def forget_results(scope: str, *, digests: Iterable[str]) -> int:
    """Delete entries that give out files of these digests, inside a transaction; returns their number."""
    wanted = [digest for digest in digests if digest]
    rows = EntryObject.objects.filter(cached_object__scope=scope, cached_object__sha256__in=wanted)
    return delete_entries(sorted(set(rows.values_list("entry_id", flat=True))))


def _delete_entries(scope: PurgeScope) -> int:
    deleted = 0
    while ids := list(scope.select(CacheEntry.objects.all()).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        deleted += delete_entries(ids)
    return deleted


def delete_entries(ids: list[int]) -> int:
    """Delete entries with their references, inside a transaction."""
    with connection.cursor() as cursor:
        # The entries' locks first: a request that uses one has referred to its files by the time that it releases the lock.
        cursor.execute("SELECT id FROM cache_cacheentry WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
        cursor.execute("DELETE FROM cache_entryobject WHERE entry_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM cache_cacheentry WHERE id = ANY(%s)", [ids])
        return int(cursor.rowcount)
