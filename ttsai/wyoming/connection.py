"""One connection: its events in their order, and the speech or transcript in progress."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped

from ttsai.api_client import ApiClient, ApiError
from ttsai.wyoming.bounded_events import BadEventError, read_event
from ttsai.wyoming.program_info import ProgramInfo
from ttsai.wyoming.synthesis import MOST_CHARACTERS, RATE, WIDTH, Choice, StreamedSpeech, speak
from ttsai.wyoming.transcription import Listening

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 300.0
"""Longest time without an event of the client, while something of it is awaited: all but the end of speech and transcripts."""
WRITE_SECONDS: Final = 60.0
"""Longest time for a client to read what it was sent."""


@dataclass(frozen=True, slots=True)
class Service:
    """Platform and defaults of all connections."""

    api: ApiClient
    info: ProgramInfo
    voice: str | None = None
    """Voice of requests that name none."""
    recogniser: str | None = None
    """Model of transcriptions that name none."""
    most_audio_seconds: float = 300.0


class Connection:
    """Serves one client until it leaves, errs, or the server stops."""

    def __init__(self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._service = service
        self._reader = reader
        self._writer = writer
        self._working: asyncio.Task[None] | None = None
        self._streamed: StreamedSpeech | None = None
        self._wanted: Transcribe | None = None
        self._listening: Listening | None = None
        self._handlers: dict[str, Callable[[Event], Any]] = {
            "describe": self._describe,
            "ping": self._pong,
            "synthesize": self._synthesize,
            "synthesize-start": self._start_stream,
            "synthesize-chunk": self._add_text,
            "synthesize-stop": self._stop_stream,
            "transcribe": self._choose_recogniser,
            "audio-start": self._start_audio,
            "audio-chunk": self._add_audio,
            "audio-stop": self._stop_audio,
        }

    @property
    def is_busy(self) -> bool:
        """True while something is spoken or transcribed."""
        return self._working is not None and not self._working.done()

    async def serve(self) -> None:
        """Answer the client's events. An error is sent as an event and ends the connection."""
        try:
            await self._read_events()
        except ApiError as error:
            await self._send_error(error.message, code=error.code)
        except (BadEventError, KeyError, TypeError, ValueError, AttributeError) as error:  # the package reads data without looking
            is_ours = isinstance(error, BadEventError)
            await self._send_error(str(error) if is_ours else "The event's data is not valid.", code="bad_event")
        except (ConnectionError, TimeoutError):
            logger.info("a client left")
        finally:
            await self._end()

    async def send_error(self, text: str, *, code: str) -> None:
        """Send an error event and close, instead of serving."""
        await self._send_error(text, code=code)
        await self._end()

    async def _read_events(self) -> None:
        while True:
            event = await self._next_event()
            if event is None:
                return
            handler = self._handlers.get(event.type)
            if handler is not None:  # events of satellites and other programs are not for us
                await handler(event)

    async def _next_event(self) -> Event | None:
        """Next event; None if the client has left or was silent too long. Raises what ended the work in progress."""
        reading = asyncio.ensure_future(read_event(self._reader))
        try:
            while True:
                speaking = self._working
                waiting = [reading, speaking] if speaking is not None else [reading]
                is_awaited = speaking is None or self._streamed is not None
                timeout = IDLE_SECONDS if is_awaited else None
                done, _ = await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                if speaking is not None and speaking in done:
                    self._working = None
                    speaking.result()
                if reading in done:
                    return reading.result()
                if not done:
                    return None
        finally:
            reading.cancel()

    async def _describe(self, _: Event) -> None:
        await self._send((await self._service.info.read()).event())

    async def _pong(self, event: Event) -> None:
        await self._send(Pong(text=Ping.from_event(event).text).event())

    async def _synthesize(self, event: Event) -> None:
        if self._streamed is not None:
            return  # the whole text once more, for servers that do not stream
        wanted = Synthesize.from_event(event)
        text = str(wanted.text)
        if len(text) > MOST_CHARACTERS:
            raise ApiError("text_too_long", f"A text may have {MOST_CHARACTERS:,} characters.")
        await self._finish_working()
        choice = Choice.of(wanted.voice, default=self._service.voice)
        self._working = asyncio.create_task(self._play(speak(self._service.api, text, choice)))

    async def _start_stream(self, event: Event) -> None:
        await self._finish_working()
        choice = Choice.of(SynthesizeStart.from_event(event).voice, default=self._service.voice)
        self._streamed = StreamedSpeech(self._service.api, choice)
        self._working = asyncio.create_task(self._play_stream(self._streamed.audio()))

    async def _add_text(self, event: Event) -> None:
        if self._streamed is None:
            raise BadEventError("synthesize-chunk comes after synthesize-start.")
        await self._while_speaking(self._streamed.feed(str(SynthesizeChunk.from_event(event).text)))

    async def _stop_stream(self, event: Event) -> None:
        SynthesizeStop.from_event(event)
        if self._streamed is not None:
            await self._while_speaking(self._streamed.finish())
            self._streamed = None

    async def _choose_recogniser(self, event: Event) -> None:
        self._wanted = Transcribe.from_event(event)

    async def _start_audio(self, event: Event) -> None:
        self._discard_audio()
        self._listening = Listening(self._wanted, AudioStart.from_event(event), most_seconds=self._service.most_audio_seconds)

    async def _add_audio(self, event: Event) -> None:
        chunk = AudioChunk.from_event(event)
        if self._listening is None:  # a client may leave out audio-start
            self._listening = Listening(self._wanted, chunk, most_seconds=self._service.most_audio_seconds)
        self._listening.add(chunk)

    async def _stop_audio(self, event: Event) -> None:
        AudioStop.from_event(event)
        if self._listening is None and self._wanted is None:
            return  # a satellite was paused: nobody waits for a transcript
        await self._finish_working()
        listening, self._listening = self._listening, None
        wanted, self._wanted = self._wanted, None
        if listening is None or listening.is_empty:
            if listening is not None:
                listening.close()
            await self._send_empty_transcript(wanted)
            return
        self._working = asyncio.create_task(self._transcribe(listening, language=wanted.language if wanted else None))

    async def _send_empty_transcript(self, wanted: Transcribe | None) -> None:
        """Answer a request without audio, as of a button that was only touched."""
        language = wanted.language if wanted else None
        for event in (TranscriptStart(language=language), Transcript(text="", language=language), TranscriptStop()):
            await self._send(event.event())

    async def _transcribe(self, listening: Listening, *, language: str | None) -> None:
        try:
            await self._send(TranscriptStart(language=language).event())
            async with contextlib.aclosing(listening.transcribe(self._service.api, model=self._service.recogniser)) as heard:
                async for text in heard:
                    event = Transcript(text=text.text, language=text.language) if text.is_final else TranscriptChunk(text=text.text)
                    await self._send(event.event())
            await self._send(TranscriptStop().event())
        finally:
            listening.close()

    async def _play(self, audio: AsyncGenerator[bytes]) -> None:
        """Send audio with its start and its end; a text without sound has both, and no chunks."""
        async with contextlib.aclosing(audio):
            await self._send(AudioStart(rate=RATE, width=WIDTH, channels=1).event())
            async for chunk in audio:
                if chunk:
                    await self._send(AudioChunk(rate=RATE, width=WIDTH, channels=1, audio=chunk).event())
            await self._send(AudioStop().event())

    async def _play_stream(self, audio: AsyncGenerator[bytes]) -> None:
        await self._play(audio)
        await self._send(SynthesizeStopped().event())

    async def _while_speaking(self, feeding: Coroutine[Any, Any, None]) -> None:
        """Hand text to the speech in progress, which may wait for room. Raises what ended the speech."""
        task = asyncio.ensure_future(feeding)
        try:
            await asyncio.wait((task, self._working) if self._working is not None else (task,), return_when=asyncio.FIRST_COMPLETED)
            if self._working is not None and self._working.done():
                self._working.result()
            if task.done():
                task.result()
        finally:
            task.cancel()

    async def _finish_working(self) -> None:
        if self._working is not None:
            speaking, self._working = self._working, None
            await speaking

    async def _send(self, event: Event) -> None:
        async with asyncio.timeout(WRITE_SECONDS):
            await async_write_event(event, self._writer)

    async def _send_error(self, text: str, *, code: str) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            await self._send(Error(text=text, code=code).event())

    async def _end(self) -> None:
        try:
            self._discard_audio()
            if self._working is not None:
                self._working.cancel()
                await asyncio.gather(self._working, return_exceptions=True)
        finally:
            await self._close()

    async def _close(self) -> None:
        """Close the connection, whatever was left to be sent after a second."""
        self._writer.close()
        try:
            with contextlib.suppress(OSError):  # a timeout too
                async with asyncio.timeout(1.0):
                    await self._writer.wait_closed()
        finally:
            self._writer.transport.abort()

    def _discard_audio(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()
