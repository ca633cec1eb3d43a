"""Cancellation of generations."""

import contextlib

from django.db.models import Q

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError
from apps.jobs.models import Job, Lane
from apps.jobs.selectors import get_own_job, list_active_jobs
from apps.jobs.services.cancel import cancel_job
from apps.projects.kinds import COMPOSITION
from apps.projects.selectors import find_generation
from apps.speech.kinds import SPEECH

REASON = "Cancelled by its owner."
_IS_GENERATION = Q(kind=COMPOSITION.name) | (Q(kind=SPEECH.name) & ~Q(lane=Lane.BULK))
"""Speech in the lane `bulk` is that of batches, which are cancelled as a whole."""


def cancel_generation(caller: Caller, generation_id: str) -> Job:
    """Cancel a generation of the account: its first job, or the one that redoes a chunk of it. 404, 409 job_finished."""
    job = get_own_job(caller, uuid_text=generation_id)
    if job.is_over:
        composition = find_generation(caller, job.uuid)
        if composition is not None and composition.last_job is not None and not composition.last_job.is_over:
            job = composition.last_job
    return cancel_job(job, reason=REASON)


def cancel_running(caller: Caller) -> list[Job]:
    """Cancel all that speaks for this key, the last first, so that a freed slot is not given to one that is about to be cancelled."""
    cancelled = []
    running = {job.uuid for job in list_active_jobs(caller)}
    for job in Job.objects.filter(_IS_GENERATION, uuid__in=running, api_key_id=caller.key_id).order_by("-created_at"):
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancelled.append(cancel_job(job, reason=REASON))
    return cancelled
