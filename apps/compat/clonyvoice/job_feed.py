"""Feed of the jobs of watched keys: one reader in each web process, whatever the number of connections."""

import asyncio
import contextlib
import logging
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from apps.core.links import public_base_or_default
from apps.jobs.models import ACTIVE_STATES, FAILED_STATES, Job, JobState
from apps.jobs.outcomes import DEFAULT_FAILURES, STATUS, failure_of
from apps.jobs.selectors import progress_of, read_units_done
from apps.speech.links import result_address

logger = logging.getLogger(__name__)

READ_SECONDS: Final = 1.0
RECENT: Final = timedelta(seconds=30)
"""Age of jobs that are read even if they have ended: longer than a few readings, so that none is overlooked between two."""
MOST_JOBS: Final = 500
"""Jobs of a key in each query of a reading: the newest."""
FIELDS: Final = (
    "api_key",
    "kind",
    "state",
    "units",
    "created_at",
    "started_at",
    "result",
    "output_format",
    "public_base",
    "error_code",
    "error_message",
)
"""Columns that a message needs: not the texts in `params`, which may be long."""

Run = Callable[..., Awaitable[Any]]
Jobs = dict[str, dict[str, Any]]


@dataclass(eq=False, slots=True)
class Watcher:
    """One connection. Keeps the latest state of each job alone, so that a client that reads slowly costs no memory."""

    account_id: int
    key_id: int
    jobs: Jobs = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class JobFeed:
    """Reads the jobs of all watched keys once a second, while any is watched."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._reader: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def watch(self, *, account_id: int, key_id: int, run: Run) -> AsyncIterator[Watcher]:
        """Watch the jobs of a key. run: calls a function with the database."""
        watcher = Watcher(account_id, key_id)
        watcher.jobs = (await run(read_jobs, {account_id}, {key_id}, set())).get(key_id, {})
        self._watchers.add(watcher)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(run))
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def _read(self, run: Run) -> None:
        while self._watchers:
            await asyncio.sleep(READ_SECONDS)
            watchers = tuple(self._watchers)
            known = {
                UUID(job) for watcher in watchers for job, shape in watcher.jobs.items() if shape["status"] in {"queued", "processing"}
            }
            try:
                found = await run(read_jobs, {one.account_id for one in watchers}, {one.key_id for one in watchers}, known)
            except Exception:  # the edge of this task: the database may be away, and the next reading may succeed
                logger.exception("reading the jobs of watched keys")
                continue
            for watcher in watchers:
                jobs = found.get(watcher.key_id, {})
                if jobs != watcher.jobs:
                    watcher.jobs = jobs
                    watcher.news.set()


_feeds: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, JobFeed] = weakref.WeakKeyDictionary()


def get_feed() -> JobFeed:
    """The feed of this event loop."""
    return _feeds.setdefault(asyncio.get_running_loop(), JobFeed())


def read_jobs(accounts: set[int], keys: set[int], known: set[UUID]) -> dict[int, Jobs]:
    """Jobs by key: active ones, recent ones, and those that were active when they were last read."""
    own = Job.objects.filter(api_key_id__in=keys, is_internal=False)
    queries = (
        own.filter(state__in=ACTIVE_STATES),
        own.filter(account_id__in=accounts, created_at__gt=timezone.now() - RECENT),
        own.filter(uuid__in=known),
    )
    jobs = {job.uuid: job for query in queries for job in _newest(query)}
    units_done = read_units_done(job for job in jobs.values() if not job.is_over)
    found: dict[int, Jobs] = {}
    for job in sorted(jobs.values(), key=lambda job: job.created_at):
        found.setdefault(job.api_key_id or 0, {})[job.uuid.hex] = job_shape(job, units_done=units_done)
    return found


def _newest(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """The newest jobs of each key, so that many jobs of one hide none of another."""
    place = Window(RowNumber(), partition_by="api_key_id", order_by="-created_at")
    return jobs.annotate(place=place).filter(place__lte=MOST_JOBS).only(*FIELDS)


def job_shape(job: Job, *, units_done: Mapping[UUID, int]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "generation_id": job.uuid.hex,
        "kind": job.kind,
        "status": STATUS[JobState(job.state)],
        "progress": progress_of(job, units_done=units_done.get(job.uuid, 0)).share if job.state not in FAILED_STATES else 0.0,
        "created_at": job.created_at.isoformat(),
    }
    if job.state == JobState.COMPLETED and job.main_output is not None:
        shape |= {"audio_url": result_address(public_base_or_default(job.public_base), job), "duration": job.main_output.audio_seconds}
    if job.state in DEFAULT_FAILURES:
        code, message = failure_of(job)
        shape |= {"error": message, "code": code}
    return shape
