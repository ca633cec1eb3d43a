"""Answers that wait for a generation, without a thread."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from rest_framework.request import Request

from apps.core.caching import NO_STORE
from apps.core.deferred import Exchange
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.recordings import has_idempotency_key
from apps.jobs.requests import idempotency_of, in_flight_dedup_key_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.waiting import JobResponse, prefers_async

ACCEPTED = 202

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
        return _answer(Job.objects.get(uuid=job.uuid), shape=shape)
    answer = partial(_answer_on_thread, shape=shape)
    waiting = JobResponse(
        job.uuid,
        is_kept=has_idempotency_key(request),
        wait_seconds=settings.TTSAI_SPEECH_WAIT_SECONDS,
        answer=answer,
        answer_unfinished=answer,
    )
    return waiting.deferred()


def _answer_on_thread(job: Job, _exchange: Exchange, *, shape: Shape) -> HttpResponse:
    return _answer(job, shape=shape)


def _answer(job: Job, *, shape: Shape) -> HttpResponse:
    if job.is_over and (job.state != JobState.COMPLETED or not job.result):
        raise failure_as_error(job)
    return JsonResponse(shape(job), status=200 if job.is_over else ACCEPTED, headers=NO_STORE)
