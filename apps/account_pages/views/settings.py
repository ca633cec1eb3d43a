"""Pages of settings: name, threshold of low credits, export of all data, deletion."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.account_pages.forms import DeletionForm, SettingsForm
from apps.account_pages.pages import add_service_error, member_page, show
from apps.accounts.models import AccountStatus
from apps.accounts.roles import Permission
from apps.accounts.services import rename_account
from apps.billing.selectors import read_low_threshold
from apps.billing.services import set_low_threshold
from apps.core.errors import ApplicationError
from apps.privacy.models import ExportState
from apps.privacy.responses import kept_export_response
from apps.privacy.selectors import find_export, get_ready_export
from apps.privacy.services import exports, request_erasure
from apps.teams.access import AccountRequest, check_permission

ACCOUNT = Permission.ACCOUNT


@member_page("GET", "POST", changes=ACCOUNT)
def account_settings(request: AccountRequest) -> HttpResponseBase:
    """Settings of the account; owners change them."""
    threshold = read_low_threshold(request.account.pk)
    initial = {"name": request.account.name, "low_credits": None if threshold is None else threshold / 1000}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        rename_account(request.account, name=form.cleaned_data["name"])
        set_low_threshold(request.account.pk, millicredits=form.low_millicredits)
        messages.success(request, "Saved.")
        return HttpResponseRedirect(reverse("account_pages:settings"))
    is_owner = request.caller.may(ACCOUNT)
    context = {"form": form, "is_owner": is_owner, "export": find_export(request.account, person=request.user) if is_owner else None}
    return show(request, "settings", context, status=200 if not form.errors else 422)


@member_page("GET", "POST", permission=ACCOUNT, changes=ACCOUNT, is_open_while_suspended=True)
def export_page(request: AccountRequest) -> HttpResponseBase:
    """Page of the export alone, which a suspended account has too; POST has an archive with everything made."""
    if request.method != "POST":
        return show(request, "export", {"export": find_export(request.account, person=request.user)})
    exports.request_export(request.account, requested_by=request.user)
    messages.success(request, "The export is being made. You get a mail when it is ready.")
    is_open = request.account.status == AccountStatus.ACTIVE
    return HttpResponseRedirect(reverse("account_pages:settings" if is_open else "account_pages:export_request"))


@member_page("GET", permission=ACCOUNT, is_open_while_suspended=True)
def export_state(request: AccountRequest) -> HttpResponseBase:
    """Fragment with the state of the export, which the page loads again until it is ready."""
    return show(request, "export_state", {"export": find_export(request.account, person=request.user)})


@member_page("GET", permission=ACCOUNT, is_open_while_suspended=True)
def download_export(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Download an archive."""
    return kept_export_response(get_ready_export(request.account, uuid=uuid, person=request.user))


@member_page("GET", "POST", permission=ACCOUNT, changes=ACCOUNT)
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types here
def delete_account(request: HttpRequest) -> HttpResponseBase:
    """Delete the account, after the person has proved again who they are and typed its name."""
    account_request: AccountRequest = request  # type: ignore[assignment]  # of member_page
    check_permission(account_request, ACCOUNT)
    account = account_request.account
    form = DeletionForm(request.POST or None, account_name=account.name)
    if request.method == "POST" and form.is_valid():
        try:
            request_erasure(account, requested_by=account_request.user.email, reason="by its owner")
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            if len(account_request.memberships) == 1:
                logout(request)
            messages.success(request, f"{account.name} is closed, and its data is being deleted.")
            return HttpResponseRedirect("/" if len(account_request.memberships) == 1 else "/dashboard/")
    export = find_export(account, person=account_request.user)
    context = {"form": form, "has_export": export is not None and export.state == ExportState.READY}
    return show(account_request, "delete", context, status=200 if not form.errors else 422)
