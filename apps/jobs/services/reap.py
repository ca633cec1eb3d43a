"""Reaper: no job is processing for ever, and no lease expires while the platform itself could not receive heartbeats."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.cache.models import CacheRole, CacheWork
from apps.core.periods import REAP_SECONDS
from apps.core.valkey import ValkeyAway, client
from apps.jobs.dispatch import PICKUP_SECONDS, dispatch_soon
from apps.jobs.models import IN_FLIGHT_STATES, Job, JobState, Part, ReaperClock
from apps.jobs.publishing import cancel_attempts
from apps.jobs.services.followers import settle_followers_without_leader
from apps.jobs.services.isolation import log_errors_and_continue
from apps.jobs.services.recover import recover_expired
from apps.jobs.services.terminal_states import expire_job, lock_job
from workers.contract import names

logger = logging.getLogger(__name__)

LONGEST_GAP_SECONDS = 3 * REAP_SECONDS
"""Longest gap between runs, which beat calls every 2 s. A longer gap means that the broker was unavailable or the platform slept, so
heartbeats were lost or are queued. A negative one means that the clock was set back.
"""
BATCH = 200

RECORD_RUN = """
UPDATE jobs_reaperclock SET last_run_at = clock_timestamp()
FROM (SELECT id, last_run_at FROM jobs_reaperclock WHERE id = 1 FOR UPDATE) AS before
WHERE jobs_reaperclock.id = before.id RETURNING extract(epoch FROM jobs_reaperclock.last_run_at - before.last_run_at)
"""

# Workers get the time to be heard again. An admitted part may have lost its message: it waits no longer than for a pickup.
EXTEND = """
UPDATE jobs_part SET lease_expires_at = GREATEST(lease_expires_at, clock_timestamp() + make_interval(
    secs => CASE WHEN state = 'running' THEN %(lease)s ELSE %(pickup)s END))
WHERE id IN (SELECT id FROM jobs_part WHERE state IN ('admitted', 'running') FOR UPDATE SKIP LOCKED)
"""

# The clock went back: no lease, retry or pause may end later than one that begins now.
SHORTEN = (
    """
UPDATE jobs_part SET lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id IN (SELECT id FROM jobs_part WHERE state IN ('admitted', 'running') FOR UPDATE SKIP LOCKED)
""",
    """
UPDATE jobs_part SET not_before = clock_timestamp()
WHERE id IN (SELECT id FROM jobs_part WHERE state IN ('waiting', 'queued') AND not_before > clock_timestamp() FOR UPDATE SKIP LOCKED)
""",
    "UPDATE jobs_admissionpause SET until = clock_timestamp() WHERE until > clock_timestamp()",
)

# A job that began and of which nothing was with a worker for so long: its workers are gone.
STALLED = """
SELECT uuid FROM jobs_job AS job WHERE state = 'running' AND started_at < %(before)s AND NOT EXISTS (
    SELECT 1 FROM jobs_part WHERE job_id = job.uuid
    AND (state IN ('admitted', 'running') OR finished_at >= %(before)s OR admitted_at >= %(before)s)
) LIMIT %(batch)s
"""


def reap() -> int:
    """Settle attempts with expired leases, and jobs that waited too long; returns their number."""
    if not _broker_answers():
        return 0
    gap = _seconds_since_last_run()
    if gap < 0:
        for statement in SHORTEN:
            _execute(statement, {"lease": names.LEASE_SECONDS})
        return 0
    if gap > LONGEST_GAP_SECONDS:
        _execute(EXTEND, {"lease": names.LEASE_SECONDS, "pickup": PICKUP_SECONDS})
        return 0
    lost = Part.objects.filter(state__in=IN_FLIGHT_STATES, lease_expires_at__lt=Now()).order_by("id")[:BATCH]
    settled = recover_expired(lost)
    _repeat_cancellations()
    return settled + settle_followers_without_leader() + expire_waiting_jobs()


def expire_waiting_jobs() -> int:
    """End jobs that no worker started for TTSAI_JOB_QUEUE_SECONDS, or that lost all their workers for so long; returns their number."""
    before = timezone.now() - timedelta(seconds=settings.TTSAI_JOB_QUEUE_SECONDS)
    in_flight = Part.objects.filter(state__in=IN_FLIGHT_STATES)
    following = CacheWork.objects.filter(role=CacheRole.FOLLOWER)  # they wait for another job, whose own time is limited
    waiting = (
        Job.objects.filter(state=JobState.QUEUED, created_at__lt=before)
        .exclude(uuid__in=in_flight.values("job_id"))
        .exclude(uuid__in=following.values("job_uuid"))
    )
    uuids = [*waiting.values_list("uuid", flat=True)[:BATCH], *_stalled(before)]
    expired = 0
    for uuid in uuids:
        with log_errors_and_continue(f"expiring job {uuid}"):
            expired += _expire(uuid)
    return expired


def _expire(job_uuid: Any) -> bool:
    with transaction.atomic(durable=True):
        job = lock_job(job_uuid)
        if job.is_over or Part.objects.filter(job_id=job.uuid, state__in=IN_FLIGHT_STATES).exists():
            return False
        hours = settings.TTSAI_JOB_QUEUE_SECONDS / 3600
        expire_job(job, message=f"No worker was free for this within {hours:g} hours.")
    dispatch_soon(job.queue)
    return True


def _stalled(before: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(STALLED, {"before": before, "batch": BATCH})
        return [uuid for (uuid,) in cursor.fetchall()]


def _repeat_cancellations() -> None:
    """Repeat cancellations for workers that did not receive them, because the broker was unavailable."""
    parts = Part.objects.filter(state__in=IN_FLIGHT_STATES, job__cancel_requested_at__isnull=False)
    tokens = [token for token in parts.values_list("token", flat=True) if token is not None]
    if tokens:
        cancel_attempts(tokens)


def _broker_answers() -> bool:
    try:
        client().ping()
    except ValkeyAway as error:
        logger.warning("the broker is away, leases stand still: %s", type(error).__name__)
        return False
    return True


def _seconds_since_last_run() -> float:
    """Seconds since the reaper's last run with the broker answering; infinite at its first run."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD_RUN)
        row = cursor.fetchone()
    if row is not None:
        return float(row[0])
    ReaperClock.objects.get_or_create(id=1, defaults={"last_run_at": timezone.now()})
    return float("inf")


def _execute(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
