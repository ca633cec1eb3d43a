"""Turns sentences into jobs a little ahead of the listener, so that no worker waits between two of them."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, TooManyRequestsError
from apps.core.exception_handler import as_application_error
from apps.jobs.models import Job
from apps.jobs.waiting import CONCURRENCY_WAIT_SECONDS
from apps.speech.kinds import SPEECH
from apps.speech.services import SpeechOrder
from apps.speech.speech_settings import SpeechSettings
from apps.text_streams.speaking import drop_unheard, submit_speech
from workers.text.markup.incoming import IncomingSentence

MOST_AHEAD: Final = 3
"""Jobs beyond the one that is heard; fewer where the plan has few concurrent jobs, which other requests of the account need too."""
FIRST_DELAY_SECONDS: Final = 0.05
LONGEST_DELAY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Marker:
    """A flush between two sentences, or the end of the stream."""

    value: Any = None
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class PendingSentence:
    """A sentence that waits to be spoken."""

    index: int
    sentence: IncomingSentence
    settings: SpeechSettings


@dataclass(frozen=True, slots=True)
class SubmittedSentence:
    """A sentence with its job, or with the error that it was refused with."""

    pending: PendingSentence
    outcome: Job | ApplicationError


class LookAhead:
    """Submits sentences in order. `take` gives them back in order; `close` ends the jobs that were not taken.

    The second sentence is submitted once the first is heard, so that the beginnings of many streams are spoken before their continuations.
    """

    def __init__(self, exchange: Exchange, caller: Caller, *, request_id: str) -> None:
        self._exchange = exchange
        self._caller = caller
        self._request_id = request_id
        self._waiting: deque[PendingSentence | Marker] = deque()
        self._ready: deque[SubmittedSentence | Marker] = deque()
        self._for_submitter, self._for_taker = asyncio.Event(), asyncio.Event()
        self.waiting_markers = 0
        """Markers that were put and not taken."""
        self._unheard = 0
        """Sentences that were submitted and are not heard to their end."""
        self._has_begun = False
        self._most_ahead = min(MOST_AHEAD, max(1, caller.concurrent_jobs // 3))
        self._chosen: tuple[str, str] | None = None
        """Model and voice that were chosen for the first sentence, which later ones keep."""
        self._task = asyncio.create_task(self._submit_all())

    @property
    def waiting_characters(self) -> int:
        """Characters of sentences that have no job yet."""
        return sum(len(item.sentence.text) for item in self._waiting if isinstance(item, PendingSentence))

    def put(self, item: PendingSentence | Marker) -> None:
        """Add a sentence, or a marker behind the sentences so far."""
        self.waiting_markers += isinstance(item, Marker)
        self._waiting.append(item)
        self._for_submitter.set()

    async def take(self) -> SubmittedSentence | Marker:
        """Wait for the next sentence or marker."""
        while not self._ready:
            self._for_taker.clear()
            await self._for_taker.wait()
        item = self._ready.popleft()
        self.waiting_markers -= isinstance(item, Marker)
        return item

    def note_heard(self, *, is_end: bool) -> None:
        """The sentence that was taken last is heard, for the first time or to its end."""
        self._has_begun = True
        self._unheard -= is_end
        self._for_submitter.set()

    def close(self) -> None:
        """Stop, and end the jobs of which nothing was heard."""
        self._task.cancel()
        for item in self._ready:
            if isinstance(item, SubmittedSentence) and isinstance(item.outcome, Job):
                clean_up(drop_unheard(self._exchange, item.outcome))
        self._ready.clear()

    async def _submit_all(self) -> None:
        while True:
            while not self._waiting or not self._may_submit(self._waiting[0]):
                self._for_submitter.clear()
                await self._for_submitter.wait()
            item = self._waiting[0]
            if isinstance(item, PendingSentence):
                self._unheard += 1
                ready: SubmittedSentence | Marker = SubmittedSentence(item, await self._submit(item))
            else:
                ready = item
            self._waiting.popleft()
            self._ready.append(ready)
            self._for_taker.set()

    def _may_submit(self, item: PendingSentence | Marker) -> bool:
        return isinstance(item, Marker) or not self._unheard or (self._has_begun and self._unheard <= self._most_ahead)

    async def _submit(self, pending: PendingSentence) -> Job | ApplicationError:
        order = SpeechOrder.of_text(pending.sentence.text, settings=pending.settings)
        if not order.voice and self._chosen is not None:
            order = replace(order, model=self._chosen[0], voice=self._chosen[1])
        try:
            job = await self._submit_in_its_turn(order)
        except Exception as error:  # noqa: BLE001 - the edge of the task; as_application_error logs a bug
            return as_application_error(error)
        params = SPEECH.read_params(job)
        self._chosen = self._chosen or (params.model, params.voice)
        return job

    async def _submit_in_its_turn(self, order: SpeechOrder) -> Job:
        """Submit once the plan has a place: other sentences and other requests of the account give theirs back."""
        end, delay = time.monotonic() + CONCURRENCY_WAIT_SECONDS, FIRST_DELAY_SECONDS
        while True:
            try:
                return await submit_speech(self._exchange, self._caller, order=order, request_id=self._request_id)
            except TooManyRequestsError as error:
                if error.code != "concurrency_limit_exceeded" or time.monotonic() + delay > end:
                    raise
            await asyncio.sleep(delay)
            delay = min(LONGEST_DELAY_SECONDS, delay * 1.5)
