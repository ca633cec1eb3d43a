"""Jobs that a connection makes: accepted whatever becomes of the connection, and cancelled if nobody waits for them."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, ConflictError
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.cancel import cancel_job


async def submitted(
    exchange: Exchange, start: Coroutine[Any, Any, Submission], *, drop: Callable[[Exchange, Job], Awaitable[None]] | None = None
) -> Job:
    """Job of a submission, which a cancellation does not interrupt halfway: a job that nobody waits for is cancelled instead.

    drop: ends such a job in another way.
    """
    submitting = asyncio.ensure_future(start)
    try:
        return (await asyncio.shield(submitting)).job
    except asyncio.CancelledError:
        clean_up(_drop_submitted(exchange, submitting, drop=drop or _cancel))
        raise


def cancel_unheard(job_uuid: UUID) -> None:
    """Cancel a job of which nothing was sent; without effect if it is over."""
    with contextlib.suppress(ConflictError):
        cancel_job(Job.objects.get(uuid=job_uuid), reason="The client left, or interrupted the response.")


async def _drop_submitted(
    exchange: Exchange, submitting: "asyncio.Future[Submission]", *, drop: Callable[[Exchange, Job], Awaitable[None]]
) -> None:
    with contextlib.suppress(ApplicationError):
        await drop(exchange, (await submitting).job)


async def _cancel(exchange: Exchange, job: Job) -> None:
    await exchange.run(cancel_unheard, job.uuid)
