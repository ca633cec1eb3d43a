"""A text that arrives in pieces, spoken while it arrives: sentences, one small job each, one stream of audio."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from apps.accounts.callers import Caller
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.exception_handler import as_application_error
from apps.jobs.models import Job
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.answers import AudioForm, StreamEncoder
from apps.streaming.chunks import AudioChunk
from apps.text_streams.events import Finished, Flushed, SentenceEnded, SentenceFailed, SentenceStarted, SpokenAudio, StreamEvent
from apps.text_streams.look_ahead import LookAhead, Marker, PendingSentence, SubmittedSentence
from apps.text_streams.speaking import check_speech_settings, open_job_audio
from workers.contract.live_audio import BYTES_PER_SAMPLE
from workers.text.markup.boundaries import PAUSES, Break
from workers.text.markup.incoming import IncomingSentence, IncomingText

JOB_FORMAT: Final = "wav"
"""Format of the stored results: whatever form the listener gets, the same sentence is found in the cache."""
SILENCE_AROUND_SECONDS: Final = 0.18
"""Silence after the last sound of a job and before the first of the next (workers/audio/joins.py), part of the pause between them."""
FATAL_STATUSES: Final = frozenset({401, 402, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStreamLimits:
    """Bounds on the text of one stream."""

    message_characters: int = 50_000
    """Longest text of one call of `feed`."""
    pending_characters: int = 100_000
    """Most text that waits to be spoken; a client that writes faster than speech must wait for its audio."""
    pending_flushes: int = 1000
    """Most flushes that wait for the audio before them."""


class TextStream:
    """Use it as a context manager; leaving the block stops what is spoken, which is charged as far as it was sent.

    `feed`, `flush`, `finish` and `clear` may be called while another task iterates over the events. The iteration sets the pace: audio that
    is not taken is not read, and no more than a few sentences are made ahead.
    """

    def __init__(
        self,
        exchange: Exchange,
        caller: Caller,
        *,
        settings: SpeechSettings,
        form: AudioForm,
        request_id: str,
        limits: TextStreamLimits | None = None,
    ) -> None:
        """settings: those of all sentences; the format is not read."""
        self._exchange = exchange
        self._caller = caller
        self._request_id = request_id
        self._limits = limits or TextStreamLimits()
        self.settings = replace(
            settings, format=JOB_FORMAT, sample_rate=0, bitrate=0, has_listener=True, is_streamed=True, has_chapters=False
        )
        """Settings of the next sentences; may be replaced between two of them."""
        self._encoder = StreamEncoder(form, exchange=exchange)
        self._text = IncomingText()
        self._next_index = 0
        self._pause_after: Break | None = None
        """Boundary after the sentence that was spoken last."""
        self.seconds = 0.0
        """Length of the audio so far."""
        self._is_finished = False
        self._events: asyncio.Queue[StreamEvent | ApplicationError] = asyncio.Queue(maxsize=1)
        self._ahead: LookAhead | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Check the settings. Raises ApplicationErrors for an unknown voice or model."""
        await self._exchange.run(check_speech_settings, self._caller, settings=self.settings)
        self._start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self._stop()

    @property
    def sample_rate(self) -> int:
        """Hz of the encoded audio; 0 before the first."""
        return self._encoder.sample_rate

    @property
    def pending_characters(self) -> int:
        """Characters that are not spoken yet, but for the few sentences that have their jobs."""
        return self._text.pending_characters + self._required.waiting_characters

    def feed(self, text: str) -> None:
        """Add text. Raises InvalidRequestError for too much of it, or after `finish`."""
        if self._is_finished:
            raise InvalidRequestError("The text is finished. Nothing can be added to it.", code="text_finished", param="text")
        if len(text) > self._limits.message_characters:
            message = f"A message has at most {self._limits.message_characters} characters of text, and this one {len(text)}."
            raise InvalidRequestError(message, code="text_too_long", param="text")
        if self.pending_characters + len(text) > self._limits.pending_characters:
            most = self._limits.pending_characters
            message = f"More than {most} characters would wait to be spoken. Receive their audio before you send more."
            raise InvalidRequestError(message, code="too_much_pending_text", param="text")
        self._put(self._text.feed(text))

    def flush(self, marker: Any = None) -> None:
        """Speak the text so far, complete or not; `Flushed` with this marker follows its audio. Raises InvalidRequestError for too many."""
        most = self._limits.pending_flushes
        if self._required.waiting_markers >= most:
            message = f"More than {most} flushes would wait for the audio before them. Receive the audio before you flush again."
            raise InvalidRequestError(message, code="too_many_flushes")
        self._put(self._text.flush())
        self._required.put(Marker(marker))

    def finish(self) -> None:
        """Speak the rest of the text; `Finished` is the last event."""
        if not self._is_finished:
            self._is_finished = True
            self._put(self._text.flush())
            self._required.put(Marker(is_end=True))

    async def clear(self) -> None:
        """Discard what is not spoken yet and stop the sentence that is; no event of them comes after this."""
        await self._stop()
        self._text.clear()
        while not self._events.empty():
            self._events.get_nowait()
        self._start()
        if self._is_finished:
            self._required.put(Marker(is_end=True))

    async def __aiter__(self) -> AsyncIterator[StreamEvent]:
        """Events up to `Finished`, or to a failure that is fatal. Raises ListenerLeftError."""
        while True:
            event = await self._events.get()
            if isinstance(event, ApplicationError):
                raise event
            yield event
            if isinstance(event, Finished) or (isinstance(event, SentenceFailed) and event.is_fatal):
                return

    @property
    def _required(self) -> LookAhead:
        assert self._ahead is not None, "the stream is used as a context manager"  # noqa: S101
        return self._ahead

    def _start(self) -> None:
        self._ahead = LookAhead(self._exchange, self._caller, request_id=self._request_id)
        self._task = asyncio.create_task(self._run(self._ahead))

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task.cancelled() or self._task.exception()  # retrieved, else asyncio logs it
        if self._ahead is not None:
            self._ahead.close()

    def _put(self, sentences: list[IncomingSentence]) -> None:
        for sentence in sentences:
            self._required.put(PendingSentence(self._next_index, sentence, self.settings))
            self._next_index += 1

    async def _run(self, ahead: LookAhead) -> None:
        try:
            while True:
                item = await ahead.take()
                if isinstance(item, SubmittedSentence):
                    await self._speak(item, ahead=ahead)
                    ahead.note_heard(is_end=True)
                elif item.is_end:
                    await self._events.put(Finished(await self._encoder.finish(), round(self.seconds, 4)))
                    return
                else:
                    await self._events.put(Flushed(item.value))
        except Exception as error:  # noqa: BLE001 - the edge of the task; as_application_error logs a bug
            await self._events.put(as_application_error(error))

    async def _speak(self, item: SubmittedSentence, *, ahead: LookAhead) -> None:
        """Read the audio of a sentence; its failure is an event."""
        pending, outcome = item.pending, item.outcome
        try:
            if isinstance(outcome, ApplicationError):
                raise outcome
            await self._read(pending, outcome, ahead=ahead)
        except ApplicationError as error:
            if error.code != "blank":  # nothing in it can be spoken, such as a row of dots
                failed = SentenceFailed(pending.index, pending.sentence.text, error, is_fatal=error.status in FATAL_STATUSES)
                await self._events.put(failed)

    async def _read(self, pending: PendingSentence, job: Job, *, ahead: LookAhead) -> None:
        sentence, before, begins_at = pending.sentence, self.seconds, 0.0
        has_begun = False
        async with open_job_audio(self._exchange, job) as chunks:
            async for spoken in chunks:
                chunk = spoken
                if not has_begun:
                    has_begun = True
                    ahead.note_heard(is_end=False)
                    chunk, begins_at = self._after_pause(spoken)
                    started = SentenceStarted(pending.index, sentence.text, sentence.start, round(begins_at, 4), job.uuid)
                    await self._events.put(started)
                await self._publish_audio(chunk, begins_at=begins_at)
        self._pause_after = sentence.kind
        seconds = round(self.seconds - before, 4)
        await self._events.put(SentenceEnded(pending.index, seconds, len(sentence.text), job.price_millicredits))

    def _after_pause(self, chunk: AudioChunk) -> tuple[AudioChunk, float]:
        """The first chunk of a sentence behind the pause after the one before, and the second at which its job's audio begins."""
        pause = 0.0 if self._pause_after is None else PAUSES[self._pause_after] / self.settings.speed - SILENCE_AROUND_SECONDS
        count = max(0, round(pause * chunk.sample_rate))
        silence = np.zeros(count * BYTES_PER_SAMPLE, np.uint8).tobytes()
        return replace(chunk, samples=silence + chunk.samples), self.seconds + count / chunk.sample_rate

    async def _publish_audio(self, chunk: AudioChunk, *, begins_at: float) -> None:
        words = tuple(
            {"word": word["word"], "start": round(word["start"] + begins_at, 4), "end": round(word["end"] + begins_at, 4)}
            for word in chunk.words
        )
        data, start = await self._encoder.encode(chunk), self.seconds
        self.seconds += chunk.seconds
        await self._events.put(SpokenAudio(data, round(start, 4), round(chunk.seconds, 4), words))
