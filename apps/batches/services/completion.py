"""Counts ended items, and ends the batch with the last one: in the transaction of that job's end, once."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from apps.batches.models import Batch
from apps.batches.results import batch_shape
from apps.core.links import public_base_or_default
from apps.jobs.models import FAILED_STATES, Job, JobState, Lane
from apps.webhooks.services import record_event

# Ends at the same time follow each other on the batch's row; exactly one of them reaches the total.
COUNT = """
UPDATE batches_batch AS batch SET ended_count = batch.ended_count + 1,
    failed_count = batch.failed_count + %(failed)s, cancelled_count = batch.cancelled_count + %(cancelled)s
FROM batches_batchitem AS item WHERE item.job_id = %(job)s AND batch.uuid = item.batch_id
RETURNING batch.uuid, batch.ended_count = batch.total
"""


def count_ended_item(job: Job) -> None:
    """Count the ended job of an item. One of TTSAI_JOB_END_OBSERVERS. Items are in the lane `bulk`, so that other ends cost nothing here."""
    if job.lane != Lane.BULK:
        return
    with connection.cursor() as cursor:
        counts = {"failed": int(job.state in FAILED_STATES), "cancelled": int(job.state == JobState.CANCELLED)}
        cursor.execute(COUNT, {"job": job.uuid, **counts})
        row = cursor.fetchone()
    if row is not None and row[1]:
        complete_batch(Batch.objects.get(uuid=row[0]))


def complete_batch(batch: Batch) -> None:
    """End the batch: write its row and the webhook's outbox, in the caller's transaction."""
    batch.ended_at, batch.joined_by = timezone.now(), None
    if batch.retention_days is not None:
        batch.expires_at = batch.ended_at + timedelta(days=batch.retention_days)
    batch.save(update_fields=["ended_count", "failed_count", "ended_at", "joined_by", "expires_at"])
    shape = batch_shape(batch, base=public_base_or_default(batch.public_base))
    record_event(batch.account_id, event="batch.completed", data=shape, url=batch.webhook_url)
