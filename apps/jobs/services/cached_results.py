"""Results and the cache: jobs that get one, jobs that make one, and jobs that wait for an identical one in flight."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.cache.models import CacheRole, CacheWork
from apps.cache.services.entries import Hit, find_entry, forget_entry, note_use, use_entry, write_entry
from apps.cache.services.in_flight import find_work, join_work, lock_writable, pop_cache_work
from apps.cache.services.objects import ClaimedFiles, claim_files, release_objects
from apps.core.platform_tasks import send_platform_task
from apps.core.storage import StorageAwayError
from apps.jobs.kept_outputs import result_of_parts
from apps.jobs.models import SPEAK, Job, JobState, Part
from apps.jobs.results import ResultOutput
from apps.jobs.services.submit import JobPlan
from workers.contract.messages import PartOutcome

logger = logging.getLogger(__name__)

SETTLE_FOLLOWERS: Final = "platform.settle_followers"


def consult_cache(plan: JobPlan, *, job_uuid: UUID, retention_days: int | None) -> JobPlan:
    """The plan as it is to be priced and inserted: with the stored result of an identical request, following one in flight, or unchanged.

    Inside the transaction that accepts the job; submissions of the tenant follow each other. `abandon_cache` takes it back.
    """
    ticket = plan.cache
    if ticket is None:
        return plan
    if not ticket.is_read:
        forget_entry(ticket.scope, key=ticket.key)
    hit = find_entry(ticket.scope, key=ticket.key) if ticket.is_read else None
    if hit is None:
        role = join_work(ticket, job_uuid=job_uuid, lane=plan.lane, is_streamed=plan.is_streamed, hit_millicredits=_hit_price(plan))
        if role is not CacheRole.LEADER:
            return replace(plan, is_following=role is CacheRole.FOLLOWER)
        # The leader before may have ended while this request waited for its row: its entry is there now.
        hit = find_entry(ticket.scope, key=ticket.key) if ticket.is_read else None
        if hit is None:
            return plan
        pop_cache_work(job_uuid)
    use_entry(hit, job_uuid=job_uuid)
    transaction.on_commit(partial(note_use, hit.entry_id, retention_days=retention_days), robust=True)
    return replace(plan, parts=(), outputs=outputs_of(hit), price_millicredits=_hit_price(plan))


def abandon_cache(plan: JobPlan, *, job_uuid: UUID) -> None:
    """Undo `consult_cache` for a job that is not inserted, although the transaction continues."""
    if plan.cache is not None:
        pop_cache_work(job_uuid)
        release_objects([job_uuid])


def claim_result(outcome: PartOutcome, *, part: Part) -> ClaimedFiles | None:
    """Copy the result that the last part completes into the cache, before the job's end refers to it; None if it is not cached."""
    is_last = outcome.status == "completed" and part.index == part.job.part_count - 1
    work = find_work(part.job_id) if is_last and outcome.manifest is not None else None
    if work is None or not work.is_writable or outcome.manifest is None:
        return None
    outputs = result_of_parts(part, manifest=outcome.manifest).outputs
    if sum(output.bytes for output in outputs) > settings.TTSAI_CACHE_ACCOUNT_BYTES or not _is_of_version(part, outcome, work=work):
        return None
    try:
        return claim_files(work.scope, outputs=[output.to_dict() for output in outputs])
    except StorageAwayError as error:
        logger.warning("result_not_cached job=%s: %s", part.job_id.hex, error.message)
        return None


def store_result(job: Job, *, files: ClaimedFiles | None) -> None:
    """Write the entry of a job that is about to complete, in the transaction of its end. A purge since its start prevents it."""
    work = lock_writable(job.uuid) if files is not None else None
    if work is None or files is None:
        return
    expires_at = job.expires_at
    if expires_at is None and job.retention_days is not None:
        expires_at = timezone.now() + timedelta(days=job.retention_days)
    write_entry(work, files=files, expires_at=expires_at)


def end_cache_work(job: Job) -> None:
    """Remove an ended job from those in flight, in the transaction of its end; its followers are settled after the commit."""
    if not job.part_count:
        return
    work = pop_cache_work(job.uuid)
    if work is None or work.role != CacheRole.LEADER:
        return
    followers = CacheWork.objects.filter(scope=work.scope, key=work.key, role=CacheRole.FOLLOWER)
    if not followers.exists():
        return
    if job.state == JobState.COMPLETED and find_entry(work.scope, key=work.key) is None:
        followers.update(is_writable=False)  # none of them could get the next one's result either
    transaction.on_commit(partial(send_platform_task, SETTLE_FOLLOWERS, work.scope, work.key))


def outputs_of(hit: Hit) -> tuple[ResultOutput, ...]:
    return tuple(ResultOutput.from_dict(output) for output in hit.outputs)


def _hit_price(plan: JobPlan) -> int:
    """Price of a cached result, rounded up to a thousandth of a credit."""
    return -(-plan.price_millicredits * settings.TTSAI_CACHE_PRICE_PERCENT // 100)


def _is_of_version(part: Part, outcome: PartOutcome, *, work: CacheWork) -> bool:
    """True if the workers that spoke announced the version by which the key was made: during a deploy there may be two."""
    details: list[Any] = [outcome.manifest.details if outcome.manifest else {}]
    if part.index:
        manifests = Part.objects.filter(job_id=part.job_id, kind=SPEAK, index__lt=part.index).values_list("manifest", flat=True)
        details += [(manifest or {}).get("details", {}) for manifest in manifests]
    return all(detail.get("engine_version", work.engine_version) == work.engine_version for detail in details)
