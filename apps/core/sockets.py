"""WebSocket routes: apps declare them, TTSAI_SOCKET_ROUTES lists them, the ASGI shell serves them (ttsai/web/sockets)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication

from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError

P = ParamSpec("P")
T = TypeVar("T")


class SocketClosedError(Exception):
    """Raised when a message is sent to a client that has left."""


class Socket(Protocol):
    """One accepted connection. Its handler is cancelled when the client leaves, when a limit is exceeded and when the server stops."""

    caller: Any
    """Authenticated caller (apps.accounts.callers.Caller); None on a route that takes keys later, until `admit` is called."""
    path_params: Mapping[str, Any]
    exchange: Exchange
    """Jobs' ends, events and audio (apps/streaming), as for a response that waits."""
    request: HttpRequest
    """The handshake, with its headers and query."""
    request_id: str

    async def receive(self) -> str | bytes:
        """Wait for the next message of the client."""

    async def admit(self, caller: Any) -> None:
        """Serve this caller from now on, and count the connection against its limits. Raises TooManyRequestsError."""

    def messages(self) -> AsyncIterator[str | bytes]:
        """Iterate over the client's messages."""

    async def send(self, message: str | bytes) -> None:
        """Send a text or binary message; waits while the client reads too slowly. Raises SocketClosedError."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that may block or use the database, on Django's threads."""


Handler = Callable[[Socket], Awaitable[None]]
"""Serves a connection until it returns; an ApplicationError is sent to the client before the connection is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """Limits of one connection; beyond them it is closed."""

    message_bytes: int = 65_536
    """Largest message of the client; no route may have more than MESSAGE_BYTES of ttsai/web/sockets/protocol.py."""
    messages_per_second: int = 50
    """Average rate of the client's messages; a second's worth may come at once."""
    texts_per_second: int | None = None
    """Average rate of text messages, beside that of all messages: for routes that take audio far more often than words."""
    idle_seconds: float = 60.0
    """Longest time without a message in either direction."""
    total_seconds: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRoute:
    """A path and its handler. A connection counts as one request a minute of its caller, and against the concurrency of its key or account."""

    path: str
    """Path in Starlette's syntax, with a last slash: `/v1/echo/{name}/`."""
    handler: Handler
    scope: str | Callable[[HttpRequest], str] = ""
    """Scope that a key needs, or a function of the handshake that returns it; empty for any key."""
    authentication: type[BaseAuthentication] | None = None
    """Authentication of the handshake in place of API keys in headers, beside tickets, which every route takes. `request.auth` must become a
    Caller.
    """
    check: Callable[[HttpRequest, Any], None] | None = None
    """Validates a handshake of a caller; the error that it raises refuses the connection with an HTTP response. Runs on Django's threads."""
    render_error: Callable[[ApplicationError, str], Any] | None = None
    """(error, request id) -> the JSON message of an error that ends the connection; None for the body of the path's dialect."""
    welcomes_anonymous: bool = False
    takes_keys_later: bool = False
    """True if a connection without a key opens, whatever the plan of anonymous callers: its handler authenticates it by a message. Until then
    few of an address may be open.
    """
    subprotocols: tuple[str, ...] = ()
    """Supported subprotocols; the first one that the client offers too is chosen."""
    limits: SocketLimits = field(default_factory=SocketLimits)

    def scope_of(self, request: HttpRequest) -> str:
        """Scope that a key needs for this handshake."""
        return self.scope(request) if callable(self.scope) else self.scope
