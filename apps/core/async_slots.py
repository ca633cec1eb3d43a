"""Slots shared fairly among tenants, awaited on an event loop."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apps.core.errors import TooManyRequestsError
from apps.core.fair_share import FairShare

WAITING_EACH = 64
"""Calls of one tenant that may queue for a slot; further calls are refused."""


class AsyncFairSlots:
    """Slots shared by FairShare: slow calls of one tenant delay only its own calls. Belongs to one event loop at a time."""

    def __init__(self, *, usual: int, most: int, waiting_each: int = WAITING_EACH) -> None:
        self._share: FairShare[str] = FairShare(usual=usual, most=most)
        self._waiting_each = waiting_each
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def slot(self, tenant: str) -> AsyncIterator[None]:
        """Hold a slot for the time of the block. Raises TooManyRequestsError as acquire does."""
        await self.acquire(tenant)
        try:
            yield
        finally:
            self.release(tenant)

    async def acquire(self, tenant: str) -> None:
        """Wait for a slot. Raises TooManyRequestsError if too many calls of this tenant are queued."""
        line = self._waiting.get(tenant)
        if not line and self._share.may_begin(tenant):
            self._share.begin(tenant)
            return
        line = self._waiting.setdefault(tenant, deque())
        if len(line) >= self._waiting_each:
            raise TooManyRequestsError(
                f"{len(line)} of your files wait to be taken in already. Send this one when they are done.",
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
            else:  # the slot was granted at the same moment
                self.release(tenant)
            raise

    def release(self, tenant: str) -> None:
        """Give a slot back and grant free slots, first to the tenants that hold the fewest. Call it on the event loop."""
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
