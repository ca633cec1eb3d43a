"""Cancellation of generations."""

import contextlib

from apps.accounts.callers import Caller
from apps.compat.clonyvoice.generation_jobs import IS_GENERATION, get_generation_job
from apps.core.errors import ConflictError
from apps.jobs.models import Job
from apps.jobs.selectors import list_active_jobs
from apps.jobs.services.cancel import cancel_job
from apps.projects.selectors import find_generation

REASON = "Cancelled by its owner."


def cancel_generation(caller: Caller, generation_id: str) -> Job:
    """Cancel a generation of the account: its first job, or the one that redoes a chunk of it. 404 generation_not_found, 409 job_finished."""
    job = get_generation_job(caller, generation_id)
    if job.is_over:
        composition = find_generation(caller, job.uuid)
        if composition is not None and composition.last_job is not None and not composition.last_job.is_over:
            job = composition.last_job
    return cancel_job(job, reason=REASON)


def cancel_running(caller: Caller) -> list[Job]:
    """Cancel all that speaks for this key, the last first, so that a freed slot is not given to one that is about to be cancelled."""
    cancelled = []
    running = {job.uuid for job in list_active_jobs(caller)}
    for job in Job.objects.filter(IS_GENERATION, uuid__in=running, api_key_id=caller.key_id).order_by("-created_at"):
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancelled.append(cancel_job(job, reason=REASON))
    return cancelled
