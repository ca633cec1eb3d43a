"""Slots for what many tenants do at once, shared fairly (FairShare), with a line of waiting turns for each tenant."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager

from apps.core import retry_after
from apps.core.errors import TooManyRequestsError
from apps.core.fair_share import FairShare

WAITING_EACH = 64
"""Turns of one tenant that may wait; further ones are refused."""

Turn = Future[None]
"""Resolved once its slot is held."""


class FairSlots:
    """Slots shared by FairShare, for threads and for coroutines: slow calls of one tenant delay only its own calls. Thread-safe."""

    def __init__(self, *, usual: int, most: int, waiting_each: int | None = WAITING_EACH) -> None:
        """waiting_each: turns of one tenant that may wait; None for any number."""
        self._lock = threading.Lock()
        self._share: FairShare[str] = FairShare(usual=usual, most=most)
        self._waiting: dict[str, deque[Turn]] = {}
        self._waiting_each = waiting_each

    def acquire(self, tenant: str) -> Turn:
        """Get into line; the turn is held until `release`, or given up by `abandon`. 429 if too many turns of this tenant wait."""
        turn: Turn = Future()
        with self._lock:
            line = self._waiting.get(tenant)
            if line or not self._share.may_begin(tenant):
                self._wait(tenant, turn)
                return turn
            self._share.begin(tenant)
        turn.set_result(None)
        return turn

    def release(self, tenant: str) -> None:
        """Give a slot back and grant free slots, first to the tenants that hold the fewest."""
        with self._lock:
            self._share.end(tenant)
            begun = list(self._take_turns())
        for turn in begun:  # outside the lock, because callbacks run here
            turn.set_result(None)

    def abandon(self, tenant: str, turn: Turn) -> None:
        """Give a turn up, whether it waits or was granted meanwhile."""
        with self._lock:
            is_waiting = turn.cancel()
            if is_waiting:
                self._forget(tenant, turn)
        if not is_waiting:
            self.release(tenant)

    @contextmanager
    def slot(self, tenant: str) -> Iterator[None]:
        """Hold a slot for the time of the block. Blocks the thread until it is granted. 429 as acquire."""
        self.acquire(tenant).result()
        try:
            yield
        finally:
            self.release(tenant)

    async def wait(self, tenant: str) -> None:
        """Wait on the event loop until a slot is granted. 429 as acquire."""
        turn = self.acquire(tenant)
        try:
            await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            self.abandon(tenant, turn)
            raise

    @asynccontextmanager
    async def awaited_slot(self, tenant: str) -> AsyncIterator[None]:
        """Hold a slot for the time of the block, on an event loop. 429 as acquire."""
        await self.wait(tenant)
        try:
            yield
        finally:
            self.release(tenant)

    def _wait(self, tenant: str, turn: Turn) -> None:
        line = self._waiting.setdefault(tenant, deque())
        if self._waiting_each is not None and len(line) >= self._waiting_each:
            raise TooManyRequestsError(
                f"{len(line)} of your files are already queued. Send this one when they are done.",
                code="concurrency_limit_exceeded",
                headers={"Retry-After": retry_after.FILE_PENDING},
            )
        line.append(turn)

    def _take_turns(self) -> Iterator[Turn]:
        for tenant in sorted(self._waiting, key=lambda name: self._share.held[name]):
            while self._waiting.get(tenant) and self._share.may_begin(tenant):
                turn = self._waiting[tenant].popleft()
                if turn.set_running_or_notify_cancel():
                    self._share.begin(tenant)
                    yield turn
            self._forget(tenant)

    def _forget(self, tenant: str, turn: Turn | None = None) -> None:
        line = self._waiting.get(tenant)
        if line is not None and turn is not None and turn in line:
            line.remove(turn)
        if not line:
            self._waiting.pop(tenant, None)
