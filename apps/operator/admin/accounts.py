"""Accounts with their members, keys and credits; use by anonymous callers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminEmailInputWidget

from apps.accounts.models import Account, AccountStatus, AnonymousUse, ApiKey, Membership
from apps.accounts.services import reactivate_account, suspend_account
from apps.billing.models import LedgerEntry
from apps.billing.services import open_account
from apps.cache.services.purge import PurgeScope, purge_cache
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.admin.forms import ConfirmForm, ReasonForm
from apps.operator.admin.pages import ConfirmationAdmin, FormPage, ReadOnlyAdmin, ReadOnlyInline, in_credits
from apps.privacy.models import Erasure
from apps.privacy.responses import export_response
from apps.privacy.services import request_erasure
from apps.voices.services.removal import remove_account_voices

STATUS_COLOURS = {AccountStatus.ACTIVE: "success", AccountStatus.SUSPENDED: "danger", AccountStatus.CLOSED: "warning"}


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Account and its owner, who is created if unknown."""

    owner_email = forms.EmailField(widget=UnfoldAdminEmailInputWidget, help_text="The person who owns the account.")

    class Meta:
        model = Account
        fields = ["name", "plan"]


class MembersInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]
    fields = ["user", "role"]
    verbose_name_plural = "people"


class KeysInline(ReadOnlyInline):
    model = ApiKey
    fields = ["name", "prefix", "scopes", "last_used_at", "expires_at", "revoked_at"]
    readonly_fields = fields
    per_page = 10
    verbose_name_plural = "keys"


class EntriesInline(ReadOnlyInline):
    """Ledger entries of an account, newest first."""

    model = LedgerEntry
    fields = ["created_at", "kind", "credits", "reason", "actor"]
    readonly_fields = fields
    per_page = 10
    verbose_name_plural = "ledger"

    @display(description="credits")
    def credits(self, entry: LedgerEntry) -> str:
        return in_credits(entry.amount_millicredits)


@admin.register(Account)
class AccountAdmin(ConfirmationAdmin):
    list_display = ["name", "shown_status", "plan", "credits", "owners", "live_keys", "last_used", "created_at"]
    list_filter = ["status", "plan"]
    list_select_related = ["plan", "balance"]
    search_fields = ["name", "users__email", "=id"]
    search_help_text = "Name, email address of a member, or account number"
    fields = ["name", "plan", "shown_status", "status_reason", "credits", "created_at"]
    readonly_fields = ["shown_status", "status_reason", "credits", "created_at"]
    inlines = [MembersInline, KeysInline, EntriesInline]
    actions_detail = ["adjust_credits", "make_key", "suspend", "reactivate", "clear_cache", "delete_voices", "export_data", "erase"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Rows with the list's columns, in one query."""
        rows: QuerySet[Account] = super().get_queryset(request)
        is_live = Q(keys__revoked_at=None)
        return rows.annotate(key_count=Count("keys", filter=is_live, distinct=True), used_at=Max("keys__last_used_at")).prefetch_related(
            "memberships__user"
        )

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Require an owner for a new account."""
        return super().get_form(request, obj, change, **(kwargs if obj is not None else {"form": NewAccountForm, **kwargs}))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Hide status and credits of a new account."""
        return ["name", "plan", "owner_email"] if obj is None else super().get_fields(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        """Hide members, keys and entries of a new account."""
        return [] if obj is None else super().get_inlines(request, obj)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Create a new account by the service, with its bonus."""
        if change:
            super().save_model(request, obj, form, change)
            return
        account = open_account(email=form.cleaned_data["owner_email"], name=obj.name, plan=obj.plan, actor=str(request.user))
        obj.pk, obj._state.adding = account.pk, False  # noqa: SLF001 - the row is there now

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Never: the ledger refers to it. Suspend it instead."""
        return False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer either suspending or reactivating."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        account = self.get_object(request, str(object_id))
        is_active = account is not None and account.status == AccountStatus.ACTIVE
        senseless = "accounts_account_reactivate" if is_active else "accounts_account_suspend"
        return [action for action in actions if action.action_name != senseless]

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, account: Account) -> str:
        return account.status

    @display(description="credits", ordering="balance__available_millicredits")
    def credits(self, account: Account) -> str:
        return in_credits(account.balance.available_millicredits) if hasattr(account, "balance") else in_credits(0)

    @display(description="people")
    def owners(self, account: Account) -> str:
        return ", ".join(member.user.email for member in account.memberships.all())

    @display(description="keys", ordering="key_count")
    def live_keys(self, account: Any) -> int:
        return int(account.key_count)

    @display(description="last used", ordering="used_at")
    def last_used(self, account: Any) -> Any:
        """Latest use of any of its keys."""
        return account.used_at

    @action(description="Adjust credits…", icon="toll", permissions=["billing.add_ledgerentry"])
    def adjust_credits(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002 - the form follows
        """Open the ledger's form for this account."""
        return HttpResponseRedirect(f"{reverse('admin:billing_ledgerentry_adjust')}?account={object_id}")

    @action(description="New key…", icon="key", permissions=["accounts.add_apikey"])
    def make_key(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002 - the form follows
        """Open the form of a new key for this account."""
        return HttpResponseRedirect(f"{reverse('admin:accounts_apikey_add')}?account={object_id}")

    @action(description="Suspend…", icon="block", permissions=["accounts.change_account"])
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Suspend the account: every API call becomes 403."""
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            suspend_account(account, reason=given["reason"])
            return f"Suspended: {given['reason']}"

        page = FormPage(
            f"Suspend {account.name}", "Every call with its keys answers 403 from now on. Its data stays.", "Suspend", ReasonForm
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Reactivate…", icon="check_circle", permissions=["accounts.change_account"])
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account: Account = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            reactivate_account(account)
            return "Reactivated"

        page = FormPage(f"Reactivate {account.name}", "Its keys are valid again.", "Reactivate", ConfirmForm)
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Clear cache…", icon="cached", permissions=["cache.delete_cacheentry"])
    def clear_cache(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete the account's cached results and sentences. Results of its jobs stay until their retention ends."""
        account: Account = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            return f"{purge_cache(PurgeScope(tenant=f'account:{account.pk}'))} cached results deleted"

        page = FormPage(
            f"Clear the cache of {account.name}",
            "Cached results and sentences are deleted. Results of its jobs stay until their retention ends.",
            "Clear",
            ConfirmForm,
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Delete voices…", icon="voice_over_off", permissions=["voices.delete_voice"])
    def delete_voices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete the account's voices with their recordings, for an account that is closed or whose owner asks for it."""
        account: Account = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            return f"{remove_account_voices(account.pk)} voices deleted"

        page = FormPage(
            f"Delete the voices of {account.name}",
            "All recordings, voice files and demos are deleted. This cannot be undone.",
            "Delete",
            ConfirmForm,
            is_dangerous=True,
            is_atomic=False,
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Export data", icon="download", permissions=["accounts.change_account"])
    def export_data(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send everything that is stored about the account, without secrets, as a ZIP archive."""
        account: Account = self.get_or_404(request, object_id)
        self.log_change(request, account, "Data exported")
        return export_response(account)

    @action(description="Erase…", icon="delete_forever", permissions=["accounts.change_account", "voices.delete_voice"])
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the account and delete its data, for an owner who asks for it."""
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            request_erasure(account, requested_by=str(request.user), reason=given["reason"])
            return "The account is closed. Its data is being deleted."

        page = FormPage(
            f"Erase {account.name}",
            "Keys are revoked at once. Then voices, recordings, results, texts, webhooks, people and keys are deleted. The ledger and the "
            "rows of jobs stay, without texts. This cannot be undone.",
            "Erase",
            ReasonForm,
        )
        return self.ask(request, page=page, obj=account, perform=perform)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Erasures of accounts, in progress or finished."""

    list_display = ["account", "requested_by", "reason", "requested_at", "finished_at"]
    list_select_related = ["account"]


@admin.register(AnonymousUse)
class AnonymousUseAdmin(AuditedAdmin):
    """Daily characters of anonymous callers. Deleting a row resets the address's count of the day."""

    list_display = ["day", "block", "characters"]
    list_filter = ["day"]
    search_fields = ["block"]
    readonly_fields = ["day", "block", "characters"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Never: the platform counts."""
        return False
