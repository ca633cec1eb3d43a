"""Accounts with their members, keys and credits; use by anonymous callers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.accounts.impersonation import MAY_VISIT, VISIT_SECONDS, begin_visit
from apps.accounts.models import Account, AccountStatus, AnonymousUse, ApiKey, Plan
from apps.accounts.selectors import ANONYMOUS_PLAN, PREFIX_LENGTH
from apps.accounts.services import change_plan, reactivate_account, suspend_account
from apps.billing.services import open_account
from apps.cache.services.purge import PurgeScope, purge_cache
from apps.core.deferred import Deferred
from apps.core.ids import find_uuid
from apps.jobs.models import Job
from apps.operator.account_overview import account_overview
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.admin.forms import ConfirmForm, ReasonForm
from apps.operator.admin.members import MembershipInline, save_memberships
from apps.operator.admin.pages import ConfirmationAdmin, FormPage, ReadOnlyAdmin, counted, in_credits
from apps.operator.contents import may_see_contents
from apps.privacy.models import Erasure
from apps.privacy.responses import export_response
from apps.privacy.services import request_erasure
from apps.teams.services.history import record_member_event
from apps.voices.services.removal import remove_account_voices

KEY_PREFIX = "sk-tts-"
MONEY_IN_EXPORTS = {"payments": "payments.view_payment", "billing.LedgerEntry": "billing.view_ledgerentry"}
"""Rows that an export leaves out for operators without the permission."""
CONVERSATIONS_IN_EXPORTS = ("conversations", "webhooks.Delivery")
"""Rows that an export leaves out for all but superusers: conversations, with the jobs and results of their turns, and deliveries, which link to
such results.
"""
STATUS_COLOURS = {AccountStatus.ACTIVE: "success", AccountStatus.SUSPENDED: "danger", AccountStatus.CLOSED: "warning"}


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Account and its owner, who is created if unknown."""

    owner_email = forms.EmailField(widget=UnfoldAdminEmailInputWidget, help_text="The person who owns the account.")

    class Meta:
        model = Account
        fields = ["name", "plan"]


class MembersInline(MembershipInline):
    autocomplete_fields = ["user"]
    fields = ["user", "role"]
    verbose_name_plural = "people"


class ChangePlanForm(forms.Form):
    """New plan of an account, with a reason."""

    plan = forms.ModelChoiceField(Plan.objects.exclude(slug=ANONYMOUS_PLAN), widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextInputWidget)


class SuspensionForm(ReasonForm):
    """Reason for the operators, and what the members read."""

    notice = forms.CharField(
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        label="Message to the members",
        help_text="Shown on their billing page. Empty: they are asked to write to the operator.",
    )


@admin.register(Account)
class AccountAdmin(ConfirmationAdmin):
    list_display = ["name", "shown_status", "plan", "credits", "owners", "live_keys", "last_used", "created_at"]
    list_filter = ["status", "plan"]
    list_select_related = ["plan", "balance"]
    show_full_result_count = False
    search_fields = ["name", "users__email", "=id"]
    search_help_text = (
        "Name, email address of a member, account number, first 12 characters of a key (never a whole key), or a complete job uuid"
    )
    fields = [("name", "plan"), ("shown_status", "status_reason"), ("suspension_notice", "created_at")]
    readonly_fields = ["plan", "shown_status", "status_reason", "suspension_notice", "created_at"]
    inlines = [MembersInline]
    actions_detail = [
        "impersonate",
        {"title": "Money", "icon": "toll", "items": ["adjust_credits", "change_plan"]},
        {
            "title": "More",
            "icon": "more_horiz",
            "items": ["make_key", "suspend", "reactivate", "clear_cache", "delete_voices", "export_data", "erase"],
        },
    ]
    change_form_outer_before_template = "operator/account_overview.html"
    change_form_outer_after_template = "operator/account_tables.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Rows with the list's columns; those of keys are read for the rows of the page only."""
        rows: QuerySet[Account] = super().get_queryset(request)
        keys = ApiKey.objects.filter(account=OuterRef("pk")).order_by().values("account")
        live = keys.filter(revoked_at=None).annotate(number=Count("pk")).values("number")
        used = keys.annotate(latest=Max("last_used_at")).values("latest")
        return rows.annotate(key_count=Coalesce(Subquery(live), 0), used_at=Subquery(used)).prefetch_related("memberships__user")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Account], search_term: str) -> tuple[QuerySet[Account], bool]:
        """Find accounts also by the prefix of a key or by a job's uuid."""
        term = search_term.strip()
        if term.startswith(KEY_PREFIX):
            return queryset.filter(pk__in=ApiKey.objects.filter(prefix=term[:PREFIX_LENGTH]).values("account")), False
        job_uuid = find_uuid(term)
        if job_uuid is not None:
            return queryset.filter(pk__in=Job.objects.filter(uuid=job_uuid).values("account")), False
        found: tuple[QuerySet[Account], bool] = super().get_search_results(request, queryset, term)
        return found

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add the tables of what belongs to the account."""
        account = self.get_object(request, object_id)
        overview = None if account is None or not self.has_view_permission(request, account) else account_overview(request, account)
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), "overview": overview})
        return page

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Require an owner for a new account."""
        return super().get_form(request, obj, change, **(kwargs if obj is not None else {"form": NewAccountForm, **kwargs}))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Ask for the owner of a new account, and show its status afterwards."""
        return ["name", "plan", "owner_email"] if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """The plan is chosen once; afterwards the action changes it, with a reason."""
        return [] if obj is None else list(super().get_readonly_fields(request, obj))

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        """Hide the members of a new account."""
        return [] if obj is None else super().get_inlines(request, obj)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Create a new account by the service, with its bonus."""
        if change:
            super().save_model(request, obj, form, change)
            if "name" in form.changed_data:
                record_member_event(obj, actor=str(request.user), action="renamed the account", detail=f"to {obj.name}")
            return
        account = open_account(email=form.cleaned_data["owner_email"], name=obj.name, plan=obj.plan, actor=str(request.user))
        obj.pk, obj._state.adding = account.pk, False  # noqa: SLF001 - the row is there now

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save the members by the services of teams, so that a removal has its consequences."""
        if revoked := save_memberships(request, formset):
            self.message_user(request, f"{counted(revoked, 'key')} of removed members revoked")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Deletion is refused: the ledger refers to the account. Suspend it instead."""
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

    @action(description="See as customer…", icon="visibility", permissions=[MAY_VISIT])
    def impersonate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the dashboard as the account's members see it, read-only."""
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> HttpResponse:
            begin_visit(request, account)
            self.log_outcome(request, account, f"The visit began: {given['reason']}", before={}, after={})
            return HttpResponseRedirect("/dashboard/")

        page = FormPage(
            f"See the dashboard of {account.name}",
            f"You see what its members see for {VISIT_SECONDS // 60} minutes, and can change nothing. A banner ends the visit. The visit is recorded.",
            "Open the dashboard",
            ReasonForm,
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Change plan…", icon="workspace_premium", permissions=["operator.change_account_plan"])
    def change_plan(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            change_plan(account, plan=given["plan"])
            return f"Plan: {given['plan'].name}"

        page = FormPage(
            f"Plan of {account.name}",
            f"The plan is {account.plan.name}. Limits and models of the new one apply from the next request on. A paid subscription is not changed.",
            "Change",
            ChangePlanForm,
            initial={"plan": account.plan_id},
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Suspend…", icon="block", permissions=["operator.suspend_account"])
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Suspend the account: every API call becomes 403."""
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            suspend_account(account, reason=given["reason"], notice=given["notice"])
            return f"Suspended: {given['reason']}"

        page = FormPage(
            f"Suspend {account.name}",
            "Every call with its keys answers 403 from now on, and its dashboard closes but for billing: what is owed, invoices, the export. "
            "Running jobs end; its data stays.",
            "Suspend",
            SuspensionForm,
            is_dangerous=True,
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Reactivate…", icon="check_circle", permissions=["operator.suspend_account"])
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

    @action(description="Export data…", icon="download", permissions=["operator.export_account"])
    def export_data(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send what is stored about the account, without secrets, as a ZIP archive; without money and conversations for those who may not see them."""
        account: Account = self.get_or_404(request, object_id)
        if not may_see_contents(request):
            raise PermissionDenied
        hidden = [name for name, permission in MONEY_IN_EXPORTS.items() if not request.user.has_perm(permission)]
        hidden += [] if request.user.is_superuser else CONVERSATIONS_IN_EXPORTS

        def perform(given: dict[str, Any]) -> Deferred:
            left_out = f"; left out: {', '.join(hidden)}" if hidden else ""
            self.log_change(request, account, f"Data exported: {given['reason']}{left_out}")
            return export_response(account, without=hidden)

        page = FormPage(
            f"Export the data of {account.name}",
            "You get a ZIP archive with the account's rows, texts, recordings and results, without secrets. The export is audited with its reason.",
            "Export",
            ReasonForm,
        )
        return self.ask(request, page=page, obj=account, perform=perform)

    @action(description="Erase…", icon="delete_forever", permissions=["operator.erase_account"])
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the account and delete its data, for an owner who asks for it."""
        account: Account = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            request_erasure(account, requested_by=str(request.user), reason=given["reason"])
            return "The account is closed. Its data is being deleted."

        page = FormPage(
            f"Erase {account.name}",
            "Keys are revoked at once. Then voices, recordings, results, texts, webhooks and keys are deleted, and the login of an only member. "
            "The ledger and the rows of jobs stay, without texts. The owners get a mail. This cannot be undone.",
            "Erase",
            ReasonForm,
            is_dangerous=True,
        )
        return self.ask(request, page=page, obj=account, perform=perform)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Erasures of accounts, in progress or finished."""

    list_display = ["account", "requested_by", "reason", "requested_at", "finished_at"]
    list_filter = [("finished_at", admin.EmptyFieldListFilter), "requested_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "requested_by", "=account__id"]
    search_help_text = "Account name or number, or the address of the person who asked"


@admin.register(AnonymousUse)
class AnonymousUseAdmin(AuditedAdmin):
    """Daily characters and recordings of anonymous callers. Deleting a row resets the address's count of the day."""

    list_display = ["day", "block", "characters", "audio_milliseconds"]
    list_filter = ["day"]
    search_fields = ["block"]
    readonly_fields = ["day", "block", "characters", "audio_milliseconds"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Adding is refused: the platform counts."""
        return False
