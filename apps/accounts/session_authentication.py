"""Authentication of people by their session, for the pages and JSON views of a zone with sessions. API zones take keys only."""

import copy
from typing import Any

from django.http import HttpRequest, QueryDict
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from apps.accounts.acting import SAFE_METHODS, caller_of_member, find_person, list_own_memberships
from apps.accounts.authentication import check_active
from apps.accounts.callers import Caller, CallerUser
from apps.accounts.roles import Permission
from apps.core.dialects import dialect_of
from apps.core.errors import PermissionDeniedError
from apps.core.zones import zone_of_request


class SessionAuthentication(BaseAuthentication):
    """Authenticates a logged-in person as a member of an account, and enforces CSRF protection.

    Does nothing outside of zones with sessions, and for a request with a key: stand it before KeyAuthentication where a view takes both.
    """

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller] | None:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        if not zone_of_request(http_request).has_sessions or _has_key(http_request):
            return None
        person = find_person(http_request)
        if person is None:
            return None
        check_csrf(http_request)
        memberships = list_own_memberships(http_request, person)
        if not memberships:
            raise PermissionDeniedError("You are not a member of any account.", code="no_account")
        check_active(memberships[0].account)
        caller = caller_of_member(http_request, memberships[0])
        if http_request.method not in SAFE_METHODS and not caller.may(Permission.CHANGE):
            message = f"Your role in this account, {caller.role}, changes nothing. An owner of the account can change your role."
            raise PermissionDeniedError(message, code="role_changes_nothing")
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller


def _has_key(request: HttpRequest) -> bool:
    return dialect_of(request.path).find_secret(request.META) is not None


def check_csrf(request: HttpRequest) -> None:
    """Raise 403 without a valid token in the header. REST framework exempts its views from Django's own check.

    Django looks for the token in the form first, which would read files of any size before the view's own parser does.
    """
    check, bare = CSRFCheck(_no_response), copy.copy(request)
    bare._post = QueryDict()  # type: ignore[attr-defined]  # noqa: SLF001 - where Django keeps the parsed form
    check.process_request(bare)
    reason = check.process_view(bare, _no_response, (), {})
    if reason:
        raise PermissionDeniedError(
            f"CSRF check failed: {reason} Send the token of the cookie `csrftoken` as `X-CSRFToken`.", code="csrf_failed"
        )


def _no_response(_request: HttpRequest) -> Any:
    return None
