"""One text of a connection: its job, and the audio while it is made."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from django.conf import settings

from apps.accounts.callers import Caller
from apps.billing.models import EntryKind
from apps.billing.services.credits import grant_credits
from apps.catalog.selectors import find_model
from apps.catalog.voices import choose_voice_model, resolve_voice
from apps.core.deferred import Exchange
from apps.core.errors import ConflictError
from apps.jobs.models import Job, Part
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.cancel import cancel_job
from apps.speech.services import SpeechOrder, request_speech
from apps.streaming.chunks import AudioChunk
from apps.streaming.job_audio import JobAudio, listen
from apps.streaming.submission import clean_up, submitted

REFUND_ACTOR: Final = "text stream"


def check_speech_order(caller: Caller, *, order: SpeechOrder) -> None:
    """Refuse a model or a voice that is unknown or not allowed, before there is a text."""
    engine = find_model(order.model, plan=caller.plan, voice=order.voice, language=order.language)
    if order.clone is None and order.voice:
        engine = choose_voice_model(caller, engine=engine, voice_ids=[order.voice]).engine
        resolve_voice(caller, engine=engine, asked=order.voice, dialect=order.dialect_voices)


async def submit_speech(exchange: Exchange, caller: Caller, *, order: SpeechOrder, request_id: str) -> Job:
    """Accept the speech of a text. A cancellation meanwhile cancels the job. Raises ApplicationErrors."""

    async def start() -> Submission:
        return await exchange.run(request_speech, caller, order=order, idempotency=None, request_id=request_id)

    return await submitted(exchange, start())


@contextlib.asynccontextmanager
async def heard(exchange: Exchange, job: Job) -> AsyncIterator[AsyncGenerator[AudioChunk]]:
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
    """Speech of a text while it is made, as `heard`."""
    job = await submit_speech(exchange, caller, order=order, request_id=request_id)
    async with heard(exchange, job) as chunks:
        yield job, chunks


async def drop_unheard(exchange: Exchange, job: Job) -> None:
    """End a job of which nothing was sent; nothing of it is charged."""
    parts = await exchange.run(_cancel_or_refund, job)
    await exchange.drop_live_audio(job.uuid, range(parts), is_closed=True)


def _cancel_or_refund(job: Job) -> int:
    """Cancel the job, or return the credits if it is over; the number of its parts."""
    try:
        cancel_job(job, reason="The client left, or interrupted the speech, before this was heard.", units_sent=0)
    except ConflictError:
        charged = Job.objects.values_list("charged_millicredits", flat=True).get(uuid=job.uuid)
        if charged and job.account_id is not None:
            grant_credits(
                job.account_id,
                amount_millicredits=charged,
                kind=EntryKind.ADJUSTMENT,
                reason=f"Speech of the job {job.uuid.hex} was made ahead and never sent.",
                actor=REFUND_ACTOR,
                external_ref=f"unsent:{job.uuid.hex}",
            )
    return Part.objects.filter(job_id=job.uuid).count()
