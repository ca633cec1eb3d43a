"""A thread pool for blocking calls of many tenants, awaited from an event loop."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from apps.core.async_slots import WAITING_EACH, AsyncFairSlots

P = ParamSpec("P")
T = TypeVar("T")


class FairThreadPool:
    """Threads shared by FairShare: slow calls of one tenant delay only its own calls. Belongs to one event loop at a time."""

    def __init__(self, name: str, *, usual: int, most: int, waiting_each: int = WAITING_EACH) -> None:
        self._slots = AsyncFairSlots(usual=usual, most=most, waiting_each=waiting_each)
        self._pool = ThreadPoolExecutor(max_workers=max(usual, most), thread_name_prefix=name)

    async def run(self, tenant: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that does not use the database. Raises TooManyRequestsError if too many calls of this tenant are queued."""
        await self._slots.acquire(tenant)
        loop = asyncio.get_running_loop()
        try:
            call = self._pool.submit(function, *args, **kwargs)
        except RuntimeError:  # no thread can be started
            self._slots.release(tenant)
            raise
        call.add_done_callback(lambda done: self._note_end(done, tenant, loop))  # the thread's end, though nobody may await it any more
        return await asyncio.wrap_future(call)

    def _note_end(self, call: "Future[T]", tenant: str, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ARG002 - as concurrent.futures calls it
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(self._slots.release, tenant)
