"""Changes of the jobs that a page shows: server-sent events with the HTML of their elements."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string

from apps.accounts.callers import Caller
from apps.core.deferred import Exchange
from apps.core.errors import InvalidRequestError
from apps.core.sse import ServerSentEvent
from apps.dashboard.job_rows import job_rows
from apps.dashboard.new_jobs import LOOK_SECONDS, NewJobs
from apps.jobs.selectors import list_own_jobs_of

MOST_WATCHED: Final = 100
"""Jobs of one connection."""
STREAM_SECONDS: Final = 300.0
"""Time after which the browser connects again, and its session is checked again."""
PAUSE_SECONDS: Final = 0.5
"""Shortest time between two events: a job may change with every sentence."""
CLOCK_SKEW_MS: Final = 10_000
"""Allowed difference between the clocks of Valkey and of this process."""
TEMPLATES: Final = {"row": "dashboard/job_item.html", "progress": "dashboard/job_progress.html"}
"""Templates of a job's element, by the `view` of the request."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """Job as the page shows it now."""

    uuid: UUID
    html: str
    is_over: bool

    def to_dict(self) -> dict[str, Any]:
        return {"job": self.uuid.hex, "html": self.html, "is_over": self.is_over}


Show = Callable[[Sequence[UUID]], list[ShownJob]]
"""Reads and renders jobs; runs on one of Django's threads."""


def check_watched(caller: Caller, *, uuids: Sequence[str], is_none_allowed: bool = False) -> list[UUID]:
    """Ids of jobs to watch. 400 without one or for too many, 404 if one is not the account's."""
    if is_none_allowed and not uuids:
        return []
    if not 1 <= len(uuids) <= MOST_WATCHED:
        raise InvalidRequestError(f"Name 1 to {MOST_WATCHED} jobs as `job`; these are {len(uuids)}.", param="job")
    return [job.uuid for job in list_own_jobs_of(caller, uuid_texts=uuids)]


def show_jobs(caller: Caller, *, uuids: Sequence[UUID], view: str) -> list[ShownJob]:
    """The jobs, rendered for a view of TEMPLATES."""
    rows = job_rows(list_own_jobs_of(caller, uuid_texts=[uuid.hex for uuid in uuids]))
    return [ShownJob(row.uuid, render_to_string(TEMPLATES[view], {"row": row}), row.is_over) for row in rows]


async def watch_jobs(
    exchange: Exchange, uuids: Sequence[UUID], *, show: Show, new_jobs: NewJobs | None = None
) -> AsyncGenerator[ServerSentEvent]:
    """Each job as it is now, and again after each change; `done` once all are over. Ends earlier with the connection or STREAM_SECONDS.

    With new_jobs these are announced as `new`, then watched too, and there is no `done`.
    """
    running, changes = set(uuids), _Changes(exchange, uuids)
    try:
        if new_jobs is not None:
            yield ServerSentEvent({}, event="ready")  # the browser learns that events arrive
        while not changes.is_over:
            changed = await changes.take(LOOK_SECONDS if new_jobs is not None else STREAM_SECONDS)
            if not changed and new_jobs is None:
                return
            found = await exchange.run(new_jobs.find) if new_jobs is not None else []
            for shown in await exchange.run(show, sorted({*(changed & running), *found})):
                yield ServerSentEvent(shown.to_dict(), event="new" if shown.uuid in found else "job")
                if shown.is_over:
                    running.discard(shown.uuid)
                elif shown.uuid in found and len(running) < MOST_WATCHED:
                    running.add(shown.uuid)
                    changes.follow(shown.uuid)
            if not running and new_jobs is None:
                yield ServerSentEvent({}, event="done")
                return
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        changes.close()


class _Changes:
    """Jobs that changed since they were taken last; all of them at first."""

    def __init__(self, exchange: Exchange, uuids: Sequence[UUID]) -> None:
        self._exchange = exchange
        self._changed = set(uuids)
        self._news = asyncio.Event()
        self._news.set()
        self._deadline = time.monotonic() + STREAM_SECONDS
        self._following: list[asyncio.Task[None]] = []
        for uuid in uuids:
            self.follow(uuid)

    @property
    def is_over(self) -> bool:
        """True once the connection or its time is over."""
        return self._exchange.is_ending or (time.monotonic() >= self._deadline and not self._changed)

    def follow(self, uuid: UUID) -> None:
        """Follow a job from now on."""
        after_id = f"{int(time.time() * 1000) - CLOCK_SKEW_MS}-0"  # what happened before is in the rows
        self._following.append(asyncio.create_task(self._follow(uuid, after_id)))

    async def take(self, seconds: float) -> set[UUID]:
        """Changed jobs; none after so many seconds without a change, or when the connection or its time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(seconds, self._deadline - time.monotonic()))):
                await self._news.wait()
        self._news.clear()
        changed, self._changed = self._changed, set()
        return changed

    def close(self) -> None:
        for task in self._following:
            task.cancel()

    async def _follow(self, uuid: UUID, after_id: str) -> None:
        events: Any = self._exchange.events(uuid, after_id)
        async with contextlib.aclosing(events):
            async for _, event in events:
                if event.get("type") != "words":
                    self._changed.add(uuid)
                    self._news.set()
        if all(task.done() or task is asyncio.current_task() for task in self._following):
            self._news.set()  # every job is over, or the connection
