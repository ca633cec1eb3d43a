"""Keys that a WebSocket's message brings, for routes that open without one (`takes_keys_later`)."""

from typing import Final

from rest_framework.request import Request

from apps.accounts.authentication import KeyAuthentication
from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount
from apps.accounts.throttles import count_request_of_caller
from apps.core.dialects import dialect_of
from apps.core.sockets import Socket

KEY_SECONDS: Final = 10.0
"""Longest wait for the message with a key."""


async def admit_by_key(socket: Socket, secret: str, *, scope: str) -> None:
    """Serve the key's owner from now on, as if the key had come in the dialect's header of the handshake. Raises as a handshake is refused."""
    await socket.admit(await socket.run(_authenticate, socket, secret, scope))


def _authenticate(socket: Socket, secret: str, scope: str) -> Caller:
    """Caller of the key, counted as a request of its scope."""
    socket.request.META.update(dialect_of(socket.request.path).key_headers[0].write(secret))
    wrapped = Request(socket.request, authenticators=[KeyAuthentication()])
    HasAccount().has_permission(wrapped, None)
    caller = get_caller(wrapped)
    caller.needs_scope(scope)
    count_request_of_caller(wrapped, scopes=[scope])
    return caller
