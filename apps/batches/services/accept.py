"""A batch is accepted: one transaction for all of it, so that whatever is killed when, there is the whole batch or none."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction

from apps.accounts.callers import Caller
from apps.batches.models import Batch, BatchItem
from apps.batches.orders import PlannedItem, plan_item, refusal_of
from apps.batches.services.ends import end_batch
from apps.core.errors import InsufficientCreditsError
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import Job
from apps.jobs.services.idempotency import Idempotency, claim_key, point_key_to, release_key
from apps.jobs.services.submit import JobPlan, accept_job, insert_refused_job
from apps.speech.kinds import SPEECH


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """The texts of a batch, and the webhook that is called when they are done."""

    texts: list[dict[str, Any]]
    """Each as POST /v1/tts/ takes it, not validated yet."""
    webhook_url: str
    body_digest: str


def request_batch(caller: Caller, *, order: BatchOrder, idempotency: Idempotency | None, request_id: str) -> Batch:
    """Prices and reserves item by item; an item that is refused fails alone. The earlier batch, where this is a repeat of its request:
    with the same Idempotency-Key, or without one while it is active. 409 idempotency_conflict.
    """
    planned = [plan_item(caller, text) for text in order.texts]
    batch = Batch(
        account_id=caller.own_key.account_id,
        api_key_id=caller.own_key.pk,
        total=len(planned),
        webhook_url=order.webhook_url,
        public_base=caller.public_base,
        retention_days=caller.plan.retention_days,
        joined_by=order.body_digest if idempotency is None else None,
        request_id=request_id,
    )
    with transaction.atomic(durable=True):
        earlier = _claim(caller, batch=batch, idempotency=idempotency)
        if earlier is not None:
            return earlier
        jobs = _accept_items(caller, batch=batch, planned=planned)
        if idempotency is not None:
            _keep_key(caller, idempotency=idempotency, jobs=jobs)
    for queue in sorted({job.queue for job in jobs}):
        dispatch_soon(queue)
    return batch


def _claim(caller: Caller, *, batch: Batch, idempotency: Idempotency | None) -> Batch | None:
    """Insert the batch's row, or find the one that it repeats. A twin that comes at the same time waits here for the first one's transaction."""
    if idempotency is not None:
        earlier_job = claim_key(caller.tenant, idempotency=idempotency, job_uuid=uuid4())
        if earlier_job is not None:
            return Batch.objects.get(items__job=earlier_job)
    while True:
        Batch.objects.bulk_create([batch], ignore_conflicts=True)
        if Batch.objects.filter(uuid=batch.uuid).exists():
            return None
        earlier = Batch.objects.filter(api_key_id=batch.api_key_id, joined_by=batch.joined_by).first()
        if earlier is not None:
            return earlier  # else it ended at this very moment, and is in the way no longer


def _accept_items(caller: Caller, *, batch: Batch, planned: list[PlannedItem]) -> list[Job]:
    """Insert the items with their jobs; return the jobs that have work to do."""
    jobs = [_accept_item(caller, item=item, request_id=batch.request_id) for item in planned]
    BatchItem.objects.bulk_create(
        BatchItem(batch=batch, index=index, job=job, warnings=list(item.warnings))
        for index, (item, job) in enumerate(zip(planned, jobs, strict=True))
    )
    accepted = [job for job in jobs if not job.is_refusal]
    batch.ended_count = batch.failed_count = len(jobs) - len(accepted)
    if not accepted:
        end_batch(batch)
    elif batch.ended_count:
        batch.save(update_fields=["ended_count", "failed_count"])
    return accepted


def _accept_item(caller: Caller, *, item: PlannedItem, request_id: str) -> Job:
    refusal = item.outcome
    if isinstance(refusal, JobPlan):
        try:
            return accept_job(uuid4(), caller=caller, plan=refusal, request_id=request_id)
        except InsufficientCreditsError as error:
            refusal = refusal_of(error)
    return insert_refused_job(caller, kind=SPEECH, engine_id=item.engine_id, error=refusal, request_id=request_id)


def _keep_key(caller: Caller, *, idempotency: Idempotency, jobs: list[Job]) -> None:
    """The key stands for the batch through one of its jobs. A batch that started no work is not remembered, as a refused request is not."""
    if jobs:
        point_key_to(jobs[0].uuid, scope=caller.tenant, key=idempotency.key)
    else:
        release_key(caller.tenant, key=idempotency.key)
