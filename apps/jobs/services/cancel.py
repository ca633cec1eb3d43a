"""Cancellation of a job by its owner, or when the only client of a waiting response disconnects."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.core.valkey import ValkeyAway
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import IN_FLIGHT_STATES, Job, JobState, Part, PartState
from apps.jobs.publishing import cancel_attempts
from apps.jobs.services.claims import has_any_started
from apps.jobs.services.finish import end_if_cancelled
from apps.jobs.services.terminal_states import end_cancelled_job, lock_job


def cancel_job(job: Job, *, reason: str, units_sent: int | None = None) -> Job:
    """Cancel the job. A job that no worker started ends at once, with all credits released; otherwise it ends when its workers report
    their progress.

    units_sent: characters of speech that a listener got; speech beyond them is not charged, unless somebody else got it. Raises 409 job_finished if it is over. Idempotent.
    """
    with transaction.atomic(durable=True):
        locked = lock_job(job.uuid)
        if locked.is_over:
            raise ConflictError(f"The job is over: {locked.state}.", code="job_finished", extra={"status": locked.state})
        if locked.state == JobState.QUEUED and not _is_started(locked):
            end_cancelled_job(locked, reason=reason, heard_units=units_sent or 0)
        elif locked.cancel_requested_at is None:
            locked.units_sent = None if locked.was_fetched else units_sent
            _request_cancellation(locked, reason=reason)
    dispatch_soon(locked.queue)
    return locked


def _is_started(job: Job) -> bool:
    """True if a worker started a part of a queued job: its message to the platform may still be in flight, while its words are published."""
    tokens = Part.objects.filter(job_id=job.uuid, state__in=IN_FLIGHT_STATES).values_list("token", flat=True)
    try:
        return has_any_started(token for token in tokens if token is not None)
    except ValkeyAway:  # as before a worker took it up: nobody is charged for what nobody knows
        return False


def _request_cancellation(job: Job, *, reason: str) -> None:
    job.cancel_requested_at, job.error_message = timezone.now(), reason
    job.save(update_fields=["cancel_requested_at", "error_message", "units_sent"])
    parts = Part.objects.filter(job_id=job.uuid)
    parts.filter(state__in=[PartState.WAITING, PartState.QUEUED]).update(state=PartState.CANCELLED, finished_at=timezone.now())
    tokens: list[UUID | None] = list(parts.filter(state__in=IN_FLIGHT_STATES).values_list("token", flat=True))
    transaction.on_commit(partial(cancel_attempts, [token for token in tokens if token is not None]))
    end_if_cancelled(job)
