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
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ApplicationError, GatewayTimeoutError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.subtitles.selectors import find_order, find_stored, read_alignment
from apps.subtitles.services import keep_subtitles, request_alignment
from apps.subtitles.wishes import SubtitleWish
from apps.uploads.threads import intake_threads
from workers.text.subtitles import CONTENT_TYPES
from workers.text.subtitles.program import SubtitleOrder, write_subtitles

logger = logging.getLogger(__name__)

AT_ONCE_CHARACTERS: Final = 20_000
"""Longest text whose subtitles are written in this process, in at most a third of a second; a longer one gets a process of its own."""
PROGRAM_SECONDS: Final = 120.0
"""Time limit of that process; a million characters take about 15 s."""
KEPT_SECONDS: Final = 3600


def answer_subtitles(job: Job, *, wish: SubtitleWish) -> HttpResponseBase:
    """Subtitle file, or a deferred response. Raises ApplicationErrors."""
    stored = find_stored(job, file_format=wish.format)
    if stored is not None:
        return _file(job, content=stored, wish=wish)
    order = find_order(job, wish=wish)
    if order is None:
        return Deferred(_Making(job, wish, alignment=request_alignment(job, wish=wish).uuid).resolve)
    if order.size > AT_ONCE_CHARACTERS:
        return Deferred(_Making(job, wish, order=order).resolve)
    return _finish(job, content=write_subtitles(order).encode(), wish=wish)


@dataclass(frozen=True, slots=True)
class _Making:
    """Subtitles in preparation."""

    job: Job
    wish: SubtitleWish
    alignment: UUID | None = None
    """Uuid of the alignment job that must complete first."""
    order: SubtitleOrder | None = None

    async def resolve(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        order = self.order or await self._aligned(exchange)
        if order is None:
            return HttpResponse(status=499)  # nobody reads it
        content = await intake_threads().run(self.job.tenant, write_apart, order)
        return await exchange.run(_finish, self.job, content=content, wish=self.wish)

    async def _aligned(self, exchange: Exchange) -> SubtitleOrder | None:
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
        return read_alignment(alignment, source=self.job, wish=self.wish)


def write_apart(order: SubtitleOrder) -> bytes:
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


def _finish(job: Job, *, content: bytes, wish: SubtitleWish) -> HttpResponse:
    keep_subtitles(job, file_format=wish.format, content=content)
    return _file(job, content=content, wish=wish)


def _file(job: Job, *, content: bytes, wish: SubtitleWish) -> HttpResponse:
    headers = {
        "Content-Disposition": f'{"attachment" if wish.is_download else "inline"}; filename="subtitles.{wish.format}"',
        "Cache-Control": f"private, max-age={KEPT_SECONDS}",
        "X-Job-Id": job.uuid.hex,
    }
    return HttpResponse(content, content_type=f"{CONTENT_TYPES[wish.format]}; charset=utf-8", headers=headers)
