"""Acceptance of a batch in one transaction: after a crash the whole batch exists or nothing."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.batches.models import Batch, BatchItem
from apps.batches.orders import PlannedItem, plan_item, refusal_of
from apps.batches.services.completion import complete_batch
from apps.cache.tickets import CacheUse
from apps.core.errors import InsufficientCreditsError
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Acceptance, accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.speech.kinds import SPEECH


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """Texts of a batch, and its webhook."""

    texts: list[dict[str, Any]]
    """Texts as in POST /v1/tts/, not validated yet."""
    webhook_url: str
    body_digest: str
    cache: CacheUse = CacheUse.NORMAL


def request_batch(caller: Caller, *, order: BatchOrder, idempotency: Idempotency | None, request_id: str) -> Batch:
    """Price and reserve item by item; a refused item fails alone. Returns the earlier batch for a repeated request: with the same
    Idempotency-Key, or without one while it is active. Raises 409 idempotency_conflict.
    """
    planned = [plan_item(caller, text, cache=order.cache) for text in order.texts]
    batch = Batch(
        account_id=caller.required_account.pk,
        api_key_id=caller.key_id,
        total=len(planned),
        webhook_url=order.webhook_url,
        public_base=caller.public_base,
        retention_days=caller.plan.retention_days,
        joined_by=order.body_digest if idempotency is None else None,
        request_id=request_id,
    )
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return Batch.objects.get(items__job=acceptance.earlier)
        if (active := _insert_or_join(batch)) is not None:
            return active
        _accept_items(acceptance, batch=batch, planned=planned)
    batch.refresh_from_db()  # cached items have ended already
    return batch


def _insert_or_join(batch: Batch) -> Batch | None:
    """Insert the batch's row, or return the active batch that it repeats. A concurrent repeat waits here for the first one."""
    while True:
        Batch.objects.bulk_create([batch], ignore_conflicts=True)
        if Batch.objects.filter(uuid=batch.uuid).exists():
            return None
        earlier = Batch.objects.filter(api_key_id=batch.api_key_id, joined_by=batch.joined_by).first()
        if earlier is not None:
            return earlier  # else it ended at this very moment, and is in the way no longer


def _accept_items(acceptance: Acceptance, *, batch: Batch, planned: list[PlannedItem]) -> None:
    """Insert the items with their jobs; the batch ends at once if none of them has work to do."""
    jobs = [_accept_item(acceptance, item=item) for item in planned]
    BatchItem.objects.bulk_create(
        BatchItem(batch=batch, index=index, job=job, warnings=list(item.warnings))
        for index, (item, job) in enumerate(zip(planned, jobs, strict=True))
    )
    batch.ended_count = batch.failed_count = sum(job.is_refusal for job in jobs)
    if batch.ended_count == len(jobs):
        complete_batch(batch)
    elif batch.ended_count:
        batch.save(update_fields=["ended_count", "failed_count"])


def _accept_item(acceptance: Acceptance, *, item: PlannedItem) -> Job:
    refusal = item.outcome
    if isinstance(refusal, JobPlan):
        try:
            return acceptance.accept(refusal)
        except InsufficientCreditsError as error:
            refusal = refusal_of(error)
    return acceptance.refuse(SPEECH, engine_id=item.engine_id, error=refusal)
