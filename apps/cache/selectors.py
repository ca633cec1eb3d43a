"""Figures of the cache."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from apps.cache.models import CachedObject, CacheEntry


@dataclass(frozen=True, slots=True)
class CacheFigures:
    entries: int
    bytes: int
    """Bytes of the entries' results, which the cap limits."""
    stored_bytes: int
    """Bytes of all files, also of those that only results of jobs refer to."""
    hits: int
    """Hits of the entries that exist."""


def get_cache_figures() -> CacheFigures:
    entries = CacheEntry.objects.aggregate(count=Count("pk"), bytes=Sum("bytes", default=0), hits=Sum("hits", default=0))
    stored = CachedObject.objects.aggregate(sum=Sum("bytes", default=0))["sum"]
    return CacheFigures(entries=entries["count"], bytes=entries["bytes"], stored_bytes=stored, hits=entries["hits"])
