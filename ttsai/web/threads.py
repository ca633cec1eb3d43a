"""Django's synchronous handler chain on a persistent thread pool, so that each thread keeps its database connection."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import close_old_connections, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, set_script_prefix
from structlog.contextvars import bound_contextvars, get_contextvars

from apps.core import retry_after
from apps.core.deferred import Scope
from apps.core.errors import ApplicationError, UnavailableError
from apps.core.zones import with_slash
from ttsai.web.body import Body

P = ParamSpec("P")
T = TypeVar("T")

CLOSING_SECONDS = 5.0
TRUSTED_SECONDS = 1.0
"""Seconds for which a used connection is assumed to work. After a restart of Postgres a busy thread answers one request with 503."""


class BusyError(UnavailableError):
    """Too many requests wait for a thread."""

    code = "server_busy"

    def __init__(self) -> None:
        super().__init__("The server has more requests than it can take at the moment.", headers={"Retry-After": retry_after.BUSY})


class ShellRequest(ASGIRequest):
    """Django request whose body is read and whose route is known."""

    def __init__(self, scope: Scope, body: Body, *, match: ResolverMatch | None) -> None:
        super().__init__(scope, body.file)
        self.body_file = body.file  # a view may take the file over instead of copying it
        self.body_cut_by = body.cut_by
        self.match = match
        self.asked_path = with_slash(scope.get("asked_path", scope["path"]))
        # A chunked body has no Content-Length, and Django and REST framework take that for "no body".
        self.META["CONTENT_LENGTH"] = str(body.size)

    def refuse(self, error: ApplicationError) -> None:
        """Let RequestMiddleware respond with this error, with the usual headers."""
        self.refusal = error


class ShellHandler(BaseHandler):
    """Django's handler, with the route that the shell has already found."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Match found by the shell; a request without one becomes Django's 404."""
        match = getattr(request, "match", None)
        if match is None:
            return super().resolve_request(request)
        request.resolver_match = match
        return match  # type: ignore[no-any-return]


class DjangoThreads:
    """Thread pool for all blocking code of Django."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="django")
        self._handler = ShellHandler()
        self._most = threads + waiting
        self._pending = 0
        self._used = threading.local()

    async def respond(self, request: HttpRequest) -> HttpResponseBase:
        """Run the handler chain. Raises BusyError at once if too many requests wait already."""
        if self._pending >= self._most:
            raise BusyError
        return await self._submit(self._respond, request)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of a response that has begun to wait; it is never refused."""
        return await self._submit(self._call, function, args, kwargs)

    async def run_unless_busy(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a function. Raises BusyError at once when too many requests wait already."""
        if self._pending >= self._most:
            raise BusyError
        return await self._submit(self._call, function, args, kwargs)

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function as it is, within a response whose signals have been or will be sent."""
        return await self._submit(function, *args, **kwargs)

    def close(self) -> None:
        """Wait for running functions and close every thread's connections."""
        together = threading.Barrier(self._threads)  # holds each thread back until every one has the same to do
        leaving = [self._pool.submit(_close_thread_connections, together) for _ in range(self._threads)]
        futures.wait(leaving, timeout=CLOSING_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        ids = get_contextvars()

        def call() -> T:  # not in a copy of this context: Django keeps objects of its own in the thread's
            with bound_contextvars(**ids):
                return function(*args, **kwargs)

        self._pending += 1
        try:
            return await asyncio.wrap_future(self._pool.submit(call))
        finally:
            self._pending -= 1

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        set_script_prefix("/")
        request_started.send(sender=type(self))
        self._trust_connections()
        response: HttpResponseBase = self._handler.get_response(request)
        self._used.at = time.monotonic()
        if not response.streaming:
            response.close()  # sends request_finished; the content is at hand
        return response

    def _call(self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        close_old_connections()  # one that failed is opened anew
        self._trust_connections()
        try:
            return function(*args, **kwargs)
        finally:
            self._used.at = time.monotonic()
            close_old_connections()

    def _trust_connections(self) -> None:
        """Skip Django's check before each request whether a recently used connection still works: about 5% of a request."""
        if time.monotonic() - getattr(self._used, "at", 0.0) < TRUSTED_SECONDS:
            for connection in connections.all(initialized_only=True):
                connection.health_check_done = True  # type: ignore[attr-defined]  # not in the stubs


def _close_thread_connections(together: threading.Barrier) -> None:
    with contextlib.suppress(threading.BrokenBarrierError):
        together.wait(CLOSING_SECONDS)
    connections.close_all()
