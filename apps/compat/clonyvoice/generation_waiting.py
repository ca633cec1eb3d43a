"""Answers that wait for a generation, without a thread."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from rest_framework.request import Request

from apps.accounts.callers import Caller, get_caller
from apps.core.deferred import Deferred, Exchange
from apps.core.links import public_base
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.recordings import has_idempotency_key
from apps.jobs.requests import idempotency_of, in_flight_dedup_key_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.waiting import cancel_if_abandoned, prefers_async

NO_STORE = {"Cache-Control": "no-store"}
ACCEPTED, LEFT = 202, 499

Shape = Callable[[Job], dict[str, object]]


def idempotency_for(request: Request, *, endpoint: str) -> Idempotency | None:
    """Identity of the request: by its Idempotency-Key, or as long as the job of an identical one is in flight."""
    return idempotency_of(request, endpoint=endpoint) or in_flight_dedup_key_of(
        request, endpoint=endpoint, is_waiting=not prefers_async(request)
    )


def answer_generation(request: Request, submission: Submission, *, shape: Shape) -> HttpResponse:
    """The generation when it has ended, after the longest wait as it is then; at once with `async=true`. Both with status 202 while it runs.

    A client that disconnects cancels its job unless the request had an Idempotency-Key.
    """
    job = submission.job
    if prefers_async(request) or job.is_over:
        return _answer(job.uuid, shape=shape)
    is_kept = has_idempotency_key(request)

    async def resolve(exchange: Exchange) -> HttpResponse:
        end = await exchange.wait_for_end(job.uuid, settings.TTSAI_SPEECH_WAIT_SECONDS)
        if end is None and exchange.has_left.is_set():
            if not is_kept:
                await cancel_if_abandoned(exchange, job.uuid)
            return HttpResponse(status=LEFT)  # nobody reads it
        return await exchange.run(_answer, job.uuid, shape=shape)

    return Deferred(resolve)


def _answer(job_uuid: UUID, *, shape: Shape) -> HttpResponse:
    job = Job.objects.get(uuid=job_uuid)
    if job.is_over and (job.state != JobState.COMPLETED or not job.result):
        raise failure_as_error(job)
    return JsonResponse(shape(job), status=200 if job.is_over else ACCEPTED, headers=NO_STORE)


def caller_and_base(request: Request) -> tuple[Caller, str]:
    """The caller, and the base of addresses in the answer."""
    return get_caller(request), public_base(request)
