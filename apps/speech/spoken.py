"""The audio itself as an answer: waits for the job without a thread, and gives the work up when the listener leaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from starlette.responses import FileResponse, StreamingResponse

from apps.billing import prices
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ApplicationError, ConflictError, GatewayTimeoutError, GoneError
from apps.core.storage import get_storage
from apps.jobs.models import Job, JobState
from apps.jobs.services.cancel import cancel_job
from apps.speech.results import failure_of
from workers.contract import errors
from workers.contract.formats import FORMATS

RETURN_SECONDS = 2.5
"""A client whose connection broke may come back: the official SDK repeats its POST after a second and then joins this job."""
CHUNK_BYTES = 1 << 18
AT_ONCE_BYTES = 1 << 20
CLIENTS_FAULT = frozenset({errors.UNKNOWN_VOICE, errors.UNSUPPORTED_LANGUAGE, errors.NOTHING_TO_SAY})


@dataclass(frozen=True, slots=True)
class SpokenAnswer:
    """What the answer needs to know before there is any audio."""

    job_uuid: UUID
    is_kept: bool
    """Whether the job goes on when the listener leaves."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def deferred(self) -> Deferred:
        """For the view to return."""
        return Deferred(self._resolve)

    async def _resolve(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        end = await exchange.wait_for_end(self.job_uuid, settings.TTSAI_SPEECH_WAIT_SECONDS)
        if end is not None:
            return await exchange.run(self._answer, exchange)
        if not exchange.has_left.is_set():
            raise _still_running(self.job_uuid)
        if not self.is_kept:
            await _give_up(exchange, self.job_uuid)
        return HttpResponse(status=499)  # nobody reads it

    def _answer(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        """What to send, in one visit to a thread: a short file is read there and then."""
        job = _read(self.job_uuid)
        if job.state != JobState.COMPLETED or not job.result:
            raise failure_as_error(job)
        key, content_type = job.result["key"], FORMATS[job.output_format].content_type
        headers = {**self.headers, "X-Job-Id": job.uuid.hex, "X-Credits-Used": str(prices.credits(job.charged_millicredits))}
        if job.result["bytes"] <= AT_ONCE_BYTES:
            return HttpResponse(get_storage().read_bytes(key), content_type=content_type, headers=headers)
        path = get_storage().local_path(key)
        if path is None:
            headers["Content-Length"] = str(job.result["bytes"])
            return StreamingResponse(_chunks(exchange, key), media_type=content_type, headers=headers)
        if not path.is_file():
            raise GoneError("The audio was deleted.")
        return FileResponse(path, stat_result=path.stat(), media_type=content_type, headers=headers)


def failure_as_error(job: Job) -> ApplicationError:
    """A job without a result, as an error: the client's fault where its text or voice was at fault, else ours."""
    code, message = failure_of(job)
    extra = {"uuid": job.uuid.hex}
    if job.state == JobState.CANCELLED:
        return ConflictError(message, code=code, extra=extra)
    if code in CLIENTS_FAULT:
        return ApplicationError(message, code=code, extra=extra)
    error = ApplicationError(message, code=code, status=500, extra=extra)
    error.type = "server_error"
    return error


def _still_running(job_uuid: UUID) -> GatewayTimeoutError:
    return GatewayTimeoutError(
        f"The audio is not ready yet. The job goes on: GET /v1/speech/results/?uuid={job_uuid.hex}",
        extra={"uuid": job_uuid.hex, "job_id": str(job_uuid)},
        headers={"X-Job-Id": job_uuid.hex},
    )


async def _give_up(exchange: Exchange, job_uuid: UUID) -> None:
    await asyncio.sleep(RETURN_SECONDS)
    if await exchange.count_other_waiters(job_uuid) == 0:
        await exchange.run(_cancel, job_uuid)


def _read(job_uuid: UUID) -> Job:
    return Job.objects.get(uuid=job_uuid)


def _cancel(job_uuid: UUID) -> None:
    with contextlib.suppress(ConflictError):  # it ended meanwhile
        cancel_job(_read(job_uuid), reason="The listener left.")


async def _chunks(exchange: Exchange, key: str) -> AsyncIterator[bytes]:
    stream = await exchange.run(get_storage().open_stream, key)
    try:
        while chunk := await exchange.run(stream.read, CHUNK_BYTES):
            yield chunk
    finally:
        stream.close()
