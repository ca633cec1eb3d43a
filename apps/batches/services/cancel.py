"""An owner stops what is left of a batch."""

import contextlib

from apps.batches.models import Batch
from apps.batches.selectors import list_active_jobs
from apps.core.errors import ConflictError
from apps.jobs.services.cancel import cancel_job


def cancel_batch(batch: Batch, *, reason: str) -> Batch:
    """Stop each item that has not ended, as its job's own cancel would. 409 batch_finished when there is none.

    The last items first, so that a slot that becomes free is not given to one that is about to be stopped. Should the process be killed
    half way, what was not reached goes on, and a repeat stops it.
    """
    if batch.is_over:
        raise ConflictError("The batch is over.", code="batch_finished", extra={"status": "completed"})
    for job in list_active_jobs(batch):
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancel_job(job, reason=reason)
    batch.refresh_from_db()
    return batch
