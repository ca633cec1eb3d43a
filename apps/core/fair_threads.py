"""A thread pool for blocking calls of many tenants, awaited from an event loop."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from apps.core.errors import TooManyRequestsError
from apps.core.fair_share import FairShare

P = ParamSpec("P")
T = TypeVar("T")

WAITING_EACH = 64
"""Calls of one tenant that may queue for a thread; further calls are refused."""


class FairThreadPool:
    """Threads shared by FairShare: slow calls of one tenant delay only its own calls. Belongs to one event loop at a time."""

    def __init__(self, name: str, *, usual: int, most: int) -> None:
        self._share: FairShare[str] = FairShare(usual=usual, most=most)
        self._pool = ThreadPoolExecutor(max_workers=max(usual, most), thread_name_prefix=name)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def run(self, tenant: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that does not use the database. Raises TooManyRequestsError if too many calls of this tenant are queued."""
        await self._wait_for_turn(tenant)
        loop = asyncio.get_running_loop()
        try:
            call = self._pool.submit(function, *args, **kwargs)
        except RuntimeError:  # no thread can be started
            self._end(tenant)
            raise
        call.add_done_callback(lambda done: self._note_end(done, tenant, loop))  # the thread's end, though nobody may await it any more
        return await asyncio.wrap_future(call)

    async def _wait_for_turn(self, tenant: str) -> None:
        line = self._waiting.get(tenant)
        if not line and self._share.may_begin(tenant):
            self._share.begin(tenant)
            return
        line = self._waiting.setdefault(tenant, deque())
        if len(line) >= WAITING_EACH:
            raise TooManyRequestsError(
                f"{WAITING_EACH} of your files wait to be taken in already. Send this one when they are done.",
                code="concurrency_limit_exceeded",
                headers={"Retry-After": "5"},
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(tenant, turn)
            else:  # its turn came at the same moment
                self._end(tenant)
            raise

    def _note_end(self, call: "Future[T]", tenant: str, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ARG002 - as concurrent.futures calls it
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(self._end, tenant)

    def _end(self, tenant: str) -> None:
        self._share.end(tenant)
        for waiting in sorted(self._waiting, key=lambda name: self._share.held[name]):
            while self._waiting.get(waiting) and self._share.may_begin(waiting):
                turn = self._waiting[waiting].popleft()
                if not turn.done():
                    self._share.begin(waiting)
                    turn.set_result(None)
            self._forget(waiting)

    def _forget(self, tenant: str, turn: "asyncio.Future[None] | None" = None) -> None:
        line = self._waiting.get(tenant)
        if line is not None and turn is not None and turn in line:
            line.remove(turn)
        if not line:
            self._waiting.pop(tenant, None)
