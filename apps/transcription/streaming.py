"""Responses that send a transcript while it is made."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase

from apps.core.deferred import ASGIApp, Exchange
from apps.core.errors import ApplicationError, UnavailableError
from apps.core.sse import HEADERS, ServerSentEvent, encode_events
from apps.core.streamed_body import begin_body
from apps.jobs.models import Job, JobState, Part
from apps.jobs.outcomes import failure_as_error
from apps.jobs.recordings import Wait
from apps.jobs.waiting import cancel_later_if_abandoned, still_running
from apps.speech.audio_response import job_headers
from apps.streaming.answers import error_event
from apps.transcription.documents import read_transcript
from apps.transcription.kinds import TRANSCRIPTION
from apps.transcription.live_text import LiveText, TextDelta
from workers.contract.transcription import TranscriptDocument

LISTEN = "listen"
"""Kind of the parts that publish text."""

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TranscriptShapes:
    """Events of one API."""

    delta: Callable[[TextDelta], Payload]
    ended: Callable[[Job, TranscriptDocument], list[Payload]]
    """Events after the last text of a completed job. Called in one of Django's threads."""
    is_named: bool = False
    """True if events have their type as a field too, not in their data alone."""


@dataclass(frozen=True, slots=True)
class _Ending:
    delta: TextDelta | None
    payloads: list[Payload]


def stream_transcript(shapes: TranscriptShapes, *, is_kept: bool, warnings: Sequence[str] = ()) -> Wait:
    """Response of a streamed transcription. It begins with the first text, so that a job that fails before is answered with its error.

    is_kept: the job continues after the client disconnects; warnings: in addition to the job's own.
    """

    async def wait(exchange: Exchange, job_uuid: UUID, seconds: float) -> HttpResponseBase | ASGIApp:
        payloads = _payloads_for_listener(exchange, job_uuid, shapes=shapes, is_kept=is_kept)
        chunks = encode_events(_as_events(payloads, is_named=shapes.is_named), is_first_awaited=True)
        headers = await exchange.run(_headers, job_uuid, warnings=warnings)
        try:
            async with asyncio.timeout(seconds):
                return await begin_body(chunks, exchange=exchange, headers={**HEADERS, **headers})
        except TimeoutError as error:
            raise still_running(job_uuid) from error

    return wait


async def _as_events(payloads: AsyncGenerator[Payload], *, is_named: bool) -> AsyncGenerator[ServerSentEvent]:
    """Events of the response; an error after the first one is the last one."""
    has_begun = False
    async with contextlib.aclosing(payloads):
        try:
            async for payload in payloads:
                yield ServerSentEvent(payload, event=payload["type"] if is_named else "")
                has_begun = True
        except ApplicationError as error:
            if not has_begun:
                raise
            yield error_event(error)


async def _payloads_for_listener(exchange: Exchange, job_uuid: UUID, *, shapes: TranscriptShapes, is_kept: bool) -> AsyncGenerator[Payload]:
    """Events for a client whose departure cancels the job."""
    async with exchange.listening(job_uuid), contextlib.aclosing(transcript_payloads(exchange, job_uuid, shapes=shapes)) as payloads:
        try:
            async for payload in payloads:
                yield payload
        finally:
            if exchange.has_left.is_set() and not is_kept:
                cancel_later_if_abandoned(exchange, job_uuid)


async def transcript_payloads(exchange: Exchange, job_uuid: UUID, *, shapes: TranscriptShapes) -> AsyncGenerator[Payload]:
    """Events of a transcription from its first text to its end. Raises the ApplicationError of a job that failed, 503 when the server stops.

    It ends without a last event when the client has left.
    """
    text = LiveText(await exchange.run(_list_parts, job_uuid))
    async with contextlib.aclosing(exchange.events(job_uuid, "0")) as events:
        async for _, event in events:
            for delta in text.add(event):
                yield shapes.delta(delta)
            if event.get("type") == "end":
                ending = await exchange.run(_finish, job_uuid, text=text, shapes=shapes)
                if ending.delta is not None:
                    yield shapes.delta(ending.delta)
                for payload in ending.payloads:
                    yield payload
                return
    if not exchange.has_left.is_set():
        raise UnavailableError(f"The server is restarting. The job continues: GET /v1/speech/results/?uuid={job_uuid.hex}")


def _headers(job_uuid: UUID, *, warnings: Sequence[str]) -> dict[str, str]:
    return job_headers(Job.objects.get(uuid=job_uuid), warnings=warnings)


def _list_parts(job_uuid: UUID) -> list[int]:
    return list(Part.objects.filter(job_id=job_uuid, kind=LISTEN).order_by("index").values_list("index", flat=True))


def _finish(job_uuid: UUID, *, text: LiveText, shapes: TranscriptShapes) -> _Ending:
    job = Job.objects.get(uuid=job_uuid)
    if job.state != JobState.COMPLETED or not job.result:
        raise failure_as_error(job)
    document = read_transcript(job)
    is_translation = TRANSCRIPTION.read_params(job).is_translation
    delta = text.finish(document, language="en" if is_translation else document.language)
    return _Ending(delta, shapes.ended(job, document))
