"""Answers that must wait or stream: the view returns Deferred, the ASGI shell awaits it without a thread or a database connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

P = ParamSpec("P")
T = TypeVar("T")


class Exchange(Protocol):
    """One request while its answer waits; methods run on the event loop."""

    has_left: asyncio.Event
    """Set when the client has closed its connection."""

    async def wait_for_end(self, job_uuid: UUID, timeout_seconds: float) -> dict[str, Any] | None:
        """The job's end event. None when the time is over or the client has left."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a function that may block or use the database, on Django's threads."""

    def events(self, job_uuid: UUID, after_id: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """The job's events after the one with this id ("0": all that are kept), each with its id, until the end event or the client leaves."""

    async def count_other_waiters(self, job_uuid: UUID) -> int:
        """Count the other requests, of any web process, that wait for the same job now."""


Resolve = Callable[[Exchange], Awaitable[HttpResponseBase | ASGIApp]]


class Deferred(HttpResponse):
    """A response that must wait or stream. The final answer also gets the headers that middleware put on this one."""

    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        del self.headers["Content-Type"]  # the final answer has its own
        self.resolve = resolve
