"""Speech that is sent while it is made: as the body, or as server-sent events."""

import base64
import contextlib
from collections.abc import AsyncGenerator, Iterable

from apps.billing import prices
from apps.core.deferred import Deferred
from apps.core.sse import ServerSentEvent
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import cached_shape
from apps.speech.audio_response import AudioResponse, job_headers
from apps.speech.links import result_address
from apps.streaming.answers import AudioForm, StreamedAnswer, StreamEncoder, WriteEvents
from apps.streaming.chunks import AudioChunk
from apps.streaming.job_audio import JobAudio


def stream_audio(job: Job, *, form: AudioForm, is_kept: bool, warnings: Iterable[str] = ()) -> Deferred:
    """Response with the audio of an accepted job while it is made; that of a completed one is its file. warnings: beside the job's own."""
    if job.state == JobState.COMPLETED:
        return AudioResponse(job.uuid, is_kept=True, warnings=tuple(warnings)).deferred()
    return StreamedAnswer(job.uuid, is_kept=is_kept, headers=job_headers(job, warnings=warnings)).audio(form)


def speech_events(form: AudioForm, *, base: str) -> WriteEvents:
    """Writer of the events of POST /v1/tts/stream/: `audio` for each sentence, and `done`. base: of the addresses in it."""

    async def write(audio: JobAudio) -> AsyncGenerator[ServerSentEvent]:
        encoder = StreamEncoder(form, exchange=audio.exchange)
        index = 0
        async with contextlib.aclosing(aiter(audio)) as chunks:
            async for chunk in chunks:
                data = await encoder.encode(chunk)
                if data or chunk.words:
                    yield _audio_event(index, data, form=form, sample_rate=encoder.sample_rate, chunk=chunk)
                    index += 1
        if data := await encoder.finish():
            yield _audio_event(index, data, form=form, sample_rate=encoder.sample_rate)
        yield _done_event(await audio.wait_for_end(), seconds=audio.seconds, base=base)

    return write


def _audio_event(index: int, data: bytes, *, form: AudioForm, sample_rate: int, chunk: AudioChunk | None = None) -> ServerSentEvent:
    shape = {
        "index": index,
        "audio": base64.b64encode(data).decode(),
        "format": form.format,
        "sample_rate": sample_rate,
        "words": list(chunk.words) if chunk else [],
    }
    return ServerSentEvent(shape, event="audio")


def _done_event(job: Job, *, seconds: float, base: str) -> ServerSentEvent:
    remaining = job.balance_after_millicredits
    shape = {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "status": "completed",
        "duration": round(seconds, 4),
        "credits_used": prices.credits(job.charged_millicredits),
        "credits_remaining": None if remaining is None else prices.credits(remaining),
        "url": result_address(base, job),
        **cached_shape(job),
    }
    return ServerSentEvent(shape, event="done")
