"""Implementation of Exchange: a request whose response waits or streams (apps/core/deferred.py)."""

import asyncio
import contextlib
import functools
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from apps.core.deferred import Message, Receive
from ttsai.web.hub import Hub
from ttsai.web.threads import DjangoThreads
from workers.contract.live_audio import LiveAudio

P = ParamSpec("P")
T = TypeVar("T")

LISTENING_SECONDS: Final = 60.0
"""Time after which a listener whose web process was killed no longer counts."""
ENCODERS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="encoder")
"""Threads of all responses with audio; apart from Django's, so that requests with a database never wait for audio."""


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

    @property
    def is_ending(self) -> bool:
        return self.has_left.is_set() or self._stopping.is_set()

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

    async def encode(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that computes on audio."""
        return await asyncio.get_running_loop().run_in_executor(ENCODERS, functools.partial(function, *args, **kwargs))

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

    async def read_live_audio(self, job_uuid: uuid.UUID, part: int, after_id: str) -> tuple[str, LiveAudio] | None:
        """Next entry of a part's live audio."""
        return await self._hub.read_live_audio(job_uuid.hex, part=part, after_id=after_id)

    async def drop_live_audio(self, job_uuid: uuid.UUID, parts: range, *, read_bytes: int = 0, is_closed: bool = False) -> None:
        """Delete live audio unless another request listens."""
        await self._hub.drop_live_audio(job_uuid.hex, parts=parts, read_bytes=read_bytes, is_closed=is_closed, but=self._waiter)

    @contextlib.asynccontextmanager
    async def listening(self, job_uuid: uuid.UUID) -> AsyncIterator[None]:
        """Count this request among those that wait for the job."""
        keeper = asyncio.create_task(self._keep_waiting(job_uuid.hex))
        try:
            yield
        finally:
            keeper.cancel()
            self._hub.unregister_waiter(job_uuid.hex, waiter=self._waiter)

    async def _keep_waiting(self, job: str) -> None:
        while True:
            await self._hub.register_waiter(job, waiter=self._waiter, seconds=LISTENING_SECONDS)
            await asyncio.sleep(LISTENING_SECONDS / 3)

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
