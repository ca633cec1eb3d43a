"""Running attempts: started, kept alive by heartbeats, given to another worker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.core.events import publish_event
from apps.core.ids import find_uuid
from apps.jobs.dispatch import dispatch_soon, open_jobs
from apps.jobs.models import IN_FLIGHT_STATES, Job, JobState, Part
from apps.jobs.publishing import cancel_attempts
from apps.jobs.selectors import read_progress
from workers.contract import names
from workers.contract.messages import InFlight, PartStarted

DEADLINE_GRACE_SECONDS = 60
"""Grace beyond a part's deadline, at which its worker gives up; after it, heartbeats no longer renew the lease."""

LARGEST_UNITS = 1 << 31

# No lock is waited for: what is locked is being finished, and needs no lease. The job's row is written by a statement of its own, so that
# nobody holds a part's row while waiting for its job's.
RENEW = """
UPDATE jobs_part AS part
SET state = 'running', worker = %(worker)s, boot = %(boot)s,
    started_at = CASE WHEN held.state_before = 'admitted' THEN clock_timestamp() ELSE part.started_at END, units_done = GREATEST(part.units_done, LEAST(held.units_done, part.units)),
    lease_expires_at = LEAST(clock_timestamp() + make_interval(secs => %(lease)s),
                             part.admitted_at + make_interval(secs => COALESCE(part.time_limit_seconds, %(longest)s) + %(grace)s))
FROM (
    SELECT row.id, held.units_done, row.state AS state_before FROM jobs_part AS row
    JOIN unnest(%(tokens)s::uuid[], %(units)s::integer[]) AS held (token, units_done) ON held.token = row.token
    WHERE row.state IN ('admitted', 'running') FOR UPDATE OF row SKIP LOCKED
) AS held
WHERE part.id = held.id RETURNING part.job_id, held.state_before, part.index = 0 AND part.units_done > 0
"""

# Speech of a lost attempt stays counted: its words were published, and are charged if the owner cancels before another attempt gets there.
REQUEUE = """
UPDATE jobs_part SET state = 'queued', token = NULL, worker = '', boot = '', lease_expires_at = NULL, started_at = NULL,
    earlier_attempts = earlier_attempts || jsonb_build_array(jsonb_build_object('worker', worker, 'admitted_at', admitted_at,
        'started_at', started_at, 'ended_at', clock_timestamp(), 'error_code', %(code)s::text)),
    units_done = CASE WHEN kind = 'speak' THEN GREATEST(units_done, LEAST(%(units)s, units)) ELSE 0 END,
    attempts = GREATEST(attempts - %(uncounted)s, 0), deaths = deaths + %(deaths)s,
    not_before = clock_timestamp() + make_interval(secs => %(delay)s), error_code = %(code)s
WHERE token = %(token)s AND state IN ('admitted', 'running')
"""


@dataclass(frozen=True, slots=True)
class _Renewed:
    """Jobs of the attempts whose leases were renewed."""

    jobs: list[UUID]
    """One entry for each attempt."""
    begun: list[UUID]
    """Jobs whose first part has done some of its work."""


def start_part(started: PartStarted) -> None:
    """Record that a worker started an attempt. An obsolete attempt is cancelled."""
    token = UUID(started.token)
    renewed = _renew([token], units=[0], worker=started.worker, boot=started.boot)
    for job_uuid in renewed.jobs:
        publish_event(job_uuid, {"type": "started"})
    if not renewed.jobs:
        _stop_stale([token])


def renew_leases(in_flight: Sequence[InFlight], *, worker: str, boot: str) -> None:
    """Renew the leases of a heartbeat's attempts. Obsolete attempts are cancelled; where the first words are spoken the other parts follow."""
    units = {token: _read_units(held.units_done) for held in in_flight if (token := find_uuid(str(held.token))) is not None}
    if not units:
        return
    tokens = list(units)
    renewed = _renew(tokens, units=list(units.values()), worker=worker, boot=boot)
    publish_progress(renewed.jobs)
    if len(renewed.jobs) < len(tokens):
        _stop_stale(tokens)
    for queue in open_jobs(renewed.begun) if renewed.begun else ():
        dispatch_soon(queue)


def requeue_attempt(
    token: UUID, *, delay_seconds: float, error_code: str = "", units_done: int = 0, is_counted: bool = True, has_died: bool = False
) -> bool:
    """Give the part to another worker. False if the attempt had ended. Inside the caller's transaction."""
    values: dict[str, Any] = {
        "token": token,
        "delay": delay_seconds,
        "code": error_code,
        "units": units_done,
        "uncounted": int(not is_counted),
        "deaths": int(has_died),
    }
    with connection.cursor() as cursor:
        cursor.execute(REQUEUE, values)
        return bool(cursor.rowcount)


def publish_progress(jobs: Iterable[UUID]) -> None:
    """Publish the progress of these jobs to their watchers."""
    for job_uuid, units, units_done in read_progress(jobs):
        publish_event(job_uuid, {"type": "progress", "units_done": units_done, "units_total": units})


def begin_jobs(jobs: Iterable[UUID]) -> None:
    """Mark the jobs as running. One statement each, so that no transaction holds one job while waiting for another."""
    for job_uuid in set(jobs):
        Job.objects.filter(uuid=job_uuid, state=JobState.QUEUED).update(state=JobState.RUNNING, started_at=timezone.now())


def _renew(tokens: list[UUID], *, units: list[int], worker: str, boot: str) -> _Renewed:
    values: dict[str, Any] = {
        "tokens": tokens,
        "units": units,
        "worker": worker[:200],
        "boot": boot[:64],
        "lease": names.LEASE_SECONDS,
        "longest": settings.TTSAI_PART_SECONDS,
        "grace": DEADLINE_GRACE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(RENEW, values)
        rows: list[tuple[UUID, str, bool]] = cursor.fetchall()
    taken_up = [job_uuid for job_uuid, state_before, _ in rows if state_before == "admitted"]
    if taken_up:
        begin_jobs(taken_up)
    return _Renewed([job_uuid for job_uuid, _, _ in rows], begun=[job_uuid for job_uuid, _, has_begun in rows if has_begun])


def _read_units(units_done: object) -> int:
    """The number as the column stores it; 0 if invalid: one bad value must not cost a worker's other parts their leases."""
    return units_done if isinstance(units_done, int) and 0 <= units_done < LARGEST_UNITS else 0


def _stop_stale(tokens: list[UUID]) -> None:
    valid = set(Part.objects.filter(token__in=tokens, state__in=IN_FLIGHT_STATES).values_list("token", flat=True))
    cancel_attempts(token for token in tokens if token not in valid)
