"""Batches: progress, cost of the items, webhook."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from apps.batches.models import Batch, BatchItem
from apps.batches.services.cancel import cancel_batch
from apps.operator.admin.contents import ContentsAdmin
from apps.operator.admin.forms import ConfirmForm
from apps.operator.admin.jobs import JOB_COLOURS
from apps.operator.admin.pages import FormPage, ReadOnlyInline, UuidSearch, in_credits, job_link
from apps.operator.contents import may_see_contents
from apps.webhooks.shown_urls import without_secrets

REFUSED = "refused"
ITEM_COLOURS = {state.value: colour for state, colour in JOB_COLOURS.items()} | {REFUSED: "danger"}


class ItemsInline(ReadOnlyInline):
    model = BatchItem
    fields = ["index", "shown_state", "short_job", "charged", "reason"]
    readonly_fields = fields
    ordering = ["index"]
    per_page = 50
    show_change_link = False
    verbose_name_plural = "items"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Columns, without the messages for operators who may not see texts: a message may quote one."""
        return self.fields if may_see_contents(request) else [name for name in self.fields if name != "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BatchItem]:
        items: QuerySet[BatchItem] = super().get_queryset(request)
        return items.select_related("job")

    @display(description="state", label=ITEM_COLOURS)
    def shown_state(self, item: BatchItem) -> str:
        return REFUSED if item.job.is_refusal else item.job.state

    @display(description="job")
    def short_job(self, item: BatchItem) -> str:
        return job_link(item.job_id)

    @display(description="charged")
    def charged(self, item: BatchItem) -> str:
        return in_credits(item.job.charged_millicredits)

    @display(description="reason")
    def reason(self, item: BatchItem) -> str:
        """The error message of the item's job."""
        return item.job.error_message


@admin.register(Batch)
class BatchAdmin(UuidSearch, ContentsAdmin):
    content_fields = {"webhook_url": "shown_webhook_url"}
    list_display = ["short_uuid", "created_at", "shown_state", "account", "progress", "ended_at"]
    list_display_links = ["short_uuid"]
    list_filter = ["created_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=request_id"]
    search_help_text = "Complete batch id, request id or account name"
    ordering = ["-created_at"]
    paginator = InfinitePaginator
    show_full_result_count = False
    inlines = [ItemsInline]
    actions_detail = ["cancel"]
    fields = [
        ("uuid", "shown_state"),
        ("account", "api_key"),
        ("progress", "charged"),
        ("created_at", "ended_at"),
        ("expires_at", "items_deleted_at"),
        "webhook_url",
        "request_id",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    @display(description="batch", ordering="uuid")
    def short_uuid(self, batch: Batch) -> str:
        return f"{batch.uuid.hex[:8]}…"

    @display(description="state", ordering="ended_at", label={"processing": "primary", "completed": "success"})
    def shown_state(self, batch: Batch) -> str:
        return "completed" if batch.is_over else "processing"

    @display(description="ended", ordering="ended_count")
    def progress(self, batch: Batch) -> str:
        """`2 of 3, 1 failed`."""
        failed = f", {batch.failed_count} failed" if batch.failed_count else ""
        cancelled = f", {batch.cancelled_count} cancelled" if batch.cancelled_count else ""
        return f"{batch.ended_count} of {batch.total}{failed}{cancelled}"

    @display(description="URL of the webhook")
    def shown_webhook_url(self, batch: Batch) -> str:
        return without_secrets(batch.webhook_url) or "-"

    @display(description="charged")
    def charged(self, batch: Batch) -> str:
        return in_credits(batch.items.aggregate(charged=Sum("job__charged_millicredits"))["charged"])

    @action(description="Cancel…", icon="cancel", permissions=["batches.change_batch"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Cancel the rest as its owner could; finished work is charged."""
        batch: Batch = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            ended = cancel_batch(batch, reason="Cancelled by the operator.")
            return "Cancelled" if ended.is_over else "Its workers are being stopped"

        description = "The finished work is charged; the remaining credits are released."
        page = FormPage(f"Cancel batch {batch}", description, "Cancel the batch", ConfirmForm, is_dangerous=True, is_atomic=False)
        return self.ask(request, page=page, obj=batch, perform=perform)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer no cancellation of a batch that is over."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        batch = self.get_object(request, str(object_id))
        return [] if batch is None or batch.is_over else actions
