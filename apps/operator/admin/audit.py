"""The audit log, read-only for everybody."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from apps.audit.models import AuditEntry, Outcome
from apps.operator.admin.catalog import as_json
from apps.operator.admin.pages import ReadOnlyAdmin

OUTCOME_COLOURS = {Outcome.REQUESTED: "info", Outcome.DONE: "success", Outcome.DENIED: "danger", Outcome.FAILED: "warning"}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "created_at", "actor", "action", "shown_outcome", "object_name", "short_message", "address"]
    list_filter = ["outcome", "object_type", "created_at"]
    search_fields = ["=actor", "=object_id", "=request_id", "=action"]
    search_help_text = "Complete address of the operator, number or uuid of the object, request id, or action"
    ordering = ["-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    fields = [
        ("created_at", "actor"),
        ("action", "shown_outcome"),
        ("object_type", "object_id"),
        ("object_name", "account_id"),
        "message",
        "shown_before",
        "shown_after",
        ("address", "request_id"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow the link from an account's page."""
        return lookup == "account_id__exact" or bool(super().lookup_allowed(lookup, value, request))

    @display(description="outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def shown_outcome(self, entry: AuditEntry) -> str:
        return entry.outcome

    @display(description="message")
    def short_message(self, entry: AuditEntry) -> str:
        return entry.message if len(entry.message) <= 100 else f"{entry.message[:100]}…"

    @display(description="before")
    def shown_before(self, entry: AuditEntry) -> SafeString:
        return as_json(entry.before)

    @display(description="after")
    def shown_after(self, entry: AuditEntry) -> SafeString:
        return as_json(entry.after)
