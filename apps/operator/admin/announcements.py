"""Announcements of the dashboard."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.announcements.models import Announcement, Level
from apps.operator.admin.auditing import AuditedAdmin

LEVEL_COLOURS = {Level.INFO: "info", Level.WARNING: "warning", Level.PROBLEM: "danger"}


@admin.register(Announcement)
class AnnouncementAdmin(AuditedAdmin):
    """Texts that the dashboard shows, newest first."""

    warn_unsaved_form = True
    list_display = ["text", "shown_level", "shown_state", "audience", "starts_at", "ends_at", "closed_by"]
    list_filter = ["level", "plans", "starts_at"]
    list_select_related = ["account"]
    search_fields = ["text", "account__name"]
    autocomplete_fields = ["account"]
    fieldsets = [
        (None, {"fields": ["text", ("level", "is_dismissible"), ("link", "link_text")]}),
        ("Period", {"fields": ["starts_at", "ends_at"]}),
        ("Audience", {"fields": ["plans", "account"]}),
    ]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plans as boxes to tick: there are few."""
        return super().formfield_for_manytomany(db_field, request, **{"widget": UnfoldAdminCheckboxSelectMultipleWidget, **kwargs})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        rows: QuerySet[Announcement] = super().get_queryset(request)
        return rows.annotate(dismissal_count=Count("dismissals", distinct=True)).prefetch_related("plans")

    @display(description="level", ordering="level", label=LEVEL_COLOURS)
    def shown_level(self, announcement: Announcement) -> str:
        return announcement.level

    @display(description="state", label={"shown": "success", "planned": "info", "over": "warning"})
    def shown_state(self, announcement: Announcement) -> str:
        """State of its period."""
        now = timezone.now()
        if announcement.starts_at > now:
            return "planned"
        return "over" if announcement.ends_at is not None and announcement.ends_at <= now else "shown"

    @display(description="audience")
    def audience(self, announcement: Announcement) -> str:
        """Account or plans that see it."""
        if announcement.account is not None:
            return str(announcement.account)
        return ", ".join(plan.name for plan in announcement.plans.all()) or "all accounts"

    @display(description="closed by")
    def closed_by(self, announcement: Announcement) -> int:
        """Number of people who closed it."""
        return int(announcement.dismissal_count)  # type: ignore[attr-defined]  # annotated
