"""A worker that reads any text aloud, word by word, and a socket on which the tests try text streams."""

import asyncio
import base64
import contextlib
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import numpy as np
import soundfile

from apps.core.events import publish_event
from apps.core.sockets import Socket, SocketRoute
from apps.core.valkey import client
from apps.jobs.models import Job, Part
from apps.speech.services import SpeechOrder
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.answers import AudioForm
from apps.text_streams.events import SentenceFailed
from apps.text_streams.sockets import read_while_writing
from apps.text_streams.speaking import submit_speech
from apps.text_streams.stream import TextStream, TextStreamLimits
from tests.factories_jobs import outcome_of, started, store_output
from tests.working import working
from workers.contract import names
from workers.contract.live_audio import LiveAudio
from workers.contract.messages import PartOutcome

RATE: Final = 24_000
WORD_SECONDS: Final = 0.1
PATIENCE: Final = 20.0


class Reader:
    """Speaks a tone of a tenth of a second for each word. A sentence with `hold` waits for `resume` after its first word, one with `later`
    before it, while others are spoken; one with `fail` fails.
    """

    def __init__(self) -> None:
        self.resume = threading.Event()
        self.texts: list[str] = []
        """Texts of the parts, in the order in which they were begun."""

    def do(self, part: Part) -> PartOutcome | None:
        text = part.work["text"]
        if "later" in text and not self.resume.is_set():
            return None
        self.texts.append(text)
        part = started(part)
        if "fail" in text:
            return outcome_of(part, status="failed", error_code="broken", error_message="It broke.", is_retryable=False)
        words = text.split()
        samples = [self._say(part, words, index=index) for index in range(1 if "hold" in text else len(words))]
        if "hold" in text:
            self.resume.wait(PATIENCE)
            if Job.objects.get(pk=part.job_id).cancel_requested_at is not None:
                return outcome_of(part, status="cancelled", units_done=part.units // len(words))
            samples += [self._say(part, words, index=index) for index in range(1, len(words))]
        file = io.BytesIO()
        soundfile.write(file, np.concatenate(samples), RATE, format="WAV", subtype="PCM_16")
        return outcome_of(part, manifest=store_output(part, audio=file.getvalue()))

    def _say(self, part: Part, words: list[str], *, index: int) -> Any:
        count = round(WORD_SECONDS * RATE)
        samples = np.asarray(np.sin(np.arange(count) / RATE * 2 * np.pi * 440) * 8000, np.int16)
        start = index * WORD_SECONDS
        live = LiveAudio(
            index,
            RATE,
            start_sample=index * count,
            units_done=part.units * (index + 1) // len(words),
            words=({"word": words[index], "start": start, "end": start + WORD_SECONDS},),
            is_last=index == len(words) - 1,
            samples=samples.astype("<i2").tobytes(),
        )
        fields: dict[Any, Any] = live.to_fields()
        client().xadd(names.audio_stream(part.job_id.hex, part.index), fields)
        publish_event(part.job_id, {"type": "progress", "part": part.index, "units_done": live.units_done})
        return samples


@contextlib.contextmanager
def reading(reader: Reader | None = None) -> Iterator[Reader]:
    """Run the worker in the background."""
    reader = reader or Reader()
    with working(reader.do):
        try:
            yield reader
        finally:
            reader.resume.set()


async def serve(socket: Socket) -> None:
    """Speak what the client sends: `{"text"}`, `{"flush"}`, `{"clear"}`, `{"finish"}`; every event is a message of its own."""
    given = socket.request.GET
    settings = SpeechSettings(voice=given.get("voice"))
    form = AudioForm(given.get("format", "pcm"), sample_rate=int(given.get("rate", 0)))
    limits = TextStreamLimits(message_characters=5000, pending_characters=2000, pending_flushes=3)
    stream = TextStream(socket.exchange, socket.caller, settings=settings, form=form, request_id=socket.request_id, limits=limits)

    async def read() -> None:
        async for message in socket.messages():
            asked = json.loads(message)
            if "text" in asked:
                stream.feed(asked["text"])
            if "flush" in asked:
                stream.flush(asked["flush"])
            if "clear" in asked:
                await stream.clear()
                await socket.send(json.dumps({"type": "Cleared"}))
            if "finish" in asked:
                stream.finish()

    async def write() -> None:
        async for event in stream:
            await socket.send(json.dumps({"type": type(event).__name__, **_shape(event)}))
            await asyncio.sleep(0)

    async with stream:
        await read_while_writing(read(), write())


async def serve_abandoned(socket: Socket) -> None:
    """Submit a sentence as a text stream does, and leave before it is accepted."""
    stream = TextStream(socket.exchange, socket.caller, settings=SpeechSettings(), form=AudioForm("pcm"), request_id=socket.request_id)
    order = SpeechOrder.of_text("I am here.", settings=stream.settings)
    task = asyncio.create_task(submit_speech(socket.exchange, socket.caller, order=order, request_id=socket.request_id))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


def _shape(event: Any) -> dict[str, Any]:
    if isinstance(event, SentenceFailed):
        return {"index": event.index, "code": event.error.code, "is_fatal": event.is_fatal}
    return {name: _plain(value) for name, value in asdict(event).items()}


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value) if isinstance(value, UUID) else value


ROUTES = (
    SocketRoute(path="/v1/test-text-stream/", handler=serve),
    SocketRoute(path="/v1/test-abandoned-submission/", handler=serve_abandoned),
)
