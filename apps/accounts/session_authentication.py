"""Authentication of people by their session, for the pages and JSON views of a zone with sessions. API zones take keys only."""

from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from apps.accounts.authentication import check_active
from apps.accounts.callers import Caller, CallerUser, caller_of_session
from apps.accounts.models import User
from apps.accounts.selectors import find_account_of_member
from apps.core.addresses import client_address
from apps.core.dialects import dialect_of
from apps.core.errors import PermissionDeniedError
from apps.core.links import find_public_base
from apps.core.zones import zone_of_request

SESSION_ACCOUNT: Final = "account_id"
"""Session entry with the account that a person with several accounts acts for."""


class SessionAuthentication(BaseAuthentication):
    """Authenticates a logged-in person as a member of an account, and enforces CSRF protection.

    Does nothing outside of zones with sessions, and for a request with a key: stand it before KeyAuthentication where a view takes both.
    """

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller] | None:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        if not zone_of_request(http_request).has_sessions or _has_key(http_request):
            return None
        user: User | AnonymousUser = http_request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        _check_csrf(http_request)
        account = find_account_of_member(user, account_id=http_request.session.get(SESSION_ACCOUNT))
        if account is None:
            raise PermissionDeniedError("You are not a member of any account.", code="no_account")
        check_active(account)
        address, public_base = client_address(http_request), find_public_base(http_request)
        caller = caller_of_session(account, user=user, address=address, public_base=public_base)
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller


def _has_key(request: HttpRequest) -> bool:
    return dialect_of(request.path).find_secret(request.META) is not None


def _check_csrf(request: HttpRequest) -> None:
    """Raise 403 without a valid token. REST framework exempts its views from Django's own check."""
    check = CSRFCheck(_no_response)
    check.process_request(request)
    reason = check.process_view(request, _no_response, (), {})
    if reason:
        raise PermissionDeniedError(
            f"CSRF check failed: {reason} Send the token of the cookie `csrftoken` as `X-CSRFToken`.", code="csrf_failed"
        )


def _no_response(_request: HttpRequest) -> Any:
    return None
