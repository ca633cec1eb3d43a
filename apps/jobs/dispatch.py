"""Dispatcher: assigns free slots of a queue to waiting parts, fairly among tenants."""

import json
import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction

from apps.catalog.catalogue import Capacity
from apps.catalog.selectors import capacity
from apps.jobs.admission import AdmissionLimits, QueuedPart, QueueLoad, VirtualTimes, choose
from apps.jobs.models import Lane
from apps.jobs.pauses import IS_PAUSED
from apps.jobs.publishing import Attempt, is_broker_away, publish

logger = logging.getLogger(__name__)

PICKUP_SECONDS = 10.0
"""Pickup lease: an admitted part is dispatched again if no worker starts it in this time. Workers have a thread for every admitted part."""

# Until the end of the transaction; blocking, so that a part that was committed a moment ago is never forgotten. Not for ever: a process
# that is frozen while it holds the lock must not take every submit with it.
LOCK = f"SELECT {IS_PAUSED}, set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(hashtextextended(%s, 0))"

IN_FLIGHT = """
SELECT tenant, lane, count(*) FROM jobs_part
WHERE queue = %(queue)s AND state IN ('admitted', 'running') GROUP BY tenant, lane
"""

# From tenant to tenant by index (a loose index scan), then the first few parts of each lane: the length of a backlog costs nothing.
WAITING = """
WITH RECURSIVE waiting (tenant) AS (
    (SELECT tenant FROM jobs_part WHERE queue = %(queue)s AND state = 'queued' ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT (
        SELECT next.tenant FROM jobs_part next
        WHERE next.queue = %(queue)s AND next.state = 'queued' AND next.tenant > waiting.tenant ORDER BY next.tenant LIMIT 1
    )
    FROM waiting WHERE waiting.tenant IS NOT NULL
)
SELECT part.id, waiting.tenant, lanes.lane, part.units, part.opens_job, part.is_internal,
       job.concurrency_limit, job.weight, job.part_count, job_slots.taken
FROM waiting
CROSS JOIN LATERAL (
    SELECT count(*) AS taken FROM (
        SELECT uuid FROM jobs_job WHERE tenant = waiting.tenant AND state = 'running' AND NOT is_internal
        UNION
        SELECT job_id FROM jobs_part WHERE tenant = waiting.tenant AND state IN ('admitted', 'running') AND NOT is_internal
    ) AS begun
) AS job_slots
CROSS JOIN (VALUES ('live'), ('normal'), ('bulk')) AS lanes (lane)
CROSS JOIN LATERAL (
    SELECT id, job_id, units, opens_job, is_internal FROM jobs_part
    WHERE queue = %(queue)s AND tenant = waiting.tenant AND lane = lanes.lane AND state = 'queued'
    AND not_before <= statement_timestamp()
    ORDER BY queue, tenant, lane, opens_job, id LIMIT %(limit)s
) AS part
JOIN jobs_job AS job ON job.uuid = part.job_id
WHERE waiting.tenant IS NOT NULL
"""

# SKIP LOCKED: a part that is being cancelled at this moment is left alone, and the dispatcher never waits for a row.
ADMIT = """
UPDATE jobs_part AS part
SET state = 'admitted', token = chosen.token, attempts = part.attempts + 1, opens_job = false, worker = '', boot = '',
    units_done = CASE WHEN part.kind = 'speak' THEN part.units_done ELSE 0 END,
    admitted_at = clock_timestamp(), started_at = NULL, lease_expires_at = clock_timestamp() + make_interval(secs => %(pickup)s)
FROM (
    SELECT row.id, admitted.token FROM jobs_part AS row
    JOIN unnest(%(ids)s::bigint[], %(tokens)s::uuid[]) AS admitted (id, token) ON admitted.id = row.id
    WHERE row.state = 'queued' FOR UPDATE OF row SKIP LOCKED
) AS chosen, jobs_job AS job
WHERE part.id = chosen.id AND job.uuid = part.job_id
RETURNING part.job_id, part.index, part.token, part.kind, part.work, part.outputs, part.tenant, part.lane, extract(epoch FROM job.created_at),
    part.deaths > 0, job.request_id, job.is_streamed, part.time_limit_seconds
"""

OPEN_JOBS = """
UPDATE jobs_part SET state = 'queued' WHERE id IN (
    SELECT id FROM jobs_part WHERE job_id = ANY(%(jobs)s) AND state = 'waiting' AND stage = 0 FOR UPDATE SKIP LOCKED
) RETURNING queue
"""

READ_SHARES = "SELECT tenant, virtual_time FROM jobs_fairshare WHERE queue = %(queue)s AND tenant = ANY(%(tenants)s)"

KEEP_SHARES = """
INSERT INTO jobs_fairshare (queue, tenant, virtual_time) SELECT %(queue)s, * FROM unnest(%(tenants)s::text[], %(times)s::float8[])
ON CONFLICT (queue, tenant) DO UPDATE SET virtual_time = excluded.virtual_time
"""

QUEUES = """
WITH RECURSIVE waiting (queue) AS (
    (SELECT queue FROM jobs_part WHERE state = 'queued' ORDER BY queue LIMIT 1)
    UNION ALL
    SELECT (SELECT next.queue FROM jobs_part next WHERE next.state = 'queued' AND next.queue > waiting.queue ORDER BY next.queue LIMIT 1)
    FROM waiting WHERE waiting.queue IS NOT NULL
)
SELECT queue FROM waiting WHERE queue IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """QueuedPart parts of a queue that could be admitted now."""

    parts: list[QueuedPart]
    long_jobs: frozenset[int]
    """Ids of parts that start a job of several parts."""
    limit: int
    """Most parts read per tenant and lane."""


def dispatch(queue: str) -> int:
    """Admit what fits and send it to the workers; returns the number of admitted parts. Not inside a transaction."""
    limits = capacity(queue)
    if not limits.slots or is_broker_away():
        return 0
    attempts: list[Attempt] = []
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [f"dispatch:{queue}"])
            is_paused = cursor.fetchone()[0]
        is_more = not is_paused
        while is_more:
            admitted, is_more = _admit(queue, limits=limits)
            attempts += admitted
    publish(attempts, queue=queue)
    return len(attempts)


def dispatch_soon(queue: str) -> int:
    """Dispatch after a committed change: if the database fails here, the change stands and beat's dispatch follows."""
    try:
        return dispatch(queue)
    except DatabaseError:
        logger.exception("dispatch of queue %s failed", queue)
        return 0


def dispatch_all() -> int:
    """Dispatch every queue with waiting parts, independently of failures on others: the safety net below the calls at submit and finish."""
    return sum(dispatch_soon(queue) for (queue,) in _rows(QUEUES, {}))


def open_jobs(jobs: list[UUID]) -> set[str]:
    """Queue the other parts of jobs that have started, which need no slot of a job. Returns their queues."""
    return {queue for (queue,) in _rows(OPEN_JOBS, {"jobs": jobs})}


def _admit(queue: str, *, limits: Capacity) -> tuple[list[Attempt], bool]:
    """Make one decision. True if it started a job whose other parts may fill the remaining slots."""
    load = QueueLoad()
    for tenant, lane, count in _rows(IN_FLIGHT, {"queue": queue}):
        load.lanes[lane] += count
        load.tenants[tenant] += count
    if load.total >= AdmissionLimits.of(limits).hard_slots:
        return [], False
    candidates = _read_candidates(queue, load=load, limits=limits)
    chosen = _choose(queue, candidates=candidates, load=load, limits=limits)
    if not chosen:
        return [], False
    ids = [part.part_id for part in chosen]
    rows = _rows(ADMIT, {"ids": ids, "tokens": [uuid4() for _ in ids], "pickup": PICKUP_SECONDS})
    attempts = [
        Attempt(
            job,
            index,
            token,
            kind,
            json.loads(work),
            json.loads(outputs),
            tenant,
            lane,
            float(created_at),
            runs_alone,
            request_id,
            has_listener,
            limit,
        )
        for job, index, token, kind, work, outputs, tenant, lane, created_at, runs_alone, request_id, has_listener, limit in rows
    ]
    # Jobs with a listener follow once their first words are spoken (renew_leases): in a burst the first clause of the last listener
    # waits for nobody's second part, neither for a slot nor for a core.
    opened = [attempt.job for attempt in attempts if not attempt.has_listener] if candidates.long_jobs.intersection(ids) else []
    return attempts, bool(opened) and bool(open_jobs(opened))


def _read_candidates(queue: str, *, load: QueueLoad, limits: Capacity) -> _Candidates:
    limit = max(1, limits.slots - load.total, limits.reserved_slots - load.lanes[Lane.LIVE])
    parts, long_jobs = [], set()
    for part_id, tenant, lane, units, opens_job, is_internal, concurrency_limit, weight, part_count, job_slots in _rows(
        WAITING, {"queue": queue, "limit": limit}
    ):
        load.job_slots[tenant] = job_slots
        if opens_job and part_count > 1:
            long_jobs.add(part_id)
        parts.append(
            QueuedPart(
                part_id=part_id,
                tenant=tenant,
                lane=lane,
                units=units,
                needs_job_slot=opens_job and not is_internal,
                concurrency_limit=concurrency_limit,
                weight=weight,
            )
        )
    return _Candidates(parts=parts, long_jobs=frozenset(long_jobs), limit=limit)


def _choose(queue: str, *, candidates: _Candidates, load: QueueLoad, limits: Capacity) -> list[QueuedPart]:
    """Choose parts; virtual times are read and written only if tenants compete."""
    tenants = {part.tenant for part in candidates.parts}
    chosen = choose(candidates.parts, load=load.copy(), capacity=limits, shares=VirtualTimes())
    if len(tenants) <= 1 or (len(chosen) == len(candidates.parts) and len(chosen) < candidates.limit):
        return chosen
    shares = _read_shares(queue, tenants=tenants)
    chosen = choose(candidates.parts, load=load, capacity=limits, shares=shares)
    if chosen:
        _keep_shares(queue, shares=shares, tenants={part.tenant for part in chosen})
    return chosen


def _read_shares(queue: str, *, tenants: set[str]) -> VirtualTimes:
    times = dict(_rows(READ_SHARES, {"queue": queue, "tenants": ["", *tenants]}))
    return VirtualTimes(clock=times.pop("", 0.0), times=times)


def _keep_shares(queue: str, *, shares: VirtualTimes, tenants: set[str]) -> None:
    times = {"": shares.clock, **{tenant: shares.times[tenant] for tenant in tenants}}
    with connection.cursor() as cursor:
        cursor.execute(KEEP_SHARES, {"queue": queue, "tenants": list(times), "times": list(times.values())})


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
