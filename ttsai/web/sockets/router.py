"""Routing and admission of WebSocket connections: refused ones get an HTTP response in the dialect of their path."""

import asyncio
import contextlib
import io
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from rest_framework.request import Request
from starlette.routing import Router, WebSocketRoute

from apps.accounts.authentication import KeyAuthentication
from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount
from apps.accounts.selectors import find_present_members, find_usable_keys
from apps.accounts.throttles import PollLimit, count_request_of_caller
from apps.accounts.ws_tickets import SUBPROTOCOL as TICKET_SUBPROTOCOL
from apps.accounts.ws_tickets import TicketAuthentication, find_ticket
from apps.core import retry_after
from apps.core.addresses import address_block, client_address
from apps.core.cross_origin import is_origin_allowed
from apps.core.deferred import Receive, Scope, Send
from apps.core.dialects import dialect_of
from apps.core.errors import ApplicationError, AuthenticationFailedError, PermissionDeniedError, TooManyRequestsError, UnavailableError
from apps.core.exception_handler import as_application_error, asked_path, error_response, path_not_found
from apps.core.leases import RENEW_SECONDS, Lease, release_lease, renew_leases, take_lease
from apps.core.middleware import add_common_headers, write_limit
from apps.core.sockets import SocketRoute
from apps.core.zones import with_slash
from ttsai.web.body import Body
from ttsai.web.exchange import WebExchange
from ttsai.web.sockets.protocol import ERROR_RENDERER
from ttsai.web.sockets.session import POLICY, Closing, Session
from ttsai.web.threads import BusyError, DjangoThreads, ShellRequest

logger = logging.getLogger(__name__)

KEY_NOT_USABLE: Final = Closing(
    POLICY, "invalid_api_key", AuthenticationFailedError("This API key was revoked, or its account is not active.")
)
NO_MEMBER: Final = Closing(
    POLICY,
    "not_a_member",
    AuthenticationFailedError("You are no longer a member of this account, or it is not active.", code="not_a_member"),
)
STOP_SECONDS: Final = 2.0
KEYLESS_CONNECTIONS: Final = 20
"""Open connections of an address that have not sent their key yet."""
SCHEMES: Final = {"ws": "http", "wss": "https"}


class Sockets:
    """ASGI application for the scope type `websocket`."""

    def __init__(self, *, threads: DjangoThreads, stopping: asyncio.Event, exchange: Callable[[Receive], WebExchange]) -> None:
        """exchange: makes what a connection waits for jobs with."""
        self._threads = threads
        self._stopping = stopping
        self._exchange = exchange
        self._open_count = 0
        self._sessions: set[Session] = set()
        self._leases: set[Lease] = set()
        """Leases of the open connections, by which they count against their key or tenant in all processes."""
        self._care: asyncio.Task[None] | None = None
        self._returns: set[asyncio.Task[None]] = set()
        """Leases that are being given back."""
        routes: list[SocketRoute] = [route for name in settings.TTSAI_SOCKET_ROUTES for route in import_string(name)]
        self._router = Router(
            [WebSocketRoute(route.path, _Endpoint(self, route), name=route.path) for route in routes], default=self._refuse_path
        )

    def start(self) -> None:
        """Begin to look after open connections. Call it on the event loop."""
        self._care = asyncio.create_task(self._watch_connections())

    async def stop(self) -> None:
        """Give back the leases of the connections, which the stopping event has closed."""
        if self._care is not None:
            self._care.cancel()
        if self._returns:
            await asyncio.wait(self._returns, timeout=STOP_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router({**scope, "path": with_slash(scope["path"])}, receive, send)

    async def serve(self, route: SocketRoute, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a connection and serve it to its end."""
        request = _handshake(scope)
        request_id = dialect_of(request.path).request_id_of(request.META)
        async with contextlib.AsyncExitStack() as stack:
            try:
                caller = await self._admit(request, route)
                await stack.enter_async_context(self._counted_connection())
                first = await stack.enter_async_context(contextlib.AsyncExitStack())
                await first.enter_async_context(self._leased(_connection_limits(caller) if caller else _limits_of_address(request)))
            except Exception as error:  # noqa: BLE001 - the process's edge; as_application_error logs a bug
                await _refuse(as_application_error(error), request, send, request_id=request_id)
                return
            await receive()  # websocket.connect; only now, because uvicorn reads on from here
            await send(
                {"type": "websocket.accept", "subprotocol": _subprotocol(route, scope), "headers": [(b"x-request-id", request_id.encode())]}
            )

            async def count(later: Caller) -> None:
                await stack.enter_async_context(self._leased(_connection_limits(later)))
                await first.aclose()

            session = Session(
                route,
                caller=caller,
                count=count,
                path_params=scope["path_params"],
                receive=receive,
                send=send,
                threads=self._threads,
                exchange=self._exchange(receive),
                request=request,
                request_id=request_id,
            )
            dialect = dialect_of(request.path)
            scope["state"][ERROR_RENDERER] = partial(session.render, dialect=dialect)
            self._sessions.add(session)
            stack.callback(self._sessions.discard, session)
            await session.serve(stopping=self._stopping, dialect=dialect)

    async def _refuse_path(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        request = _handshake(scope)
        request_id = dialect_of(request.path).request_id_of(request.META)
        await _refuse(path_not_found(asked_path(request)), request, send, request_id=request_id)

    async def _admit(self, request: ShellRequest, route: SocketRoute) -> Caller | None:
        """Authenticate and count a connection; None if it is to be authenticated later. Raises the error that it is refused with."""
        if "\x00" in request.path:
            raise path_not_found(asked_path(request))
        if self._stopping.is_set():
            raise UnavailableError("The server stops. Connect again.", headers={"Retry-After": retry_after.BUSY})
        if not is_origin_allowed(request):
            raise PermissionDeniedError("Pages of this origin may not connect to this server.", code="origin_not_allowed")
        return await self._threads.run_unless_busy(_authenticate, request, route)

    @contextlib.asynccontextmanager
    async def _counted_connection(self) -> AsyncIterator[None]:
        """Count an open connection of this process for the time of the block. Raises BusyError."""
        if self._open_count >= settings.TTSAI_SOCKETS:
            raise BusyError
        self._open_count += 1
        try:
            yield
        finally:
            self._open_count -= 1

    @contextlib.asynccontextmanager
    async def _leased(self, limits: dict[str, int]) -> AsyncIterator[None]:
        """Count an open connection in all processes for the time of the block. Raises TooManyRequestsError."""
        lease = await self._threads.run(_take_lease, limits)
        self._leases.add(lease)
        try:
            yield
        finally:
            self._leases.discard(lease)
            returning = asyncio.create_task(self._threads.run(release_lease, lease))
            self._returns.add(returning)
            returning.add_done_callback(self._returns.discard)

    async def _watch_connections(self) -> None:
        """Renew the leases of open connections, and close those whose key is no longer valid."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for work in (self._renew, self._end_unauthorized):
                try:
                    await work()
                except Exception:  # the edge of this task: the database may be away, and the next round may succeed
                    logger.exception("looking after open connections")

    async def _renew(self) -> None:
        await self._threads.run(renew_leases, tuple(self._leases))

    async def _end_unauthorized(self) -> None:
        callers = {session: session.caller for session in self._sessions if session.caller is not None}
        by_key = {session: caller.key.pk for session, caller in callers.items() if caller.key is not None}
        if by_key:
            usable = await self._threads.run(find_usable_keys, set(by_key.values()))
            for session in (session for session, key_id in by_key.items() if key_id not in usable):
                session.end(KEY_NOT_USABLE)
        by_member = {session: member for session, caller in callers.items() if (member := _member_of(caller)) is not None}
        if by_member:
            present = await self._threads.run(find_present_members, set(by_member.values()))
            for session in (session for session, member in by_member.items() if member not in present):
                session.end(NO_MEMBER)


class _Endpoint:
    """ASGI application of one route."""

    def __init__(self, sockets: Sockets, route: SocketRoute) -> None:
        self._sockets = sockets
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._sockets.serve(self._route, scope, receive, send)


def _authenticate(request: ShellRequest, route: SocketRoute) -> Caller | None:
    """Caller of a connection, by a ticket or the key in its headers, counted as one request; None if a message is to bring the key. Runs on
    one of Django's threads.
    """
    by_ticket = find_ticket(request) is not None
    if route.takes_keys_later and not by_ticket and dialect_of(request.path).find_secret(request.META) is None:
        PollLimit().allow_request(Request(request), None)
        return None
    wrapped = Request(request, authenticators=[TicketAuthentication() if by_ticket else (route.authentication or KeyAuthentication)()])
    if not route.welcomes_anonymous:
        HasAccount().has_permission(wrapped, None)
    caller = get_caller(wrapped)
    scope = route.scope_of(request)
    if scope:
        caller.needs_scope(scope)
    count_request_of_caller(wrapped, scopes=[scope] if scope else [])
    if route.check is not None:
        route.check(request, caller)
    return caller


def _member_of(caller: Caller) -> tuple[int, int] | None:
    """Account and person of a caller by session; None for others."""
    return None if caller.account is None or caller.user is None else (caller.account.pk, caller.user.pk)


def _take_lease(limits: dict[str, int]) -> Lease:
    """Lease of a connection. Raises TooManyRequestsError. Runs on one of Django's threads."""
    lease = take_lease(limits)
    if lease is None:
        message = f"At most {min(limits.values())} connections may be open at once. Close one before you open the next."
        raise TooManyRequestsError(message, code="concurrency_limit_exceeded", headers={"Retry-After": retry_after.BUSY})
    return lease


def _limits_of_address(request: ShellRequest) -> dict[str, int]:
    """Open connections without a key that are allowed to an address."""
    return {f"keyless:{address_block(client_address(request))}": KEYLESS_CONNECTIONS}


def _connection_limits(caller: Caller) -> dict[str, int]:
    """Open connections that are allowed, by the key or tenant that they count for; the same rules as for jobs."""
    tenant = {caller.tenant: caller.plan.concurrent_jobs}
    if caller.key is None or not caller.counts_jobs_by_key:
        return tenant
    own = {f"key:{caller.key.pk}": caller.concurrent_jobs}
    return own if caller.is_limited_apart else {**own, **tenant}


def _subprotocol(route: SocketRoute, scope: Scope) -> str | None:
    offered = scope.get("subprotocols", ())
    return next((name for name in (*route.subprotocols, TICKET_SUBPROTOCOL) if name in offered), None)


def _handshake(scope: Scope) -> ShellRequest:
    """Handshake as Django's request."""
    http: dict[str, Any] = {**scope, "type": "http", "method": "GET", "scheme": SCHEMES.get(scope.get("scheme", "ws"), "http")}
    return ShellRequest(http, Body(io.BytesIO(), 0), match=None)


async def _refuse(error: ApplicationError, request: ShellRequest, send: Send, *, request_id: str) -> None:
    response: HttpResponseBase = error_response(error, request_id=request_id, path=request.path)
    state = getattr(request, "limit_state", None)
    if state is not None:
        write_limit(response, state)
    add_common_headers(response, request, request_id=request_id)
    dialect_of(request.path).apply_to(response, seconds=0.0)
    content = bytes(response.content)  # type: ignore[attr-defined]
    response.headers["Content-Length"] = str(len(content))
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "websocket.http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": content})
