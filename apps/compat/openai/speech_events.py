"""Events of POST /v1/audio/speech with `stream_format: sse`, as OpenAI's packages read them."""

import base64
import contextlib
import math
from collections.abc import AsyncGenerator
from typing import Any, Final

from apps.core.sse import ServerSentEvent
from apps.jobs.models import Job
from apps.streaming.answers import AudioForm, StreamEncoder, WriteEvents
from apps.streaming.job_audio import JobAudio

AUDIO_TOKENS_PER_SECOND: Final = 20
"""OpenAI counts a token for each 50 ms of audio that a model speaks."""


def speech_events(job: Job, *, form: AudioForm) -> WriteEvents:
    """Writer of `speech.audio.delta` for each sentence, and `speech.audio.done`. All deltas make one file."""

    async def write(audio: JobAudio) -> AsyncGenerator[ServerSentEvent]:
        encoder = StreamEncoder(form, exchange=audio.exchange)
        async with contextlib.aclosing(aiter(audio)) as chunks:
            async for chunk in chunks:
                if data := await encoder.encode(chunk):
                    yield _delta(data)
        if data := await encoder.finish():
            yield _delta(data)
        yield ServerSentEvent({"type": "speech.audio.done", "usage": usage_of(job, audio_seconds=audio.seconds)})

    return write


def usage_of(job: Job, *, audio_seconds: float) -> dict[str, Any]:
    """Usage in tokens: the characters that are charged, and the audio at OpenAI's tokens per second."""
    spoken = math.ceil(AUDIO_TOKENS_PER_SECOND * audio_seconds)
    return {"input_tokens": job.units, "output_tokens": spoken, "total_tokens": job.units + spoken}


def _delta(data: bytes) -> ServerSentEvent:
    return ServerSentEvent({"type": "speech.audio.delta", "audio": base64.b64encode(data).decode()})
