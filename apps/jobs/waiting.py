"""Responses that wait for their job without a thread, and cancel it when the client disconnects."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.background import clean_up
from apps.core.deferred import ASGIApp, Deferred, Exchange, client_closed_response
from apps.core.errors import ConflictError, GatewayTimeoutError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.services.cancel import cancel_job

RECONNECT_GRACE_SECONDS = 2.5
"""Grace for a broken connection: the official SDK repeats its POST after a second and then joins this job."""

LEAST_WAIT_SECONDS = 1.0

CONCURRENCY_WAIT_SECONDS = 60.0
"""Longest wait of live audio and of streamed text for a place among the concurrent jobs of the plan."""

ASYNC = OpenApiParameter("async", bool, description="true (or the header `Prefer: respond-async`): answer with the queued job instead.")

Answer = Callable[[Job, Exchange], HttpResponseBase | ASGIApp]
"""Builds the response for a completed job. Called in one of Django's threads."""


@dataclass(frozen=True, slots=True)
class JobResponse:
    """Response of a request that waits for its job."""

    job_uuid: UUID
    is_kept: bool
    """True if the job continues after the client disconnects."""
    wait_seconds: float
    """Longest wait, then 504 with the uuid: shorter than clients wait."""
    answer: Answer
    answer_unfinished: Answer | None = None
    """Response after the longest wait in place of the 504."""

    def deferred(self) -> Deferred:
        return Deferred(self.resolve)

    async def resolve(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        """Wait for the job. Raises ApplicationErrors."""
        end = await exchange.wait_for_end(self.job_uuid, self.wait_seconds)
        has_left = exchange.has_left.is_set()
        if end is not None or (self.answer_unfinished is not None and not has_left):
            return await exchange.run(self._finish, exchange)
        if not has_left:
            raise still_running(self.job_uuid)
        if not self.is_kept:
            await cancel_if_abandoned(exchange, self.job_uuid)
        return client_closed_response()

    def _finish(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        job = Job.objects.get(uuid=self.job_uuid)
        if self.answer_unfinished is not None and not job.is_over:
            return self.answer_unfinished(job, exchange)
        if job.state != JobState.COMPLETED or not job.result:
            raise failure_as_error(job)
        return self.answer(job, exchange)


def upload_wait_seconds(spent_seconds: float = 0.0) -> float:
    """Seconds that an endpoint with a recording may still wait for its job."""
    return max(LEAST_WAIT_SECONDS, settings.TTSAI_UPLOAD_WAIT_SECONDS - spent_seconds)


def prefers_async(request: Request) -> bool:
    is_asked = request.query_params.get("async", "").lower() in {"1", "true"}
    return is_asked or "respond-async" in request.META.get("HTTP_PREFER", "")


def still_running(job_uuid: UUID) -> GatewayTimeoutError:
    """Error of a response whose job takes longer than the client waits."""
    return GatewayTimeoutError(
        f"The result is not ready yet. The job continues: GET /v1/speech/results/?uuid={job_uuid.hex}",
        extra={"uuid": job_uuid.hex, "job_id": str(job_uuid)},
        headers={"X-Job-Id": job_uuid.hex},
    )


def cancel_later_if_abandoned(exchange: Exchange, job_uuid: UUID) -> None:
    """Run `cancel_if_abandoned` in a task of its own: that of the response may be cancelled already."""
    clean_up(cancel_if_abandoned(exchange, job_uuid))


async def cancel_if_abandoned(exchange: Exchange, job_uuid: UUID) -> None:
    """Cancel the job of a client that has left, unless it comes back or another request waits for the job."""
    await asyncio.sleep(RECONNECT_GRACE_SECONDS)
    if await exchange.count_other_waiters(job_uuid) == 0:
        await exchange.run(_cancel, job_uuid)


def _cancel(job_uuid: UUID) -> None:
    with contextlib.suppress(ConflictError):  # it ended meanwhile
        cancel_job(Job.objects.get(uuid=job_uuid), reason="The listener left.")
