"""Requests with a recording: ingest it, create a job, and wait for the job or answer that it is queued."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.accounts.callers import get_caller
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.idempotency import body_digest, idempotency_key
from apps.jobs.requests import queued_shape
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.idempotency import Idempotency, in_flight_dedup_key
from apps.jobs.waiting import Answer, JobResponse, prefers_async, upload_wait_seconds
from apps.uploads.services import (
    HeldFile,
    Source,
    SourceLimits,
    SourceOrder,
    hand_over,
    ingest_sources_async,
    order_source,
    release_sources,
)

FILE_FIELDS = frozenset({"file", "file_url", "upload_id", "audio", "reference_audio"})
"""Fields left out of the body's digest; the digest of the recording itself stands for them."""


Wait = Callable[[Exchange, UUID, float], Awaitable[HttpResponseBase | ASGIApp]]
"""Waits for a job, at most so many seconds for something to answer with, and returns the response."""


@dataclass(frozen=True, slots=True)
class RecordingResponse:
    """Response of a request with a recording."""

    order: SourceOrder
    submit: Callable[..., Submission]
    """Creates the job; called in one of Django's threads with the Source, and one more for each held file."""
    answer: Answer
    queued: Callable[[Submission], Mapping[str, Any]]
    """Builds the response of a request that does not wait. Called in one of Django's threads."""
    is_awaited: bool
    is_kept: bool
    """True if the job continues after the client disconnects."""
    held: Sequence[HeldFile] = ()
    """Further recordings of the request."""
    wait: Wait | None = None
    """Waits in place of a wait for the job's end, for responses that stream."""

    def deferred(self) -> Deferred:
        return Deferred(self._resolve)

    async def _resolve(self, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        started = time.monotonic()
        sources = await ingest_sources_async(exchange, self.order, held=self.held)
        submission = await hand_over(exchange, sources, self._submit)
        if not self.is_awaited:
            return JsonResponse(await exchange.run(self.queued, submission))
        left = upload_wait_seconds(time.monotonic() - started)
        if self.wait is not None:
            return await self.wait(exchange, submission.job.uuid, left)
        waiting = JobResponse(submission.job.uuid, is_kept=self.is_kept, wait_seconds=left, answer=self.answer)
        return await waiting.resolve(exchange)

    def _submit(self, sources: Sequence[Source]) -> Submission:
        """Create the job. A recording without a job (no credits, or an identical request in flight) is deleted."""
        try:
            submission = self.submit(*sources)
        except Exception:
            release_sources(sources)
            raise
        if submission.is_replay:
            release_sources(sources)
        return submission


def recording_response(
    request: Request,
    body: Mapping[str, Any],
    *,
    limits: SourceLimits,
    submit: Callable[..., Submission],
    answer: Answer,
    is_awaited: bool,
    wait: Wait | None = None,
    held: Sequence[HeldFile] = (),
    param: str = "file",
    url_param: str = "file_url",
) -> Deferred:
    """Response of a request with one recording in the usual fields, and perhaps further ones. Refuses an invalid one before anything is ingested.

    param, url_param: names that the API of the request has for the fields.
    The job continues after the client disconnects if the request has an Idempotency-Key.
    """
    source_order = order_source(
        get_caller(request),
        file=body.get("file"),
        file_url=body.get("file_url"),
        upload_id=body.get("upload_id"),
        limits=limits,
        param=param,
        url_param=url_param,
    )
    return RecordingResponse(
        source_order,
        submit=submit,
        answer=answer,
        queued=queued_shape,
        is_awaited=is_awaited,
        is_kept=has_idempotency_key(request),
        wait=wait,
        held=held,
    ).deferred()


def has_idempotency_key(request: Request) -> bool:
    return "HTTP_IDEMPOTENCY_KEY" in request.META


def recording_idempotency(request: Request, *, endpoint: str, body: Mapping[str, Any], source: Source) -> Idempotency | None:
    """Identity of the request for deduplication: the Idempotency-Key, or while the first request runs its content and fields."""
    return request_idempotency(request, endpoint=endpoint, body=body, sha256=source.sha256)


def request_idempotency(
    request: Request, *, endpoint: str, body: Mapping[str, Any], sha256: str, is_waiting: bool | None = None
) -> Idempotency | None:
    """Identity of a request whose file has this digest; empty without a file. is_waiting: as the request asks when None."""
    fields = {name: value for name, value in body.items() if name not in FILE_FIELDS}
    digest = body_digest(endpoint, {**fields, "sha256": sha256})
    key = idempotency_key(request.META.get("HTTP_IDEMPOTENCY_KEY"))
    if key is not None:
        return Idempotency(key=key, body_digest=digest)
    is_awaited = not prefers_async(request) if is_waiting is None else is_waiting
    return in_flight_dedup_key(get_caller(request), digest=digest, is_waiting=is_awaited)
