"""Helpers that create batches."""

from typing import Any

from apps.accounts.callers import Caller
from apps.batches.models import Batch
from apps.batches.services.accept import BatchOrder, request_batch
from apps.core.idempotency import body_digest
from apps.jobs.models import Job
from apps.jobs.services.idempotency import Idempotency


def batch_of(by: Caller, *texts: dict[str, Any], webhook_url: str = "", key: str = "") -> Batch:
    """Batch of this caller, as its view would request it; texts as in POST /v1/tts/."""
    digest = body_digest("tts-batch", texts)
    idempotency = Idempotency(key=key, body_digest=digest) if key else None
    order = BatchOrder(texts=list(texts), webhook_url=webhook_url, body_digest=digest)
    return request_batch(by, order=order, idempotency=idempotency, request_id="req_test")


def jobs_of(batch: Batch) -> list[Job]:
    return list(Job.objects.filter(batch_item__batch=batch).order_by("batch_item__index"))
