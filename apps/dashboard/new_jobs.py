"""Jobs that are accepted while a page shows the list of them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from apps.accounts.callers import Caller
from apps.core.errors import InvalidRequestError
from apps.jobs.selectors import JobFilter, list_newer_jobs

LOOK_SECONDS: Final = 2.0
"""Time between two looks: a query by the index of the account's jobs."""
MOST_NEW: Final = 25
"""Jobs of one look, the newest: as many as a page of the list."""
OVERLAP: Final = timedelta(seconds=10)
"""Time for which a job may be invisible after its time of acceptance: its transaction begins then, and commits later."""
_MICROSECONDS: Final = re.compile(r"\d{16}")


def read_since(text: str) -> datetime:
    """Moment from microseconds since the epoch. Raises InvalidRequestError."""
    if _MICROSECONDS.fullmatch(text) is None:
        raise InvalidRequestError(f"`since` is a time in microseconds since 1970, of 16 digits; it was {text[:20]!r}.", param="since")
    return datetime.fromtimestamp(int(text) / 1_000_000, UTC)


class NewJobs:
    """Finds each job once. The first ones may be older than `since`: the page knows which it shows."""

    def __init__(self, caller: Caller, *, wanted: JobFilter, since: datetime) -> None:
        self._caller = caller
        self._wanted = wanted
        self._since = since
        self._found: set[UUID] = set()

    def find(self) -> list[UUID]:
        """Jobs that were accepted since the last call."""
        jobs = list_newer_jobs(self._caller, wanted=self._wanted, since=self._since - OVERLAP, limit=MOST_NEW)
        fresh = [job.uuid for job in jobs if job.uuid not in self._found]
        if jobs:
            self._since = max(self._since, jobs[0].created_at)
        self._found = {job.uuid for job in jobs}
        return fresh
