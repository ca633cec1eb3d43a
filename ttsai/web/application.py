"""ASGI shell: reads bodies under the route's limit, runs Django on threads, awaits deferred responses without a thread."""

import asyncio
import io
import time

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from structlog.contextvars import bind_contextvars

from apps.core import retry_after
from apps.core.deferred import ASGIApp, Deferred, Receive, Scope, Send
from apps.core.dialects import REQUEST_ID, dialect_of, is_shared_path, routed_path
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.exception_handler import as_application_error, error_response
from apps.core.middleware import add_common_headers
from apps.core.zones import with_slash
from ttsai.web.body import Body, ClientLeftError, declared_length, read_body
from ttsai.web.ended_jobs import find_end_events
from ttsai.web.exchange import WebExchange
from ttsai.web.hub import Hub
from ttsai.web.probes import Probes, limit_headers
from ttsai.web.responses import send_app, send_response
from ttsai.web.routes import body_gate, body_limit, find_route, keeps_beginning
from ttsai.web.sockets.router import Sockets
from ttsai.web.threads import BusyError, DjangoThreads, ShellRequest

NO_BODY = Body(io.BytesIO(), 0)


class Application:
    """The ASGI application of the web process."""

    def __init__(self) -> None:
        self._threads = DjangoThreads(threads=settings.TTSAI_WEB_THREADS, waiting=settings.TTSAI_WEB_QUEUE)
        self._hub: Hub | None = None
        self._stopping = asyncio.Event()
        self._sockets = Sockets(threads=self._threads, stopping=self._stopping, exchange=self._exchange)
        self._probes = Probes(is_stopping=self._stopping.is_set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            scope["app"] = self  # as Starlette does: /mcp calls the API's other routes
            await self._answer(_routed(scope), receive, send)
        elif scope["type"] == "websocket":
            await self._sockets(_routed(scope), receive, send)

    def start_graceful_stop(self) -> None:
        """Let waiting responses end soon, while their jobs continue, and close WebSocket connections. Call it on the event loop."""
        self._stopping.set()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._hub = Hub(settings.REDIS_URL, find_end_events=lambda jobs: self._threads.run(find_end_events, jobs))
        self._hub.start()
        self._sockets.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._hub.stop()
        await self._sockets.stop()
        await asyncio.to_thread(self._threads.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await self._answer_probe(scope, send):
            return
        try:
            request = await self._request(scope, receive)
        except ClientLeftError:
            return
        try:
            response = await self._threads.respond(request)
        except BusyError as error:
            response = _without_django(error, request)
        if isinstance(response, Deferred):
            await self._resolve(response, scope, receive, send, request_id=response.headers[REQUEST_ID])
        else:
            await send_response(response, scope, send, threads=self._threads)

    async def _answer_probe(self, scope: Scope, send: Send) -> bool:
        request = ShellRequest(scope, NO_BODY, match=None)
        request_id = _request_id_of(request)
        response = await self._probes.find(scope, request_id=request_id)
        if response is None:
            return False
        for name, value in limit_headers().items():
            response.headers[name] = value
        add_common_headers(response, request, request_id=request_id)
        dialect_of(request.path).apply_to(response, seconds=0.0)
        await send_response(response, scope, send, threads=self._threads)
        return True

    async def _request(self, scope: Scope, receive: Receive) -> ShellRequest:
        match = find_route(with_slash(scope["path"]))
        refusal: ApplicationError | None = None
        body = NO_BODY
        try:
            if match is not None:
                limit = await self._admitted_bytes(scope, match)
                body = await read_body(scope, receive, limit=limit, keeps_beginning=keeps_beginning(match))
        except ClientLeftError:
            raise
        except ApplicationError as error:
            refusal = error
        if not scope["query_string"].isascii():
            scope["query_string"] = b""
            refusal = InvalidRequestError("The query string holds bytes that are not percent-encoded.")
        request = ShellRequest(scope, body, match=match)
        if refusal is not None:
            request.refuse(refusal)
        return request

    async def _admitted_bytes(self, scope: Scope, match: ResolverMatch) -> int:
        """Limit of the route, or less if the view identifies the caller by the headers: a stranger's gigabyte is never spooled."""
        limit, gate = body_limit(match), body_gate(match)
        if gate is None or declared_length(scope) == 0:
            return limit
        try:
            return min(limit, await self._threads.run(gate, ShellRequest(scope, NO_BODY, match=match), **match.kwargs))
        except Exception as error:  # the process's edge, like REST framework's around a view
            raise as_application_error(error) from error

    def _exchange(self, receive: Receive) -> WebExchange:
        assert self._hub is not None  # noqa: S101 - the lifespan began before any request
        return WebExchange(receive, threads=self._threads, hub=self._hub, stopping=self._stopping)

    async def _resolve(self, deferred: Deferred, scope: Scope, receive: Receive, send: Send, *, request_id: str) -> None:
        bind_contextvars(**deferred.log_ids)  # in this request's task alone
        exchange = self._exchange(receive)
        exchange.watch()
        try:
            dialect = dialect_of(scope["path"])
            final = await _final_response(deferred, exchange, request_id=request_id, path=scope["path"])
            if isinstance(final, HttpResponseBase):
                for name, value in deferred.items():
                    final.headers.setdefault(name, value)
                dialect.apply_to(final, seconds=time.monotonic() - deferred.began_at)
                await send_response(final, scope, send, threads=self._threads)
            else:
                await send_app(final, scope, exchange.receive, send, headers=deferred.headers, dialect=dialect, began_at=deferred.began_at)
        finally:
            exchange.close()


def _routed(scope: Scope) -> Scope:
    """The scope with the path at which the request is routed."""
    if not is_shared_path(scope["path"]):
        return scope
    meta = {f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1") for name, value in scope["headers"]}
    return {**scope, "path": routed_path(scope["path"], meta), "asked_path": scope["path"]}


async def _final_response(deferred: Deferred, exchange: WebExchange, *, request_id: str, path: str) -> HttpResponseBase | ASGIApp:
    try:
        return await deferred.resolve(exchange)
    except Exception as error:  # noqa: BLE001 - the process's edge, like REST framework's around a view; as_application_error logs
        return error_response(as_application_error(error), request_id=request_id, path=path)


def _without_django(error: ApplicationError, request: ShellRequest) -> HttpResponseBase:
    """Response if not even a thread is available, with the server's own limits."""
    request_id = _request_id_of(request)
    response = error_response(error, request_id=request_id, path=request.path)
    response["X-RateLimit-Limit"] = response["X-RateLimit-Remaining"] = "0"
    response["X-RateLimit-Reset"] = str(int(time.time()) + int(retry_after.BUSY))
    add_common_headers(response, request, request_id=request_id)
    dialect_of(request.path).apply_to(response, seconds=0.0)
    return response


def _request_id_of(request: ShellRequest) -> str:
    return dialect_of(request.path).request_id_of(request.META)
