"""Ends of jobs: every end is written here. The caller's transaction holds the job's row lock."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.billing.services import release_credits, settle_credits
from apps.cache.models import CacheRole
from apps.cache.services.in_flight import find_work
from apps.core.events import end_event, publish_event
from apps.core.platform_tasks import send_platform_task
from apps.jobs.charges import charge_for_completed_work
from apps.jobs.kinds import Charge, kind_of
from apps.jobs.models import ACTIVE_STATES, SPEAK, Job, JobState, Part, PartState
from apps.jobs.publishing import DISCARD_JOINED_PARTS, cancel_attempts
from apps.jobs.selectors import read_part_progress
from apps.jobs.services.cached_results import end_cache_work
from apps.jobs.services.observers import notify_observers

# RETURNING gives the tokens of attempts in flight: a part that waits has none.
CLOSE_PARTS = """
UPDATE jobs_part SET state = 'cancelled', finished_at = clock_timestamp(), lease_expires_at = NULL
WHERE job_id = %(job)s AND state IN ('waiting', 'queued', 'admitted', 'running') RETURNING token
"""


def lock_job(job_uuid: UUID) -> Job:
    """Lock the job's row until the transaction ends. Always before its parts, which prevents deadlocks."""
    return Job.objects.select_for_update().get(uuid=job_uuid)


def complete_job(job: Job, *, result: dict[str, Any]) -> None:
    """Complete the job: charge the reserved price."""
    record_end(job, state=JobState.COMPLETED, charged_millicredits=job.reserved_millicredits, result=result)


def fail_job(job: Job, *, code: str, message: str) -> None:
    """Fail the job: stop other parts and release the credits, except for text that was read in the job's events."""
    _close_parts(job)
    record_end(
        job,
        state=JobState.FAILED,
        charged_millicredits=_charge(job, rule=kind_of(job).charge_on_failure),
        error_code=code,
        error_message=message,
    )


def expire_job(job: Job, *, message: str) -> None:
    """Expire a job that no worker started: release the credits, except for text that was read in the job's events."""
    _close_parts(job)
    record_end(
        job,
        state=JobState.EXPIRED,
        charged_millicredits=_charge(job, rule=kind_of(job).charge_on_failure),
        error_code="expired",
        error_message=message,
    )


def end_cancelled_job(job: Job, *, reason: str, heard_units: int = 0) -> None:
    """End a cancelled job: charge the finished work, rounded up once, and release the rest.

    heard_units: characters that a listener got from the job that this one follows, charged at the price of a result from the cache.
    """
    _close_parts(job)
    charged = _charge(job, rule=kind_of(job).charge_on_cancel) or _charge_of_follower(job, heard_units=heard_units)
    record_end(job, state=JobState.CANCELLED, charged_millicredits=charged, error_code="cancelled", error_message=reason)


def _charge(job: Job, *, rule: Charge) -> int:
    """Millicredits charged for a job without a result."""
    if rule == Charge.NOTHING or (rule == Charge.WORK_READ and not _is_text_read(job)):
        return 0
    return charge_for_completed_work(job.reserved_millicredits, parts=read_part_progress(job))


def _charge_of_follower(job: Job, *, heard_units: int) -> int:
    work = find_work(job.uuid) if heard_units and job.units else None
    if work is None or work.role != CacheRole.FOLLOWER:
        return 0
    return min(job.reserved_millicredits, -(-work.hit_millicredits * min(heard_units, job.units) // job.units))


def _is_text_read(job: Job) -> bool:
    """True if the job's events were read while it ran, and a part of it published words of its text."""
    return job.was_watched and Part.objects.filter(job_id=job.uuid, kind=SPEAK, units_done__gt=0).exists()


def record_end(
    job: Job,
    *,
    state: JobState,
    charged_millicredits: int = 0,
    result: dict[str, Any] | None = None,
    error_code: str = "",
    error_message: str = "",
) -> None:
    """Write the job's row, the ledger and everything else that belongs to a job's end, in one transaction."""
    job.state, job.finished_at = state, timezone.now()
    job.charged_millicredits, job.result = 0 if charged_millicredits and _is_notice(job) else charged_millicredits, result
    job.error_code, job.error_message = error_code, error_message
    if job.expires_at is None and job.retention_days is not None:
        job.expires_at = job.finished_at + timedelta(days=job.retention_days)
    columns = ["state", "finished_at", "charged_millicredits", "result", "error_code", "error_message", "expires_at"]
    is_ours = Job.objects.filter(uuid=job.uuid, state__in=ACTIVE_STATES).update(**{name: getattr(job, name) for name in columns})
    if not is_ours:
        raise RuntimeError(f"job {job.uuid.hex} had ended: its row was not locked")
    if job.account_id is not None:
        _settle(job, account_id=job.account_id)
    end_cache_work(job)
    notify_observers(job)
    transaction.on_commit(partial(publish_event, job.uuid, end_event(job.uuid, status=state.value)))


def _is_notice(job: Job) -> bool:
    """True if a part of a multi-part job returned only a notice that it cannot do its work: the job is then free, however it ends."""
    return job.part_count > 1 and Part.objects.filter(job_id=job.uuid, manifest__is_notice=True).exists()


def _settle(job: Job, *, account_id: int) -> None:
    reserved = job.reserved_millicredits
    if job.charged_millicredits:
        settle_credits(account_id, job_uuid=job.uuid, reserved_millicredits=reserved, charged_millicredits=job.charged_millicredits)
    else:
        release_credits(account_id, job_uuid=job.uuid, reserved_millicredits=reserved)


def _close_parts(job: Job) -> None:
    """Cancel open parts and delete finished outputs."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_PARTS, {"job": job.uuid})
        tokens = [token for (token,) in cursor.fetchall() if token is not None]
    if tokens:
        transaction.on_commit(partial(cancel_attempts, tokens))
    if Part.objects.filter(job_id=job.uuid, state=PartState.DONE).exists():
        transaction.on_commit(partial(send_platform_task, DISCARD_JOINED_PARTS, job.uuid.hex))
