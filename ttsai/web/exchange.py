"""Implementation of Exchange: a request whose response waits or streams (apps/core/deferred.py)."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, Callable
from typing import Any, ParamSpec, TypeVar

from apps.core.deferred import Message, Receive
from ttsai.web.hub import Hub
from ttsai.web.threads import DjangoThreads

P = ParamSpec("P")
T = TypeVar("T")


class WebExchange:
    """Exchange of the real shell."""

    def __init__(self, receive: Receive, *, threads: DjangoThreads, hub: Hub, stopping: asyncio.Event) -> None:
        self.has_left = asyncio.Event()
        self._receive = receive
        self._threads = threads
        self._hub = hub
        self._stopping = stopping
        self._waiter = uuid.uuid4().hex
        self._watcher: asyncio.Task[None] | None = None

    def watch(self) -> None:
        """Watch for the client's disconnect. The body must have been read."""
        self._watcher = asyncio.create_task(self._watch())

    def close(self) -> None:
        """Finish after the response is sent."""
        if self._watcher is not None:
            self._watcher.cancel()

    async def receive(self) -> Message:
        """ASGI receive for the final response; it only ever reports a disconnect."""
        await self.has_left.wait()
        return {"type": "http.disconnect"}

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that may block, on Django's threads."""
        return await self._threads.run(function, *args, **kwargs)

    async def wait_for_end(self, job_uuid: uuid.UUID, timeout_seconds: float) -> dict[str, Any] | None:
        """End event of the job; None after the timeout, a disconnect or the start of the shutdown."""
        job = job_uuid.hex
        end = asyncio.create_task(self._end_of(job))
        others = [asyncio.create_task(event.wait()) for event in (self.has_left, self._stopping)]
        await self._hub.register_waiter(job, waiter=self._waiter, seconds=timeout_seconds)
        try:
            await asyncio.wait((end, *others), timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
            return end.result() if end.done() else None
        finally:
            for task in (end, *others):
                task.cancel()
            self._hub.unregister_waiter(job, waiter=self._waiter)

    async def count_other_waiters(self, job_uuid: uuid.UUID) -> int:
        """Number of other requests, in any web process, that wait for the same job."""
        return await self._hub.count_waiters(job_uuid.hex, but=self._waiter)

    async def events(self, job_uuid: uuid.UUID, after_id: str) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """Events of the job after an entry, until its end, a disconnect or the start of the shutdown."""
        queue: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue(maxsize=1)
        tasks = [asyncio.create_task(work) for work in (self._copy(job_uuid.hex, after_id, queue), self._close(queue))]
        try:
            while (item := await queue.get()) is not None:
                yield item
        finally:
            for task in tasks:
                task.cancel()

    async def _end_of(self, job: str) -> dict[str, Any]:
        async with contextlib.aclosing(self._hub.events(job, only_end=True)) as events:
            _, event = await anext(events)
            return event

    async def _copy(self, job: str, after_id: str, queue: asyncio.Queue[tuple[str, dict[str, Any]] | None]) -> None:
        async with contextlib.aclosing(self._hub.events(job, after_id=after_id)) as events:
            async for item in events:
                await queue.put(item)
        await queue.put(None)

    async def _close(self, queue: asyncio.Queue[tuple[str, dict[str, Any]] | None]) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self.has_left, self._stopping)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            await queue.put(None)
        finally:
            for task in waits:
                task.cancel()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_left.set()
