"""One text of a connection: its job, and the audio while it is made."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from django.conf import settings
from django.db import transaction

from apps.accounts.callers import Caller
from apps.billing.models import EntryKind
from apps.billing.services.credits import grant_credits
from apps.cache.services.objects import is_given_out
from apps.cache.services.purge import forget_results
from apps.catalog.selectors import find_model
from apps.catalog.voices import choose_voice_model, resolve_voice
from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ConflictError
from apps.jobs.models import Job, Part
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.retention import expire_now
from apps.jobs.services.terminal_states import lock_job
from apps.speech.services import SpeechOrder, request_speech
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.chunks import AudioChunk
from apps.streaming.job_audio import JobAudio, listen
from apps.streaming.submission import submitted

REFUND_ACTOR: Final = "text stream"


def check_speech_settings(caller: Caller, *, settings: SpeechSettings) -> None:
    """Refuse a model or a voice that is unknown or not allowed, before there is a text."""
    engine = find_model(settings.model, plan=caller.plan, voice=settings.voice, language=settings.language)
    if settings.clone is None and settings.voice:
        engine = choose_voice_model(caller, engine=engine, voice_ids=[settings.voice]).engine
        resolve_voice(caller, engine=engine, asked=settings.voice, dialect=settings.dialect_voices)


async def submit_speech(exchange: Exchange, caller: Caller, *, order: SpeechOrder, request_id: str) -> Job:
    """Accept the speech of a text. A cancellation meanwhile cancels the job. Raises ApplicationErrors."""

    async def start() -> Submission:
        return await exchange.run(request_speech, caller, order=order, idempotency=None, request_id=request_id)

    return await submitted(exchange, start(), drop=drop_unheard)


@contextlib.asynccontextmanager
async def open_job_audio(exchange: Exchange, job: Job) -> AsyncIterator[AsyncGenerator[AudioChunk]]:
    """Audio of a job while it is made. The block's end before the audio's stops the job within a sentence. Raises ApplicationErrors."""
    listening = listen(exchange, job.uuid, is_kept=False, first_seconds=settings.TTSAI_SPEECH_WAIT_SECONDS, grace_seconds=0.0)
    audio: JobAudio | None = None
    try:
        async with listening as audio, contextlib.aclosing(aiter(audio)) as chunks:
            yield chunks
    finally:
        if audio is None or not (audio.has_begun or audio.has_failed or audio.is_complete):
            clean_up(drop_unheard(exchange, job))


@contextlib.asynccontextmanager
async def speaking(
    exchange: Exchange, caller: Caller, *, order: SpeechOrder, request_id: str
) -> AsyncIterator[tuple[Job, AsyncGenerator[AudioChunk]]]:
    """Speech of a text while it is made, as `open_job_audio` opens it."""
    job = await submit_speech(exchange, caller, order=order, request_id=request_id)
    async with open_job_audio(exchange, job) as chunks:
        yield job, chunks


async def drop_unheard(exchange: Exchange, job: Job) -> None:
    """End a job of which nothing was sent; nothing of it is charged, and nothing of it is kept."""
    parts = await exchange.run(_cancel_or_refund, job)
    await exchange.drop_live_audio(job.uuid, range(parts), is_closed=True)


def _cancel_or_refund(job: Job) -> int:
    """Cancel the job, or return the credits if it is over; the number of its parts."""
    try:
        cancel_job(job, reason="The client left, or interrupted the speech, before this was heard.", units_sent=0)
    except ConflictError:
        _refund(Job.objects.get(uuid=job.uuid))
    return Part.objects.filter(job_id=job.uuid).count()


def _refund(job: Job) -> None:
    """Return the charge of a job that is over, and delete its audio: what is not paid for is not to be had afterwards, from the cache neither.

    The charge stays if the account has the audio already: by a download, or in another job, which got it from the cache.
    """
    if not job.charged_millicredits or job.account_id is None:
        return
    with transaction.atomic():  # locks in the order of a job's end: the job, the cache, the balance
        if lock_job(job.uuid).was_fetched:
            return
        expire_now(Job.objects.filter(uuid=job.uuid))
        if job.part_count and job.result is not None:  # one without parts has its result from the cache, which an earlier job paid for
            digests = [output["sha256"] for output in job.result["outputs"]]
            forget_results(job.tenant, digests=digests)
            if is_given_out(job.tenant, digests=digests):  # only now: nobody can get them from the cache any more
                transaction.set_rollback(True)
                return
        grant_credits(
            job.account_id,
            amount_millicredits=job.charged_millicredits,
            kind=EntryKind.ADJUSTMENT,
            reason=f"Speech of the job {job.uuid.hex} was made ahead and never sent.",
            actor=REFUND_ACTOR,
            external_ref=f"unsent:{job.uuid.hex}",
            refunded_job=job.uuid,
        )
