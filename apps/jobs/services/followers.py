"""Jobs that follow an identical one in flight: they take its result, or one of them computes in its place."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.cache.models import CacheRole, CacheWork
from apps.cache.services.entries import Hit, find_entry, note_use, use_entry
from apps.cache.services.in_flight import change_role, find_work, has_leader, list_followers, list_leaderless
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import Job, JobState, Part, PartState
from apps.jobs.results import JobResult
from apps.jobs.services.cached_results import outputs_of
from apps.jobs.services.isolation import log_errors_and_continue
from apps.jobs.services.terminal_states import lock_job, record_end

BATCH = 200


def settle_followers(scope: str, *, key: str) -> int:
    """Settle the followers of a job that ended; returns the number of changed jobs."""
    return _settle_each(list_followers(scope, key=key))


def settle_followers_without_leader() -> int:
    """Settle followers whose leader has ended without a word: the safety net, called by the reaper."""
    return _settle_each(list_leaderless(BATCH))


def _settle_each(job_uuids: Iterable[UUID]) -> int:
    changed = 0
    for job_uuid in job_uuids:
        with log_errors_and_continue(f"settling the follower {job_uuid.hex}"):
            changed += _settle(job_uuid)
    return changed


def _settle(job_uuid: UUID) -> bool:
    """Complete one follower with the result, or let it compute if nobody does. Idempotent."""
    with transaction.atomic(durable=True):
        job = lock_job(job_uuid)
        work = find_work(job_uuid)
        if work is None or work.role != CacheRole.FOLLOWER or job.is_over:
            return False
        hit = find_entry(work.scope, key=work.key)
        if hit is not None:
            _complete(job, hit=hit, charged_millicredits=work.hit_millicredits)
            return True
        is_started = not has_leader(work) and _start(work)
    if is_started:
        dispatch_soon(job.queue)
    return is_started


def _complete(job: Job, *, hit: Hit, charged_millicredits: int) -> None:
    """Complete the job as a cache hit: it has no parts."""
    Part.objects.filter(job_id=job.uuid).delete()
    Job.objects.filter(uuid=job.uuid).update(part_count=0)
    CacheWork.objects.filter(pk=job.uuid).delete()
    job.part_count = 0
    use_entry(hit, job_uuid=job.uuid)
    charged = min(charged_millicredits, job.reserved_millicredits)
    record_end(job, state=JobState.COMPLETED, charged_millicredits=charged, result=JobResult(outputs_of(hit)).to_dict())
    transaction.on_commit(lambda: note_use(hit.entry_id, retention_days=job.retention_days))


def _start(work: CacheWork) -> bool:
    """Queue the job's first part. The job leads the others, unless its result may not be stored. False if another leads meanwhile."""
    role = CacheRole.LEADER if work.is_writable else CacheRole.ALONE
    with suppress(IntegrityError), transaction.atomic():
        change_role(work.job_uuid, role=role)
        return Part.objects.filter(job_id=work.job_uuid, index=0, state=PartState.WAITING).update(state=PartState.QUEUED) == 1
    return False
