"""Audio as the response."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from starlette.responses import FileResponse, StreamingResponse

from apps.billing import prices
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import GoneError
from apps.core.storage import get_storage
from apps.core.streamed_files import CHUNK_BYTES
from apps.jobs.models import Job
from apps.jobs.waiting import JobResponse

AT_ONCE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class AudioResponse:
    """Properties of the response that are known before there is audio."""

    job_uuid: UUID
    is_kept: bool
    """True if the job continues after the client disconnects."""
    warnings: tuple[str, ...] = ()
    """Warnings in addition to the job's own."""

    def deferred(self) -> Deferred:
        waiting = JobResponse(self.job_uuid, is_kept=self.is_kept, wait_seconds=settings.TTSAI_SPEECH_WAIT_SECONDS, answer=self._answer)
        return waiting.deferred()

    def _answer(self, job: Job, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        return audio_response(job, exchange, warnings=self.warnings)


def audio_response(
    job: Job, exchange: Exchange, *, warnings: Iterable[str] = (), headers: Mapping[str, str] | None = None
) -> HttpResponseBase | ASGIApp:
    """Response with the main output of a completed job, chosen in one visit to a thread: a short file is read immediately.

    warnings, headers: in addition to the job's own. 410 if the file was deleted.
    """
    output = job.main_output
    if output is None:
        raise GoneError("The audio was deleted.")
    key, content_type = output.key, output.media_type
    sent_headers = {
        **job_headers(job, warnings=warnings),
        "X-Credits-Used": str(prices.credits(job.charged_millicredits)),
        **(headers or {}),
    }
    if output.bytes <= AT_ONCE_BYTES:
        return HttpResponse(get_storage().read_bytes(key), content_type=content_type, headers=sent_headers)
    path = get_storage().local_path(key)
    if path is None:
        sent_headers["Content-Length"] = str(output.bytes)
        return StreamingResponse(_chunks(exchange, key), media_type=content_type, headers=sent_headers)
    if not path.is_file():
        raise GoneError("The audio was deleted.")
    return FileResponse(path, stat_result=path.stat(), media_type=content_type, headers=sent_headers)


def job_headers(job: Job, *, warnings: Iterable[str] = ()) -> dict[str, str]:
    """Headers of a response without JSON: the job, the model used, warnings in ASCII."""
    warning = " ".join([*job.warnings, *warnings]).encode("ascii", "backslashreplace").decode()
    headers = {
        "X-Job-Id": job.uuid.hex,
        **({"X-Cache": "hit"} if job.is_cached else {}),
        **({"X-Model-Used": job.model_used} if job.model_used else {}),
    }
    return headers | {"X-Warning": " ".join(warning.split())} if warning else headers


async def _chunks(exchange: Exchange, key: str) -> AsyncIterator[bytes]:
    stream = await exchange.run(get_storage().open_stream, key)
    try:
        while chunk := await exchange.run(stream.read, CHUNK_BYTES):
            yield chunk
    finally:
        stream.close()
