"""Threads for what is slow and needs no database: fetching, measuring, storing. Django's own threads stay free meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import ParamSpec, TypeVar

from django.conf import settings

from apps.core.errors import UnavailableError

P = ParamSpec("P")
T = TypeVar("T")

WAITING_EACH = 8
"""How many may wait for each thread; more are turned away."""


class _Seats:
    def __init__(self, number: int) -> None:
        self.free = asyncio.Semaphore(number)
        self.users = 0


class SideRoom:
    """A pool of threads of which one tenant has half at most: its slow addresses never keep others waiting. For one event loop at a time."""

    def __init__(self, *, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="intake")
        self._share = max(1, threads // 2)
        self._most = threads * WAITING_EACH
        self._pending = 0
        self._tenants: dict[str, _Seats] = {}

    async def run(self, tenant: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a function that touches no database. Raises UnavailableError when too many wait already."""
        if self._pending >= self._most:
            raise UnavailableError("The server takes in too many files at the moment.", code="server_busy", headers={"Retry-After": "5"})
        self._pending += 1
        try:
            async with self._seat(tenant):
                return await asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))
        finally:
            self._pending -= 1

    @asynccontextmanager
    async def _seat(self, tenant: str) -> AsyncIterator[None]:
        seats = self._tenants.setdefault(tenant, _Seats(self._share))
        seats.users += 1
        try:
            async with seats.free:
                yield
        finally:
            seats.users -= 1
            if not seats.users:
                self._tenants.pop(tenant, None)


@cache
def side_room() -> SideRoom:
    """This process's."""
    return SideRoom(threads=settings.TTSAI_INTAKE_THREADS)
