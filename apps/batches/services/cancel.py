"""Cancellation of a batch by its owner."""

import contextlib

from apps.batches.models import Batch
from apps.batches.selectors import list_active_jobs
from apps.core.errors import ConflictError
from apps.jobs.services.cancel import cancel_job


def cancel_batch(batch: Batch, *, reason: str) -> Batch:
    """Cancel each item that has not ended. Raises 409 batch_finished if there is none.

    The last items first, so that a freed slot is not given to one that is about to be cancelled. If the process dies half way, the
    remaining items continue, and a repeat cancels them.
    """
    if batch.is_over:
        raise ConflictError("The batch is over.", code="batch_finished", extra={"status": "completed"})
    for job in list_active_jobs(batch):
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancel_job(job, reason=reason)
    batch.refresh_from_db()
    return batch
