"""Requeueing by the operator: the parts of a job that a worker holds, or that wait for another attempt, are given out anew at once."""

from functools import partial
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from apps.core.errors import ConflictError
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import IN_FLIGHT_STATES, Job, Part, PartState
from apps.jobs.publishing import cancel_attempts
from apps.jobs.services.attempts import requeue_attempt
from apps.jobs.services.terminal_states import lock_job

REQUEUED: Final = "requeued"
"""Error code of an attempt that the operator took away from its worker."""


def requeue_job(job: Job) -> int:
    """Take the job's parts in flight from their workers, uncounted, and end the pause before the next attempt of those that wait.

    Returns the number of parts. Raises 409 job_finished if the job is over, or is being cancelled. Not inside a transaction.
    """
    with transaction.atomic(durable=True):
        locked = lock_job(job.uuid)
        if locked.is_over or locked.cancel_requested_at is not None:
            raise ConflictError(f"The job is over: {locked.state}. Only waiting and running jobs are requeued.", code="job_finished")
        parts = Part.objects.filter(job_id=job.uuid)
        tokens = [token for token in parts.filter(state__in=IN_FLIGHT_STATES).values_list("token", flat=True) if token is not None]
        taken = sum(requeue_attempt(token, delay_seconds=0, error_code=REQUEUED, is_counted=False) for token in tokens)
        taken += parts.filter(state=PartState.QUEUED, not_before__gt=Now()).update(not_before=Now())
        queues = set(parts.filter(state=PartState.QUEUED).values_list("queue", flat=True))
        transaction.on_commit(partial(cancel_attempts, tokens))
    for queue in queues:
        dispatch_soon(queue)
    return taken
