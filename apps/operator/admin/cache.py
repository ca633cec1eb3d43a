"""Cached results: sizes, use, and their deletion. Texts are not in them, only the hash of a request."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from apps.cache.models import CacheEntry
from apps.cache.services.purge import delete_entries
from apps.operator.admin.pages import ReadOnlyAdmin, caller_of


@admin.register(CacheEntry)
class CacheEntryAdmin(ReadOnlyAdmin):
    """Entries, the last used first. Results of jobs stay when their entry is deleted."""

    list_display = ["short_key", "owner", "model_id", "engine_version", "voice_list", "bytes", "hits", "last_used_at", "expires_at"]
    list_display_links = ["short_key"]
    list_filter = ["engine_id", "last_used_at"]
    search_fields = ["=scope", "=key"]
    search_help_text = "Complete scope (account:12) or key"
    ordering = ["-last_used_at"]
    paginator = InfinitePaginator
    show_full_result_count = False
    fields = ["owner", "key", "engine_id", "engine_version", "voice_list", "bytes", "hits", "created_at", "last_used_at", "expires_at"]
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Allow the deletion: the next identical request is computed anew."""
        return bool(request.user.has_perm("cache.delete_cacheentry"))

    def delete_model(self, request: HttpRequest, obj: CacheEntry) -> None:  # noqa: ARG002 - Django's signature
        with transaction.atomic():
            delete_entries([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CacheEntry]) -> None:
        with transaction.atomic():
            deleted = delete_entries(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{deleted} results left the cache.", messages.SUCCESS)

    @display(description="entry", ordering="key")
    def short_key(self, entry: CacheEntry) -> str:
        return f"{entry.key[:8]}…"

    @display(description="owner", ordering="scope")
    def owner(self, entry: CacheEntry) -> str:
        """Account whose requests the entry answers."""
        return caller_of(entry.scope)

    @display(description="model", ordering="engine_id")
    def model_id(self, entry: CacheEntry) -> str:
        return entry.engine_id

    @display(description="voices")
    def voice_list(self, entry: Any) -> str:
        return ", ".join(entry.voices)
