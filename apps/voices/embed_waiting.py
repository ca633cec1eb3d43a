"""Waits until the recordings of a voice were examined, without a thread."""

import asyncio
import contextlib
from typing import Final
from uuid import UUID

from apps.core.deferred import Exchange
from apps.core.errors import GatewayTimeoutError, NotFoundError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.voices.models import Enrolment, EnrolmentState
from apps.voices.services.requests import CloneSubmission

LOOK_SECONDS: Final = 2.0
"""Interval of looks at the row, in case an event is lost."""


async def wait_for_examination(exchange: Exchange, submission: CloneSubmission, *, wait_seconds: float, advice: str = "") -> None:
    """Wait until a likeness speaks. Raises the error of an unusable recording, and GatewayTimeoutError with the uuid.

    advice: last sentence of a timeout's message, for a request that is more than the voice.
    """
    job, now = submission.job, asyncio.get_running_loop().time
    deadline = now() + wait_seconds
    while job is not None and await exchange.run(_is_pending, submission.voice.enrolment_id, job.uuid):
        left = deadline - now()
        if left <= 0:
            raise GatewayTimeoutError(
                " ".join(
                    filter(None, (f"The voice is not ready yet. The job continues: GET /v1/speech/results/?uuid={job.uuid.hex}", advice))
                ),
                extra={"uuid": job.uuid.hex, "job_id": str(job.uuid)},
                headers={"X-Job-Id": job.uuid.hex},
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_next_news(exchange, job.uuid), timeout=min(left, LOOK_SECONDS))
        if exchange.has_left.is_set():
            return


async def _next_news(exchange: Exchange, job_uuid: UUID) -> None:
    async for _, event in exchange.events(job_uuid, "0"):
        if event.get("type") in {"voice", "end"}:
            return


def _is_pending(enrolment_uuid: UUID, job_uuid: UUID) -> bool:
    """True while the recordings are being examined. Raises the error of a job that ended without a voice."""
    is_usable = Enrolment.objects.filter(pk=enrolment_uuid, state__in=[EnrolmentState.TRAINING, EnrolmentState.READY]).exists()
    if is_usable:
        return False
    job = Job.objects.get(pk=job_uuid)
    if job.state == JobState.COMPLETED:
        raise NotFoundError("The voice was deleted.", code="voice_not_found")
    if job.is_over:
        raise failure_as_error(job)
    return True
