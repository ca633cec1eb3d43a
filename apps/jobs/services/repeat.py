"""Repetition of a job: the same request as a new job, at today's price."""

from collections.abc import Callable

from django.utils.module_loading import import_string

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan


def can_repeat(job: Job) -> bool:
    """True if jobs of this kind can be repeated; `plan_repeat` may still refuse this one."""
    return bool(kind_of(job).repeat)


def plan_repeat(caller: Caller, job: Job) -> JobPlan:
    """Plan of the same request, with its price; nothing is written.

    Raises 409 cannot_repeat for a job with a recording, 410 for one whose text was deleted, and what a new request would: an unknown model, a
    voice that may not speak.
    """
    if not can_repeat(job):
        message = "The recording of this job was deleted when the job ended, so the job cannot be repeated. Send the recording again."
        raise ConflictError(message, code="cannot_repeat")
    plan: Callable[[Caller, Job], JobPlan] = import_string(kind_of(job).repeat)
    return plan(caller, job)


def repeat_job(caller: Caller, job: Job, *, idempotency: Idempotency, request_id: str) -> Submission:
    """Accept the same request as a new job. Raises as `plan_repeat` and `submit_job` do."""
    return submit_job(caller, plan_repeat(caller, job), idempotency=idempotency, request_id=request_id)
