"""One channel of a live connection: its utterances are recognised while they grow, and once more when they have ended."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from apps.compat.deepgram.live_options import LiveOptions
from apps.compat.deepgram.transcripts import Transcript, read_transcript_of
from apps.compat.deepgram.utterances import UtteranceBuffer
from apps.core.errors import ApplicationError, TooManyRequestsError
from apps.jobs.models import Job
from apps.jobs.waiting import CONCURRENCY_WAIT_SECONDS
from apps.live_speech.jobs import LiveJobs
from apps.live_speech.speech_buffer import Recording, Samples, Turn
from workers.audio.voice_activity import SpeechStarted

INTERIM_SECONDS: Final = 1.0
"""New speech after which an utterance is recognised once more, at the earliest."""
MOST_WAITING_BYTES: Final = 4 << 20
"""Utterances that wait to be recognised; beyond it the connection is not read."""
MOST_WAITING: Final = 100
"""Endings that wait for their results, empty ones included; from there on the connection is not read."""
PLACE_STEP_SECONDS: Final = 0.25

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Utterance:
    """Speech that grows, with what was paid for it."""

    prices: list[int] = field(default_factory=list)
    """Prices in millicredits of the recognitions that heard a part of it, a failed one's left out."""
    heard_seconds: float = 0.0
    """Length that was recognised last."""
    is_final_sent: bool = False
    """True once its final result is on its way, after which no interim one follows."""

    @property
    def paid_millicredits(self) -> int:
        return sum(self.prices)


@dataclass(frozen=True, slots=True)
class Ending:
    """Ending of an utterance that waits for its final result."""

    utterance: Utterance
    recording: Recording | None
    """None where there was no speech to end."""
    end: float
    """Seconds of the stream."""
    is_speech_final: bool
    is_from_finalize: bool


class ChannelShapes(Protocol):
    """Messages about one channel."""

    def results(
        self,
        transcript: Transcript | None,
        *,
        channel: int,
        start: float,
        seconds: float,
        is_final: bool,
        is_speech_final: bool = False,
        is_from_finalize: bool = False,
    ) -> dict[str, Any]:
        """Message of an interim or a final result."""

    def speech_started(self, *, channel: int, seconds: float) -> dict[str, Any]:
        """Message of detected speech."""

    def utterance_end(self, *, channel: int, last_word_end: float) -> dict[str, Any]:
        """Message of a pause after the last word."""


class LiveChannel:
    """State of one channel. Its results are sent in the order of the audio."""

    def __init__(self, *, number: int, options: LiveOptions, shapes: ChannelShapes, jobs: LiveJobs, send: Send) -> None:
        self._number = number
        self._options = options
        self._shapes = shapes
        self._jobs = jobs
        self._send = send
        self.hotwords = options.listening.hotwords
        self._buffer = UtteranceBuffer(sample_rate=options.raw.sample_rate, silence_ms=options.silence_ms)
        self._utterance = Utterance()
        self._waiting: deque[Ending] = deque()
        self._is_recognising = False
        """True while a final result is made."""
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._interim: asyncio.Task[None] | None = None
        self._pricing = asyncio.Lock()
        """Held until a job is accepted, so that no other one of the same utterance has the same price in it."""
        self._last_word_end: float | None = None
        """End of the last word, until `UtteranceEnd` was sent for it or speech continued."""

    async def append(self, samples: Samples) -> None:
        """Take audio. Waits while too many results are outstanding."""
        for found in await self._jobs.compute(self._buffer.append, samples):
            if isinstance(found, SpeechStarted):
                await self._start(found)
            else:
                self._end(found)
        await self._send_utterance_end()
        self._recognise_growing()
        await self._wait_for_room()

    async def finalize(self, *, is_from_client: bool) -> None:
        """End the utterance in progress. A client that asked for it is answered, if only by an empty result. Waits while too many results are
        outstanding.
        """
        was_speaking = self._buffer.is_speaking
        recording = self._buffer.take() if was_speaking else None
        if recording is not None or is_from_client:
            self._put(recording, is_speech_final=self._options.has_endpointing, is_from_finalize=is_from_client)
        await self._wait_for_room()

    async def run(self) -> None:
        """Recognise ended utterances, one after the other, without end."""
        while True:
            while not self._waiting:
                self._news.clear()
                await self._news.wait()
            self._is_recognising = True
            try:
                await self._finish(self._waiting[0])
            finally:
                self._is_recognising = False
            self._waiting.popleft()
            self._room.set()
            await self._send_utterance_end()

    async def drain(self) -> None:
        """Wait until all ended utterances have their results."""
        while self._waiting:
            await self._wait_for_result()

    def close(self) -> None:
        """Stop recognising."""
        if self._interim is not None:
            self._interim.cancel()

    @property
    def _waiting_bytes(self) -> int:
        return sum(len(one.recording.pcm) for one in self._waiting if one.recording is not None)

    async def _wait_for_room(self) -> None:
        while len(self._waiting) >= MOST_WAITING or self._waiting_bytes > MOST_WAITING_BYTES:
            await self._wait_for_result()

    async def _wait_for_result(self) -> None:
        """Wait until one more ending has its result."""
        self._room.clear()
        await self._room.wait()

    async def _start(self, started: SpeechStarted) -> None:
        await self._send_utterance_end(started.start_ms / 1000)
        self._last_word_end = None
        if self._options.has_voice_events:
            await self._send(self._shapes.speech_started(channel=self._number, seconds=started.start_ms / 1000))

    def _end(self, turn: Turn) -> None:
        self._put(turn.recording, is_speech_final=turn.is_silence_heard and self._options.has_endpointing, is_from_finalize=False)

    def _put(self, recording: Recording | None, *, is_speech_final: bool, is_from_finalize: bool) -> None:
        utterance, self._utterance = self._utterance, Utterance()
        end = self._buffer.end_seconds if recording is None else recording.start_seconds + recording.seconds
        self._waiting.append(Ending(utterance, recording, end, is_speech_final=is_speech_final, is_from_finalize=is_from_finalize))
        self._news.set()

    def _recognise_growing(self) -> None:
        """Recognise the utterance in progress if enough of it is new: one at a time, and never beside a final result."""
        if not self._options.has_interim_results or not self._buffer.is_speaking or self._waiting:
            return
        if self._interim is not None and not self._interim.done():
            return
        if self._buffer.seconds - self._utterance.heard_seconds >= INTERIM_SECONDS:
            recording = self._buffer.peek()
            self._utterance.heard_seconds = recording.seconds
            self._interim = asyncio.create_task(self._show_growing(self._utterance, recording))

    async def _show_growing(self, utterance: Utterance, recording: Recording) -> None:
        try:
            transcript = await self._recognise(utterance, recording, is_interim=True)
        except ApplicationError:  # the final result is tried, and tells what is wrong
            return
        if not utterance.is_final_sent and transcript.words:
            await self._send_results(transcript, recording, is_final=False)

    async def _finish(self, ending: Ending) -> None:
        if ending.recording is None:
            shape = self._shapes.results(
                None, channel=self._number, start=ending.end, seconds=0.0, is_final=True, is_speech_final=True,
                is_from_finalize=ending.is_from_finalize,
            )  # fmt: skip
            await self._send(shape)
            return
        transcript = await self._recognise_in_turn(ending.utterance, ending.recording)
        if transcript.words:
            self._last_word_end = transcript.words[-1].end
        ending.utterance.is_final_sent = True
        await self._send_results(
            transcript,
            ending.recording,
            is_final=True,
            is_speech_final=ending.is_speech_final,
            is_from_finalize=ending.is_from_finalize,
        )

    async def _recognise_in_turn(self, utterance: Utterance, recording: Recording) -> Transcript:
        """Recognise once the account has a place: an interim result that is being made gives its own back."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CONCURRENCY_WAIT_SECONDS
        while True:
            try:
                return await self._recognise(utterance, recording)
            except TooManyRequestsError as error:
                if error.code != "concurrency_limit_exceeded" or loop.time() > deadline:
                    raise
            await asyncio.sleep(PLACE_STEP_SECONDS)

    async def _recognise(self, utterance: Utterance, recording: Recording, *, is_interim: bool = False) -> Transcript:
        """Transcript of a recording. It costs what its utterance was not charged for yet."""
        order = self._options.listening.order(is_awaited=True, hotwords=self.hotwords)
        accepted: list[int] = []

        def count(job: Job) -> None:
            accepted.append(job.price_millicredits)
            utterance.prices.append(job.price_millicredits)
            self._pricing.release()

        await self._pricing.acquire()
        try:
            _, document = await self._jobs.recognise(
                recording, order=order, paid_millicredits=utterance.paid_millicredits, is_interim=is_interim, on_accepted=count
            )
        except ApplicationError:
            if accepted:
                utterance.prices.remove(accepted[0])
            raise
        finally:
            if not accepted:
                self._pricing.release()
        return read_transcript_of(document, options=self._options.listening, offset_seconds=recording.start_seconds)

    async def _send_results(
        self,
        transcript: Transcript,
        recording: Recording,
        *,
        is_final: bool,
        is_speech_final: bool = False,
        is_from_finalize: bool = False,
    ) -> None:
        await self._send(
            self._shapes.results(
                transcript,
                channel=self._number,
                start=recording.start_seconds,
                seconds=recording.seconds,
                is_final=is_final,
                is_speech_final=is_speech_final,
                is_from_finalize=is_from_finalize,
            )
        )

    async def _send_utterance_end(self, until: float | None = None) -> None:
        """Tell a pause after the last word that is long enough. until: second at which speech continues."""
        last, pause = self._last_word_end, self._options.utterance_end_ms / 1000
        if last is None or not pause or self._waiting or (until is None and self._buffer.is_speaking):
            return
        if (self._buffer.end_seconds if until is None else until) - last >= pause:
            self._last_word_end = None
            await self._send(self._shapes.utterance_end(channel=self._number, last_word_end=last))
