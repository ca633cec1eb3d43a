"""A thread pool for blocking calls of many tenants, awaited from an event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from apps.core.fair_slots import WAITING_EACH, FairSlots

P = ParamSpec("P")
T = TypeVar("T")


class FairThreadPool:
    """Threads shared by FairSlots: slow calls of one tenant delay only its own calls."""

    def __init__(self, name: str, *, usual: int, most: int, waiting_each: int = WAITING_EACH) -> None:
        self._slots = FairSlots(usual=usual, most=most, waiting_each=waiting_each)
        self._pool = ThreadPoolExecutor(max_workers=max(usual, most), thread_name_prefix=name)

    async def run(self, tenant: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that does not use the database. Raises TooManyRequestsError if too many calls of this tenant are queued."""
        await self._slots.wait(tenant)
        try:
            call = self._pool.submit(function, *args, **kwargs)
        except RuntimeError:  # no thread can be started
            self._slots.release(tenant)
            raise
        call.add_done_callback(lambda _: self._slots.release(tenant))  # the thread's end, though nobody may await it any more
        return await asyncio.wrap_future(call)
