"""Response with a subtitle file: stored, created at once, or created after alignment."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from apps.core import retry_after
from apps.core.deferred import ASGIApp, Deferred, Exchange, client_closed_response
from apps.core.errors import ApplicationError, GatewayTimeoutError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.subtitles.options import SubtitleOptions
from apps.subtitles.selectors import find_order, find_stored, read_alignment
from apps.subtitles.services import keep_subtitles, request_alignment
from apps.uploads.threads import ingestion_threads
from workers.contract.time_units import HOUR_SECONDS
from workers.text.subtitles import CONTENT_TYPES
from workers.text.subtitles.program import SubtitleOrder, write_subtitles

logger = logging.getLogger(__name__)

AT_ONCE_CHARACTERS: Final = 20_000
"""Longest text whose subtitles are written in this process, in at most a third of a second; a longer one gets a process of its own."""
PROGRAM_SECONDS: Final = 120.0
"""Time limit of that process; a million characters take about 15 s."""
KEPT_SECONDS: Final = HOUR_SECONDS


def answer_subtitles(job: Job, *, options: SubtitleOptions) -> HttpResponseBase:
    """Subtitle file, or a deferred response. Raises ApplicationErrors."""
    stored = find_stored(job, file_format=options.format)
    if stored is not None:
        return _file(job, content=stored, options=options)
    order = find_order(job, options=options)
    if order is None:
        return Deferred(_PendingSubtitles(job, options, alignment=request_alignment(job, options=options).uuid).resolve)
    if order.size > AT_ONCE_CHARACTERS:
        return Deferred(_PendingSubtitles(job, options, order=order).resolve)
    return _finish(job, content=write_subtitles(order).encode(), options=options)


@dataclass(frozen=True, slots=True)
class _PendingSubtitles:
    """Subtitles in preparation."""

    job: Job
    options: SubtitleOptions
    alignment: UUID | None = None
    """Uuid of the alignment job that must complete first."""
    order: SubtitleOrder | None = None

    async def resolve(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        order = self.order or await self._wait_for_alignment(exchange)
        if order is None:
            return client_closed_response()
        content = await ingestion_threads().run(self.job.tenant, write_in_subprocess, order)
        return await exchange.run(_finish, self.job, content=content, options=self.options)

    async def _wait_for_alignment(self, exchange: Exchange) -> SubtitleOrder | None:
        if self.alignment is None:
            raise ValueError("there is nothing to wait for")
        end = await exchange.wait_for_end(self.alignment, settings.TTSAI_SPEECH_WAIT_SECONDS)
        if end is not None:
            return await exchange.run(self._read, self.alignment)
        if exchange.has_left.is_set():
            return None
        raise GatewayTimeoutError("The subtitles are still being created. Try again.", headers={"Retry-After": retry_after.FILE_PENDING})

    def _read(self, alignment_uuid: UUID) -> SubtitleOrder:
        alignment = Job.objects.get(uuid=alignment_uuid)
        if alignment.state != JobState.COMPLETED:
            raise failure_as_error(alignment)
        return read_alignment(alignment, source=self.job, options=self.options)


def write_in_subprocess(order: SubtitleOrder) -> bytes:
    """Subtitle file; a long one is written by a separate process, so that other requests are not delayed. Raises ApplicationError."""
    if order.size <= AT_ONCE_CHARACTERS:
        return write_subtitles(order).encode()
    command = [sys.executable, "-m", "workers.text.subtitles.program"]
    given = json.dumps(order.to_dict()).encode()
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=PROGRAM_SECONDS, check=True, cwd=settings.BASE_DIR)
    except subprocess.SubprocessError as error:
        logger.error("subtitles_failed error=%s", type(error).__name__)  # noqa: TRY400 - its output may hold the customer's text
        raise _failed() from error
    return done.stdout


def _failed() -> ApplicationError:
    error = ApplicationError("The subtitles could not be created.", code="internal_error", status=500)
    error.type = "server_error"
    return error


def _finish(job: Job, *, content: bytes, options: SubtitleOptions) -> HttpResponse:
    keep_subtitles(job, file_format=options.format, content=content)
    return _file(job, content=content, options=options)


def _file(job: Job, *, content: bytes, options: SubtitleOptions) -> HttpResponse:
    headers = {
        "Content-Disposition": f'{"attachment" if options.is_download else "inline"}; filename="subtitles.{options.format}"',
        "Cache-Control": f"private, max-age={KEPT_SECONDS}",
        "X-Job-Id": job.uuid.hex,
    }
    return HttpResponse(content, content_type=f"{CONTENT_TYPES[options.format]}; charset=utf-8", headers=headers)
