"""News of a job, for a reader of its audio that has read everything there is."""

import asyncio
import contextlib
from uuid import UUID

from apps.core.deferred import Exchange, ListenerLeftError
from apps.core.errors import UnavailableError

IDLE_SECONDS = 5.0
"""Longest wait without looking at the rows: events may be lost."""


class JobNews:
    """Follows the job's events. Close it after use."""

    def __init__(self, exchange: Exchange, job_uuid: UUID) -> None:
        self.part = 0
        """Part whose audio is being read: others' news do not wake the reader."""
        self.wakes: JobNews | None = None
        """News of another job, whose reader is to look when this job's rows should be read."""
        self._exchange = exchange
        self._job_uuid = job_uuid
        self._woken = asyncio.Event()
        self._is_due = False
        self._is_closed = False
        self._task = asyncio.create_task(self._follow())

    async def wait(self, seconds: float = IDLE_SECONDS) -> bool:
        """Wait so long for news of the part or of the whole job; True if the rows should be read.

        Raises ListenerLeftError, UnavailableError.
        """
        if self._is_closed:
            if self._exchange.has_left.is_set():
                raise ListenerLeftError
            raise UnavailableError("The server stops. The job continues; its result can be downloaded.", code="server_stopping")
        try:
            async with asyncio.timeout(min(seconds, IDLE_SECONDS)):
                await self._woken.wait()
        except TimeoutError:
            return True
        self._woken.clear()
        return self.take()

    def take(self) -> bool:
        """True if the rows should be read, without waiting."""
        is_due, self._is_due = self._is_due, False
        return is_due

    def close(self) -> None:
        """Stop following."""
        self._task.cancel()

    async def _follow(self) -> None:
        async with contextlib.aclosing(self._exchange.events(self._job_uuid, "0")) as events:
            async for _, event in events:
                part = event.get("part")
                if event.get("type") == "started":  # which changes no row that a reader looks at
                    continue
                if part is None:  # the platform's own: a part or the job has ended
                    self._is_due = True
                    if self.wakes is not None:
                        self.wakes._woken.set()  # noqa: SLF001 - its own class
                if part in {None, self.part}:
                    self._woken.set()
                if event.get("type") == "end":
                    return
        self._is_closed = True
        self._woken.set()
