"""Responses that wait or stream: the view returns Deferred, which the ASGI shell awaits without a thread or a database connection."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from workers.contract.live_audio import LiveAudio

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

P = ParamSpec("P")
T = TypeVar("T")


def client_closed_response() -> HttpResponse:
    """Response to a client that closed its connection: nobody reads it."""
    return HttpResponse(status=499)


class ListenerLeftError(Exception):
    """The client of a response that streams has closed its connection."""


class Exchange(Protocol):
    """A request that waits for its response; methods run on the event loop."""

    has_left: asyncio.Event
    """Set when the client has closed its connection."""

    @property
    def is_ending(self) -> bool:
        """True once the client has left or the shutdown has begun."""

    async def wait_for_end(self, job_uuid: UUID, timeout_seconds: float) -> dict[str, Any] | None:
        """Wait for the job's end event; None after the timeout or if the client has disconnected."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that may block or use the database, on Django's threads."""

    async def encode(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that computes on audio, on a few threads that never wait for a server."""

    def events(self, job_uuid: UUID, after_id: str) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """Events of the job after this id ("0": all stored events), each with its id, until the end event, a disconnect or the start of
        the shutdown.
        """

    async def read_live_audio(self, job_uuid: UUID, part: int, after_id: str) -> tuple[str, LiveAudio] | None:
        """Next entry of a part's live audio after this id ("0": the first), without waiting; None if there is none yet, or no Valkey."""

    async def drop_live_audio(self, job_uuid: UUID, parts: range, *, read_bytes: int = 0, is_closed: bool = False) -> None:
        """Delete live audio of these parts unless another request listens to the job.

        read_bytes: size of what was read, for which workers publish more. is_closed: they shall publish no more audio of the job.
        """

    def listening(self, job_uuid: UUID) -> AbstractAsyncContextManager[None]:
        """Count this request among those that wait for the job, within the block."""

    async def count_other_waiters(self, job_uuid: UUID) -> int:
        """Number of other requests, in any web process, that wait for the same job."""


Resolve = Callable[[Exchange], Awaitable[HttpResponseBase | ASGIApp]]


class Deferred(HttpResponse):
    """Response that waits or streams. The final response also gets the headers that middleware set on this one."""

    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        del self.headers["Content-Type"]  # the final answer has its own
        self.resolve = resolve
        self.log_ids: dict[str, Any] = {}
        """Ids of the request for its later log lines, set by RequestMiddleware."""
        self.began_at = time.monotonic()
        """Monotonic time at which the request began, set by RequestMiddleware."""
