"""Ledger and balances: read-only; adjusted by appending an entry with a reason and a name."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from apps.billing.models import Balance, EntryKind, LedgerEntry
from apps.billing.services import grant_credits, set_low_threshold
from apps.operator.admin.forms import AdjustmentForm, ThresholdForm
from apps.operator.admin.pages import FormPage, ReadOnlyAdmin, UuidSearch, in_credits, job_link

KIND_COLOURS = {
    EntryKind.RESERVATION: "warning",
    EntryKind.RELEASE: "info",
    EntryKind.CHARGE: "primary",
    EntryKind.BONUS: "success",
    EntryKind.PURCHASE: "success",
    EntryKind.ADJUSTMENT: "danger",
    EntryKind.SUBSCRIPTION: "success",
    EntryKind.REFUND: "danger",
    EntryKind.DISPUTE: "danger",
    EntryKind.DEBT: "danger",
}


@admin.register(LedgerEntry)
class LedgerEntryAdmin(UuidSearch, ReadOnlyAdmin):
    """Every movement of credits, newest first."""

    list_display = ["id", "created_at", "account", "shown_kind", "credits", "balance_after", "job", "reason", "actor"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "external_ref", "reason", "actor"]
    search_help_text = "Account, complete job uuid, payment, reason or person"
    uuid_field = "job_uuid"
    fields = ["account", "shown_kind", "credits", "balance_after", "job", "external_ref", "reason", "actor", "created_at"]
    readonly_fields = fields
    paginator = InfinitePaginator
    show_full_result_count = False
    actions_list = ["adjust"]

    @display(description="kind", ordering="kind", label=KIND_COLOURS)
    def shown_kind(self, entry: LedgerEntry) -> str:
        return entry.kind

    @display(description="credits", ordering="amount_millicredits")
    def credits(self, entry: LedgerEntry) -> str:
        return in_credits(entry.amount_millicredits)

    @display(description="job")
    def job(self, entry: LedgerEntry) -> str:
        """Link to the job that the credits belong to."""
        return job_link(entry.job_uuid)

    @display(description="balance after it")
    def balance_after(self, entry: LedgerEntry) -> str:
        """Credits that could be spent after the entry."""
        return in_credits(entry.balance_after_millicredits)

    @action(description="Adjust credits…", icon="toll", permissions=["billing.add_ledgerentry"], url_path="adjust")
    def adjust(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("billing.add_ledgerentry"):
            raise PermissionDenied

        def perform(given: dict[str, Any]) -> str:
            account, amount = given["account"], int(given["amount"] * 1000)
            balance = grant_credits(
                account.pk, amount_millicredits=amount, kind=EntryKind.ADJUSTMENT, reason=given["reason"], actor=str(request.user)
            )
            self.log_change(request, account, f"Credits adjusted by {in_credits(amount)}: {given['reason']}")
            return f"{account.name} has {in_credits(balance)} credits now."

        page = FormPage(
            "Adjust credits",
            "Appends an entry to the ledger. Entries are never changed: a mistake is put right by another adjustment.",
            "Adjust",
            AdjustmentForm,
            initial={"account": request.GET.get("account")},
        )
        return self.ask(request, page=page, obj=None, perform=perform)


@admin.register(Balance)
class BalanceAdmin(ReadOnlyAdmin):
    list_display = ["account", "credits", "low_below", "has_debt"]
    list_filter = ["has_debt"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=account__id"]
    search_help_text = "Account name or number"
    ordering = ["-available_millicredits"]
    fields = ["account", "credits", "low_below"]
    readonly_fields = fields
    actions_detail = ["change_threshold"]

    @display(description="credits", ordering="available_millicredits")
    def credits(self, balance: Balance) -> str:
        return in_credits(balance.available_millicredits)

    @display(description="low-balance threshold")
    def low_below(self, balance: Balance) -> str:
        """Credits below which the event credits.low is sent."""
        own = balance.low_threshold_millicredits
        return f"{settings.TTSAI_LOW_CREDITS} (default)" if own is None else in_credits(own)

    @action(description="Threshold…", icon="notifications", permissions=["billing.change_balance"])
    def change_threshold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change the threshold of the low-balance notice."""
        balance: Balance = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            threshold = given["credits"]
            set_low_threshold(balance.account_id, millicredits=None if threshold is None else threshold * 1000)
            return "Threshold changed"

        description = "Below it the event credits.low is sent to the account's webhooks, once each time."
        page = FormPage(f"Threshold of {balance.account}", description, "Change", ThresholdForm)
        return self.ask(request, page=page, obj=balance, perform=perform)
