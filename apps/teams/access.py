"""Access to the pages of an account: a decorator that finds the person, their account and their role.

    @account_page(Permission.READ, changes=Permission.CHANGE)
    def show_voices(request: AccountRequest) -> HttpResponse: …request.account, request.caller…

For a class: `@method_decorator(account_page(Permission.READ), name="dispatch")`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.acting import SAFE_METHODS, caller_of_member, find_person, list_own_memberships
from apps.accounts.callers import Caller
from apps.accounts.models import Account, AccountStatus, Membership, User
from apps.accounts.roles import Permission
from apps.accounts.throttles import too_many_requests
from apps.core.errors import PermissionDeniedError
from apps.core.limits import count_request

NEW_ACCOUNT: str = "/dashboard/accounts/new/"
"""Page for people who are members of no account."""
BILLING: str = "/dashboard/billing/"
"""Page of a suspended account, where its members read why, and pay what is owed."""
AFTER_A_FORM: str = "/dashboard/"
"""Page after a login that a form without a page of this site asked for."""

FORMS_PER_MINUTE: Final = 60
"""Forms that a person sends on pages of accounts; nobody fills in more."""

P = ParamSpec("P")


class AccountRequest(HttpRequest):
    """Request of a person who acts for an account, as `account_page` completes it."""

    user: User
    caller: Caller
    """Caller for services and selectors, exactly as the API's views have it."""
    account: Account
    membership: Membership
    memberships: list[Membership]
    """All accounts of the person, the one acted for first."""


View = Callable[Concatenate[AccountRequest, P], HttpResponseBase]


def account_page(
    permission: Permission, *, changes: Permission | None = None, is_open_while_suspended: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Decorate a view for members whose role has the permission; `changes` is needed for POST and other writes, by default the same one.

    Others are asked to log in (a fragment: htmx loads the login page), or get the error page 403. Members of a suspended account who may see
    its money are led to the billing page from every page that is not open then.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            person = find_person(request)
            if person is None:
                return redirect_to_login(request)
            account_request = _find_account(request, person)
            if account_request is None:
                return go_to(request, NEW_ACCOUNT)
            if not _may_enter(account_request, is_open=is_open_while_suspended):
                return go_to(request, BILLING)
            count_form(account_request)
            check_permission(account_request, permission if request.method in SAFE_METHODS else changes or permission)
            return view(account_request, *args, **kwargs)

        return checked

    return decorate


def person_page(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view for anybody who is logged in, member of an account or not."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if find_person(request) is not None else redirect_to_login(request)

    return checked


def count_form(request: AccountRequest) -> None:
    """Count what changes something. Raises 429 beyond FORMS_PER_MINUTE.

    People have a counter of their own: a program that uses up the account's requests, with a stolen key perhaps, must not keep them from
    revoking the key.
    """
    if request.method in SAFE_METHODS:
        return
    state = count_request(f"forms:{request.user.pk}", limit=FORMS_PER_MINUTE)
    if not state.is_allowed:
        raise too_many_requests(state)


def check_permission(request: AccountRequest, permission: Permission) -> None:
    """Raise 403 if the person's role lacks the permission; for parts of a page that need another one than the page."""
    if not request.caller.may(permission):
        message = f"Your role in {request.account.name} is {request.membership.role}: it may not {permission.value}. An owner can change your role."
        raise PermissionDenied(message)


def redirect_to_login(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the login page, which leads back to this page, or to the page that asked for this fragment or sent this form."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        back = request.get_full_path()
    else:
        back = _path_of_page(request) or AFTER_A_FORM
    return go_to(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


def go_to(request: HttpRequest, path: str) -> HttpResponseBase:
    """Redirect of the page, also for a request of htmx, which would show the other page inside of this one."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": path})
    return HttpResponseRedirect(path)


def _find_account(request: HttpRequest, person: User) -> AccountRequest | None:
    try:
        memberships = list_own_memberships(request, person)
        if not memberships:
            return None
    except PermissionDeniedError as error:
        raise PermissionDenied(error.message) from error
    found = cast("AccountRequest", request)
    found.memberships, found.membership, found.account = memberships, memberships[0], memberships[0].account
    found.caller = caller_of_member(request, memberships[0])
    return found


def _may_enter(request: AccountRequest, *, is_open: bool) -> bool:
    """True for pages of an active account, and open ones of a suspended one; False if the member is led to its billing page. 403 otherwise."""
    account = request.account
    if account.status == AccountStatus.ACTIVE or (account.status == AccountStatus.SUSPENDED and is_open):
        return True
    if account.status == AccountStatus.SUSPENDED and request.method in SAFE_METHODS and request.caller.may(Permission.MONEY):
        return False
    notice = account.suspension_notice or "Please write to the operator."
    raise PermissionDenied(f"The account {account.name} is {account.status}. {notice}")


def _path_of_page(request: HttpRequest) -> str:
    """Path and query of the page of this site that sent the request; empty for another site or none."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(page)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
