"""Jobs that a connection waits for. A job that nobody waits for any more is cancelled, and charged for what was done."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings

from apps.accounts.callers import Caller
from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, GatewayTimeoutError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.services.acceptance import Submission
from apps.live_speech.speech_buffer import Recording
from apps.streaming.submission import cancel_unheard, submitted
from apps.transcription.documents import read_transcript
from apps.transcription.services import TranscriptionOrder, check_order, request_transcription
from apps.uploads.services import SourceLimits, release_source, store_live_recording_async
from workers.contract.transcription import TranscriptDocument

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_SECONDS: Final = 120.0
"""Longest recording of live audio."""
RECORDING_LIMITS: Final = SourceLimits(max_audio_seconds=LONGEST_SECONDS + 1)


class LiveJobs:
    """Makes the jobs of one connection, for its caller."""

    def __init__(self, exchange: Exchange, *, caller: Caller, request_id: str) -> None:
        self._exchange = exchange
        self._caller = caller
        self._request_id = request_id

    async def recognise(
        self,
        recording: Recording,
        *,
        order: TranscriptionOrder,
        paid_millicredits: int = 0,
        is_interim: bool = False,
        on_accepted: Callable[[Job], None] | None = None,
    ) -> tuple[Job, TranscriptDocument]:
        """Transcript of a recording, with its job. Raises ApplicationErrors.

        paid_millicredits: paid for a part of the same audio by earlier jobs, which is subtracted from the price. is_interim: the
        same audio is recognised again, so that no webhook tells of this job. on_accepted: called once the job has its price.
        """
        await self._exchange.run(check_order, self._caller, order=order)

        async def start() -> Submission:
            source = await store_live_recording_async(
                self._exchange, self._caller, pcm=recording.pcm, sample_rate=recording.sample_rate, limits=RECORDING_LIMITS, param="audio"
            )
            try:
                return await self._exchange.run(
                    request_transcription,
                    self._caller,
                    order=order,
                    source=source,
                    idempotency=None,
                    request_id=self._request_id,
                    paid_millicredits=paid_millicredits,
                    has_webhooks=not is_interim,
                )
            except ApplicationError:
                await self._exchange.run(release_source, source.key)
                raise

        return await self.finished(start, read=read_transcript, on_accepted=on_accepted)

    async def compute(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that computes on audio, off the event loop."""
        return await self._exchange.encode(function, *args, **kwargs)

    async def finished(
        self,
        start: Callable[[], Coroutine[Any, Any, Submission]],
        *,
        read: Callable[[Job], T],
        on_accepted: Callable[[Job], None] | None = None,
    ) -> tuple[Job, T]:
        """Job that `start` submits, once it has completed, with what `read` finds in it. Raises ApplicationErrors."""
        job = await submitted(self._exchange, start())
        if on_accepted is not None:
            on_accepted(job)
        try:
            await self._exchange.wait_for_end(job.uuid, settings.TTSAI_UPLOAD_WAIT_SECONDS)
            return await self._exchange.run(_read_end, job.uuid, read)
        except BaseException:  # cancelled, timed out or failed: what still runs is stopped
            clean_up(self._exchange.run(cancel_unheard, job.uuid))
            raise


def _read_end(job_uuid: UUID, read: Callable[[Job], T]) -> tuple[Job, T]:
    job = Job.objects.get(uuid=job_uuid)
    if not job.is_over:
        raise GatewayTimeoutError("The result is not ready in time. Try again.")
    if job.state != JobState.COMPLETED:
        raise failure_as_error(job)
    return job, read(job)
