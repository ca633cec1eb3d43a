"""Batch in responses and in its webhook."""

from typing import Any

from apps.batches.models import Batch, BatchItem
from apps.batches.selectors import list_items
from apps.billing import prices
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import DEFAULT_FAILURES, STATUS, cached_shape, failure_of
from apps.speech.links import result_address


def progress_shape(batch: Batch) -> dict[str, Any]:
    return {
        "batch_id": batch.uuid.hex,
        "total": batch.total,
        "completed": batch.completed_count,
        "failed": batch.failed_count,
        "status": "completed" if batch.is_over else "processing",
    }


def batch_shape(batch: Batch, *, base: str) -> dict[str, Any]:
    """Batch with its items. `credits` and `credits_charged` count ended items, so that the sums are consistent."""
    items = list_items(batch)
    charged_millicredits = sum(item.job.charged_millicredits for item in items)
    return {
        **progress_shape(batch),
        "cancelled": batch.cancelled_count,
        "credits_charged": prices.credits(charged_millicredits),
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.ended_at.isoformat() if batch.ended_at else None,
        "expires_at": batch.expires_at.isoformat() if batch.expires_at else None,
        "items": [_item_shape(item, base=base) for item in items],
    }


def _item_shape(item: BatchItem, *, base: str) -> dict[str, Any]:
    if item.job.state in DEFAULT_FAILURES:
        code, message = failure_of(item.job)
        shape = _shape(item, status=STATUS[JobState(item.job.state)], error=message, code=code)
    else:
        shape = _shape(item, status=STATUS[JobState(item.job.state)], url=_url(item.job, base=base))
    return shape | {"warnings": item.warnings} if item.warnings else shape


def _shape(item: BatchItem, *, status: str, error: str = "", code: str = "", url: str = "") -> dict[str, Any]:
    """Item of a batch. Strings are empty rather than null: the official SDK declares them as such."""
    job = item.job
    shape = {
        "index": item.index,
        "uuid": "" if job.is_refusal else job.uuid.hex,
        "status": status,
        "error": error,
        "url": url,
        "credits": prices.credits(job.charged_millicredits),
    }
    if job.has_stand_in:
        shape["model_used"] = job.model_used
    shape |= cached_shape(job)
    return shape | {"code": code} if code else shape


def _url(job: Job, *, base: str) -> str:
    has_result = job.state == JobState.COMPLETED and job.result_deleted_at is None
    return result_address(base, job) if has_result else ""
