"""One conversion: enrol the target's voice, convert the source, write the answer."""

import asyncio
import base64
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings
from django.http.response import HttpResponseBase

from apps.accounts.callers import Caller
from apps.conversion.kinds import VOICE_CONVERSION
from apps.conversion.orders import ConversionOrder
from apps.conversion.services import request_conversion
from apps.core.background import clean_up
from apps.core.deferred import ASGIApp, Exchange, client_closed_response
from apps.core.streamed_body import UNBUFFERED, begin_body
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import still_running, upload_wait_seconds
from apps.streaming.stored_audio import find_job_audio, read_stored
from apps.streaming.submission import cancel_unheard, submitted
from apps.uploads.services import HeldFile, Source, SourceOrder, hand_over, ingest_sources_async, release_sources
from apps.voices.embed_waiting import wait_for_examination
from apps.voices.services.requests import CloneOrder, CloneSubmission, clone_or_release, request_clone
from workers.audio.encoding import FileEncoder, from_pcm16

SAMPLE_RATE: Final = 22_050
SUCCESS: Final = "音色克隆成功"
ENCODED_BYTES: Final = 3 << 16
"""Bytes of the file that are written at once: a multiple of three, so that the pieces of base64 join."""
REPEAT_ADVICE: Final = "No conversion was begun: send the request again, which finds the voice of target_audio."
LONGEST_PIECE_MILLISECONDS: Final = 30_000
"""Length above which a source is split and joined, as the API's document says."""
LEAST_SHARE: Final = 0.4
"""Share of the target's own voice at tau 0."""


@dataclass(frozen=True, slots=True)
class ToneOrder:
    """Recordings and strength of a conversion."""

    target: SourceOrder
    source: HeldFile
    tau: float
    enrolment: CloneOrder
    """Order of the target's voice."""


def own_share(tau: float) -> float:
    """Share of the target's own voice in the result: 0.4 at 0, 0.71 at 0.3, 0.9 at 0.6, all at 1."""
    return 1.0 - (1.0 - LEAST_SHARE) * (1.0 - tau) ** 2


async def convert_tone(exchange: Exchange, caller: Caller, *, order: ToneOrder, request_id: str) -> HttpResponseBase | ASGIApp:
    """The response with the converted audio. Raises ApplicationErrors."""
    started = time.monotonic()
    sources = await ingest_sources_async(exchange, order.target, held=(order.source,))
    try:
        submission = await hand_over(exchange, sources[:1], partial(_enrol, caller, order.enrolment), request_id)
        await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(time.monotonic() - started), advice=REPEAT_ADVICE)
    except asyncio.CancelledError:
        clean_up(exchange.run(release_sources, sources[1:]))
        raise
    except Exception:
        await exchange.run(release_sources, sources[1:])
        raise
    extracted = time.monotonic()
    conversion = ConversionOrder(
        kind=VOICE_CONVERSION,
        voice=submission.voice.voice_id,
        voice_param="target_audio",
        own_share=own_share(order.tau),
        tau=order.tau,
        is_awaited=True,
        longest_piece_milliseconds=LONGEST_PIECE_MILLISECONDS,
    )
    job = await submitted(
        exchange,
        exchange.run(_submit, caller, conversion, sources[1], request_id),
    )
    try:
        await exchange.wait_for_end(job.uuid, upload_wait_seconds(time.monotonic() - started))
        if exchange.has_left.is_set():
            clean_up(exchange.run(cancel_unheard, job.uuid))
            return client_closed_response()
        await exchange.run(_check_completed, job)
    except asyncio.CancelledError:
        clean_up(exchange.run(cancel_unheard, job.uuid))
        raise
    cloned = time.monotonic()
    stats = {"extract_time": extracted - started, "clone_time": cloned - extracted, "total_time": cloned - started}
    headers = {"Content-Type": "application/json", **UNBUFFERED}
    return await begin_body(
        _answer(exchange, job, {name: f"{value:.2f}s" for name, value in stats.items()}), exchange=exchange, headers=headers
    )


def _enrol(caller: Caller, order: CloneOrder, sources: Sequence[Source], request_id: str) -> CloneSubmission:
    """Enrol the voice of the recording, which is deleted if no job takes it."""
    return clone_or_release(sources, partial(request_clone, caller, order=order, sources=sources, idempotency=None, request_id=request_id))


def _submit(caller: Caller, order: ConversionOrder, source: Source, request_id: str) -> Submission:
    """Queue the conversion of the recording, which is deleted if it is refused."""
    try:
        return request_conversion(caller, order=order, source=source, idempotency=None, request_id=request_id)
    except Exception:
        release_sources([source])
        raise


def _check_completed(job: Job) -> None:
    job.refresh_from_db()
    if not job.is_over:
        raise still_running(job.uuid)
    if job.state != JobState.COMPLETED:
        raise failure_as_error(job)


async def _answer(exchange: Exchange, job: Job, stats: dict[str, str]) -> AsyncGenerator[bytes]:
    """The JSON, whose audio is encoded piece by piece: a recording may be an hour long."""
    with _temporary() as path:
        with contextlib.ExitStack() as stack:
            file = await exchange.encode(lambda: stack.enter_context(FileEncoder(path, "wav", input_rate=SAMPLE_RATE)))
            blocks = read_stored(exchange, await exchange.run(find_job_audio, job.uuid), sample_rate=SAMPLE_RATE, skip_seconds=0.0)
            async for samples, _ in blocks:
                await exchange.encode(file.write, np.asarray(from_pcm16(samples)))
            await exchange.encode(file.finish)
        beginning, end = json.dumps({"success": True, "message": SUCCESS, "result_audio": "|", "stats": stats}, ensure_ascii=False).split(
            "|"
        )
        yield beginning.encode()
        with path.open("rb") as encoded:
            while data := await exchange.encode(encoded.read, ENCODED_BYTES):
                yield base64.b64encode(data)
        yield end.encode()


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    folder = Path(settings.TTSAI_HOME) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="tone-") as made:
        yield Path(made) / "result.wav"
