"""Tickets with which a browser opens one WebSocket without knowing an API key: stored in Valkey by their digest, used once, valid for a minute."""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts.authentication import check_active, count_failure
from apps.accounts.callers import Caller, CallerUser, caller_of_key, caller_of_session
from apps.accounts.models import Account, ApiKey, Membership, User
from apps.accounts.selectors import digest_of
from apps.core import retry_after
from apps.core.addresses import client_address
from apps.core.errors import AuthenticationFailedError, UnavailableError
from apps.core.links import find_public_base
from apps.core.valkey import ValkeyAway, client

TICKET_START: Final = "wst_"
TICKET_LENGTH: Final = len(TICKET_START) + 43
TICKET_SECONDS: Final = 60
MEMBER: Final = "member"
"""First word of what is stored for a ticket of a person; for a key it is its id."""
QUERY_NAME: Final = "ticket"
SUBPROTOCOL: Final = "ttsai-ticket"
"""Subprotocol that a browser is answered with if it sends its ticket as `ttsai-ticket.<ticket>` beside it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Ticket with its expiry; the ticket itself is known only here, until it is returned."""

    value: str
    expires_at: int
    """Unix time."""


def create_ticket(key: ApiKey) -> Ticket:
    """Create a ticket that stands for the key once. Raises UnavailableError."""
    return _store(str(key.pk))


def create_ticket_of_member(account: Account, user: User) -> Ticket:
    """Create a ticket that stands once for a person in an account, with the scopes of their role. Raises UnavailableError."""
    return _store(f"{MEMBER}:{account.pk}:{user.pk}")


def find_ticket(request: HttpRequest) -> str | None:
    """The ticket that a handshake presents, in its query or as a subprotocol; None without one."""
    offered: list[str] = [name.strip() for name in request.META.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "").split(",")]
    sent = next((name for name in offered if name.startswith(f"{SUBPROTOCOL}.")), None)
    if sent is not None:
        return sent.removeprefix(f"{SUBPROTOCOL}.")
    given: str = request.GET.get(QUERY_NAME, "")
    return given or None


class TicketAuthentication(BaseAuthentication):
    """Authenticates a handshake by its ticket, which is used up; `request.auth` becomes the caller who created it, by a key or by session."""

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller]:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        address = client_address(http_request)
        holder = _take_holder(find_ticket(http_request) or "")
        if holder is None:
            count_failure(http_request, address=address)
            raise AuthenticationFailedError(
                "The ticket is wrong, was used already or has expired. Create one with POST /v1/ws-tickets/ for each connection.",
                code="invalid_ticket",
            )
        check_active(holder.account)
        make_caller: Any = caller_of_key if isinstance(holder, ApiKey) else caller_of_session
        caller: Caller = make_caller(holder, address=address, public_base=find_public_base(http_request))
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller


def _store(holder: str) -> Ticket:
    value = TICKET_START + secrets.token_urlsafe(32)
    try:
        client().set(_name(value), holder, ex=TICKET_SECONDS)
    except ValkeyAway as error:
        raise _unavailable() from error
    return Ticket(value, int(time.time()) + TICKET_SECONDS)


def _take_holder(value: str) -> ApiKey | Membership | None:
    """The live key or the member of a ticket, which is valid no longer."""
    if len(value) != TICKET_LENGTH or not value.isascii():
        return None
    try:
        stored: Any = client().getdel(_name(value))
    except ValkeyAway as error:
        raise _unavailable() from error
    kind, *ids = (stored or b"").decode().split(":")
    if kind == MEMBER:
        account_id, user_id = map(int, ids)
        members = Membership.objects.select_related("account__plan", "user")
        return members.filter(account_id=account_id, user_id=user_id, user__is_active=True).first()
    key = ApiKey.objects.select_related("account__plan").filter(pk=int(kind)).first() if kind else None
    return key if key is not None and key.is_live else None


def _unavailable() -> UnavailableError:
    return UnavailableError("Tickets cannot be checked at the moment. Try again.", headers={"Retry-After": retry_after.BUSY})


def _name(value: str) -> str:
    return f"ws-ticket:{digest_of(value)}"
