"""Authentication by a key in one of the headers of the path's dialect; without any, the caller is anonymous."""

import time
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from apps.accounts.callers import Caller, CallerUser, anonymous_caller, caller_of_account, caller_of_key
from apps.accounts.models import Account, AccountStatus, ApiKey, Membership
from apps.accounts.selectors import find_key, get_anonymous_plan
from apps.accounts.services.keys import has_key_form
from apps.core.addresses import address_block, client_address
from apps.core.dialects import Dialect, dialect_of
from apps.core.errors import AuthenticationFailedError, PermissionDeniedError, TooManyRequestsError
from apps.core.limits import count_request
from apps.core.links import find_public_base

RECHECK_AFTER_SECONDS = 1.0
"""Age of an authentication from which a job's acceptance looks again whether key and account are valid."""
LAST_USED_STEP = timedelta(minutes=1)
"""Shortest time between two writes of last_used_at, so that a busy key does not turn every request into a write."""


class KeyAuthentication(BaseAuthentication):
    """Authenticates API keys; `request.auth` becomes the Caller. An invalid key is always 401, never treated as anonymous."""

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller]:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        address = client_address(http_request)
        secret = dialect_of(http_request.path).find_secret(http_request.META)
        caller = _anonymous(http_request, address=address) if secret is None else _with_key(http_request, secret=secret, address=address)
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller

    def authenticate_header(self, request: Request) -> str:
        return dialect_of(request.path).challenge


def _anonymous(request: HttpRequest, *, address: str) -> Caller:
    account = _anonymous_account(dialect_of(request.path))
    if account is not None:
        return caller_of_account(account, address=address, public_base=find_public_base(request))
    plan = get_anonymous_plan()
    if plan is None:
        example = dialect_of(request.path).key_headers[0].example
        raise AuthenticationFailedError(f"An API key is required: {example}", code="missing_api_key")
    return anonymous_caller(plan, address=address, public_base=find_public_base(request))


def _anonymous_account(dialect: Dialect) -> Account | None:
    """Account that requests to the dialect without a key act for, if an operator set one. Raises 403 if it is suspended or closed."""
    account_id = getattr(settings, dialect.anonymous_account_setting, 0) if dialect.anonymous_account_setting else 0
    account = Account.objects.select_related("plan").filter(pk=account_id).first() if account_id else None
    if account is not None:
        check_active(account)
    return account


def _with_key(request: HttpRequest, *, secret: str, address: str) -> Caller:
    key = find_key(secret) if has_key_form(secret) else None
    if key is None or not key.is_live:
        count_failure(request, address=address)
        raise AuthenticationFailedError(_reason(key, dialect=dialect_of(request.path)))
    check_active(key.account)
    _record_use(key)
    bind_contextvars(account=key.account_id, key=key.pk)
    return caller_of_key(key, address=address, public_base=find_public_base(request))


def check_active(account: Account) -> None:
    """Raise 403 if the account is suspended or closed."""
    if account.status != AccountStatus.ACTIVE:
        raise PermissionDeniedError(f"This account is {account.status}. Please contact support.", code=f"account_{account.status}")


def recheck_caller(caller: Caller) -> None:
    """Raise 401 or 403 if the key, the membership or the account ended since a caller was authenticated, such as one with an open socket."""
    if caller.account is None or time.monotonic() - caller.authenticated_at < RECHECK_AFTER_SECONDS:
        return
    if caller.key is not None:
        key = ApiKey.objects.filter(pk=caller.key.pk).first()
        if key is None or not key.is_live:
            raise AuthenticationFailedError("This API key was revoked or has expired since the request began.")
    members = Membership.objects.filter(account=caller.account, user=caller.user, user__is_active=True, role=caller.role or "")
    if caller.user is not None and not members.exists():
        raise PermissionDeniedError("Your membership in this account ended or changed since the request began.", code="not_a_member")
    check_active(Account.objects.get(pk=caller.account.pk))


def _reason(key: ApiKey | None, *, dialect: Dialect) -> str:
    if key is None:
        examples = " or as ".join(f"`{header.example}`" for header in dialect.key_headers)
        return f"The API key is wrong. Send it as {examples}."
    return "This API key was revoked." if key.revoked_at is not None else "This API key has expired: it was rotated."


def count_failure(request: HttpRequest, *, address: str) -> None:
    """Count a failed authentication; 429 beyond the limit. Keys cannot be guessed, but guessing would load the database."""
    state = count_request(f"failed-keys:{address_block(address)}", limit=settings.TTSAI_FAILED_KEYS_PER_MINUTE)
    request.limit_state = state  # type: ignore[attr-defined]
    if not state.is_allowed:
        raise TooManyRequestsError("Too many wrong API keys from this address.", headers={"Retry-After": str(state.retry_after)})


def _record_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
