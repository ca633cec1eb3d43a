"""Reader of a job's audio while it is made: the parts in order, each sentence once, whatever becomes of their workers.

A job that follows an identical one in flight (apps/cache) has that one's audio. If that one ends without a result, the reader continues with
whatever computes in its place, after what was heard already.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.core.background import clean_up
from apps.core.deferred import Exchange
from apps.core.errors import ApplicationError, ConflictError
from apps.jobs.models import SPEAK, Job, JobState, Part, PartState
from apps.jobs.outcomes import failure_as_error
from apps.jobs.services.cancel import cancel_job
from apps.jobs.waiting import RECONNECT_GRACE_SECONDS, still_running
from apps.streaming.chunks import AudioChunk
from apps.streaming.news import IDLE_SECONDS, JobNews
from apps.streaming.sources import find_source
from apps.streaming.stored_audio import StoredAudio, find_job_audio, find_part_audio, read_stored
from workers.contract.live_audio import BYTES_PER_SAMPLE, LiveAudio

logger = logging.getLogger(__name__)

SUCCESSOR_POLL_SECONDS = 1.0
"""Longest wait between two looks for the job that computes in place of one that ended."""
LISTENER_POLL_SECONDS = 2.0
"""Time between two looks for others that listen to a job whose own listener has left."""


@dataclass(frozen=True, slots=True)
class _SpeechPart:
    index: int
    units: int


@dataclass(slots=True)
class _Position:
    """Place in the live audio of one part."""

    cursor: str = "0"
    index: int = 0
    samples: int = 0
    read_bytes: int = 0
    is_cut: bool = False
    is_done: bool = False
    """True if the rows say that the part is done: what its stream lacks is in its file."""

    def take(self, live: LiveAudio) -> bool:
        """Advance over an entry; False for one that was read already, by an earlier attempt, or that comes after a gap."""
        if live.index != self.index:
            return False
        self.is_cut = live.is_cut
        if not live.is_cut:
            self.index += 1
            self.samples += len(live.samples) // BYTES_PER_SAMPLE
            self.read_bytes += len(live.samples)
        return not live.is_cut


class JobAudio:
    """Audio of one job, to be iterated over once. Use it through `listen`."""

    def __init__(self, exchange: Exchange, job_uuid: UUID, *, first_seconds: float) -> None:
        self.exchange = exchange
        self.job_uuid = job_uuid
        self.seconds = 0.0
        """Length of the chunks so far."""
        self.units_sent = 0
        """Characters of the text that they speak, without those of unfinished sentences."""
        self.is_complete = False
        """True if all of the audio was read."""
        self.has_failed = False
        """True if the job failed or the server stops: nobody left."""
        self._deadline = time.monotonic() + first_seconds
        self._next_index = 0
        self._sample_rate = 0
        self._source = job_uuid
        """Job whose audio is read: this one, or the one that it follows."""
        self._own_news: JobNews | None = None
        """News of this job while another one is the source."""
        self._source_seconds = 0.0
        """Length of what was read of the source: behind `seconds` while another source repeats what was heard."""
        self._source_units = 0
        self._parts: tuple[_SpeechPart, ...] = ()
        self._part = 0
        self._is_rest_read = False
        """True once the job's own file gave what was left of all parts."""

    @property
    def has_begun(self) -> bool:
        """True if there was a chunk."""
        return self._next_index > 0

    @property
    def unread_parts(self) -> range:
        """Indexes of the parts that were not read to their end."""
        return range(self._part, max((part.index for part in self._parts), default=-1) + 1)

    async def __aiter__(self) -> AsyncGenerator[AudioChunk]:
        """Chunks in order. Raises the job's failure as ApplicationError, 504 if there is no audio in time, ListenerLeftError."""
        try:
            async with contextlib.aclosing(self._chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ApplicationError:
            self.has_failed = True
            raise
        self.is_complete = True

    async def _chunks(self) -> AsyncGenerator[AudioChunk]:
        await self._choose_source()
        while True:
            try:
                async with self._source_listening(), contextlib.aclosing(self._source_chunks()) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except ApplicationError:
                if self._source == self.job_uuid or not (await self.exchange.run(_read_job, self._source)).is_over:
                    raise
                await self._choose_source(ended=self._source)
                self._source_seconds, self._source_units, self._part, self._is_rest_read = 0.0, 0, 0, False
            else:
                return

    async def _choose_source(self, *, ended: UUID | None = None) -> None:
        """Find the job whose audio this one gets; after the end of another without a result, the one that computes in its place."""
        news: JobNews | None = None
        try:
            while (found := await self.exchange.run(find_source, self.job_uuid)) is None or found == ended:
                news = news or JobNews(self.exchange, self.job_uuid)
                await self._wait(news, longest=SUCCESSOR_POLL_SECONDS)
        finally:
            if news is not None:
                news.close()
        self._source = found

    @contextlib.asynccontextmanager
    async def _source_listening(self) -> AsyncIterator[None]:
        """Count this request among those that wait for a source that is another job, whose own listener may leave."""
        if self._source == self.job_uuid:
            yield
            return
        self._own_news = JobNews(self.exchange, self.job_uuid)
        try:
            async with self.exchange.listening(self._source):
                yield
        finally:
            self._own_news.close()
            self._own_news = None

    async def _check_own_job(self) -> None:
        """Raise the failure of a job that ended while it follows another: it was cancelled."""
        if self._own_news is not None and self._own_news.take():
            await self.exchange.run(_check_job, self.job_uuid)

    async def _source_chunks(self) -> AsyncGenerator[AudioChunk]:
        is_over, self._parts = await self.exchange.run(_read_plan, self._source)
        if is_over or not self._parts:
            if not is_over:
                await self._wait_for_end_of(self._source)
            async for chunk in self._stored(await self.exchange.run(find_job_audio, self._source)):
                yield chunk
        else:
            news = JobNews(self.exchange, self._source)
            if self._own_news is not None:
                self._own_news.wakes = news
            try:
                for part in self._parts:
                    if self._is_rest_read:
                        break
                    self._part = news.part = part.index
                    async for chunk in self._read_part(part, news=news):
                        yield chunk
            finally:
                news.close()

    async def wait_for_end(self) -> Job:
        """The completed job. Raises its failure as ApplicationError, ListenerLeftError, UnavailableError."""
        return await self._wait_for_end_of(self.job_uuid)

    async def _wait_for_end_of(self, job_uuid: UUID) -> Job:
        news = JobNews(self.exchange, job_uuid)
        try:
            while not (job := await self.exchange.run(_read_job, job_uuid)).is_over:
                await self._wait(news)
        finally:
            news.close()
        if job.state != JobState.COMPLETED:
            raise failure_as_error(job)
        return job

    async def _read_part(self, part: _SpeechPart, *, news: JobNews) -> AsyncIterator[AudioChunk]:
        units_before, position = self._source_units, _Position()
        while True:
            await self._check_own_job()
            entry = None if position.is_cut else await self.exchange.read_live_audio(self._source, part.index, position.cursor)
            if entry is None and position.is_done:
                async for chunk in self._read_rest(part, position=position):
                    yield chunk
                break
            if entry is None:
                if await self._wait(news):
                    position.is_done = await self.exchange.run(_is_part_done, self._source, part.index)
                continue
            position.cursor, live = entry
            if not position.take(live):
                continue
            self.units_sent = max(self.units_sent, units_before + min(live.units_done, part.units))
            if live.samples:
                starts_at = live.start_sample / live.sample_rate
                for chunk in self._skip_heard(live.samples, sample_rate=live.sample_rate, words=live.words, starts_at=starts_at):
                    yield chunk
            if live.is_last:
                break
        self._source_units = units_before + part.units
        self.units_sent = max(self.units_sent, self._source_units)
        self._part = part.index + 1
        await self.exchange.drop_live_audio(self._source, range(part.index, part.index + 1), read_bytes=position.read_bytes)

    async def _read_rest(self, part: _SpeechPart, *, position: _Position) -> AsyncIterator[AudioChunk]:
        """Read the rest of a finished part from its file, or from the job's if that was deleted already."""
        heard = position.samples / self._sample_rate if self._sample_rate else 0.0
        stored = await self.exchange.run(find_part_audio, self._source, part.index)
        if stored is not None:
            async for chunk in self._stored(stored, skip_seconds=heard):
                yield chunk
            return
        await self._wait_for_end_of(self._source)
        async for chunk in self._stored(await self.exchange.run(find_job_audio, self._source), skip_seconds=self._source_seconds):
            yield chunk
        self._is_rest_read = True

    async def _stored(self, stored: StoredAudio, *, skip_seconds: float = 0.0) -> AsyncIterator[AudioChunk]:
        """Chunks of a file from a moment on. Their units are not counted: a finished part is charged as a whole."""
        words = [word for word in stored.words if word["start"] >= skip_seconds - 0.001]
        at = skip_seconds
        blocks = read_stored(self.exchange, stored, sample_rate=self._sample_rate, skip_seconds=skip_seconds)
        async for samples, sample_rate in blocks:
            end = at + len(samples) / BYTES_PER_SAMPLE / sample_rate
            count = sum(word["start"] < end for word in words)
            for chunk in self._skip_heard(samples, sample_rate=sample_rate, words=words[:count], starts_at=at):
                yield chunk
            at, words = end, words[count:]

    def _skip_heard(
        self, samples: bytes, *, sample_rate: int, words: Iterable[Mapping[str, Any]], starts_at: float
    ) -> Iterator[AudioChunk]:
        """Next chunk, without what was heard of an earlier source; none if it was heard whole. starts_at: its beginning on the words' clock."""
        shift, self._sample_rate = self._source_seconds - starts_at, sample_rate
        moved = [{"word": word["word"], "start": round(word["start"] + shift, 4), "end": round(word["end"] + shift, 4)} for word in words]
        heard = max(0, round((self.seconds - self._source_seconds) * sample_rate))
        self._source_seconds += len(samples) / BYTES_PER_SAMPLE / sample_rate
        if heard:
            samples = samples[BYTES_PER_SAMPLE * heard :]
            moved = [word for word in moved if word["start"] >= self.seconds - 0.001]
        if samples:
            chunk = AudioChunk(self._next_index, samples, sample_rate, round(self.seconds, 4), tuple(moved))
            self._next_index += 1
            self.seconds += chunk.seconds
            yield chunk

    async def _wait(self, news: JobNews, *, longest: float = IDLE_SECONDS) -> bool:
        """Wait for news; True if the rows should be read."""
        if self.has_begun:
            return await news.wait(longest)
        left_seconds = self._deadline - time.monotonic()
        if left_seconds <= 0:
            raise still_running(self.job_uuid)
        return await news.wait(min(left_seconds, longest))


@contextlib.asynccontextmanager
async def listen(
    exchange: Exchange, job_uuid: UUID, *, is_kept: bool, first_seconds: float, grace_seconds: float = RECONNECT_GRACE_SECONDS
) -> AsyncIterator[JobAudio]:
    """Audio of a job for one listener. If the block ends before the audio does, the listener has left.

    A job whose only listener left is cancelled, and charged for what was sent; is_kept: it continues instead.
    first_seconds: longest wait for the first chunk; 504 after it, and the job continues. grace_seconds: wait for a client that heard nothing yet to repeat
    its request; none on a socket, whose client cannot.
    """
    audio = JobAudio(exchange, job_uuid, first_seconds=first_seconds)
    async with exchange.listening(job_uuid):
        try:
            yield audio
        finally:
            if not audio.is_complete and not audio.has_failed:
                clean_up(_abandon(audio, is_kept=is_kept, grace_seconds=grace_seconds))  # this task may be cancelled already


async def _abandon(audio: JobAudio, *, is_kept: bool, grace_seconds: float) -> None:
    exchange, job_uuid = audio.exchange, audio.job_uuid
    if not audio.has_begun:  # the client may have lost its connection, and repeat its request
        await asyncio.sleep(grace_seconds)
    while await exchange.count_other_waiters(job_uuid):
        if is_kept or (await exchange.run(_read_job, job_uuid)).is_over:
            return
        await asyncio.sleep(LISTENER_POLL_SECONDS)  # a stream of another job that follows this one may be the last to leave
    if not is_kept:
        await exchange.run(_cancel, job_uuid, units_sent=audio.units_sent)
    await exchange.drop_live_audio(job_uuid, audio.unread_parts, is_closed=True)


def _cancel(job_uuid: UUID, *, units_sent: int) -> None:
    with contextlib.suppress(ConflictError):  # it ended meanwhile
        cancel_job(Job.objects.get(uuid=job_uuid), reason="The listener left.", units_sent=units_sent)


def _read_plan(job_uuid: UUID) -> tuple[bool, tuple[_SpeechPart, ...]]:
    """Read the job: true if it is completed, and its parts that speak. Raises its failure as ApplicationError."""
    job = _check_job(job_uuid)
    parts = Part.objects.filter(job_id=job_uuid, kind=SPEAK).order_by("index").values_list("index", "units")
    return job.is_over, tuple(_SpeechPart(index, units) for index, units in parts)


def _check_job(job_uuid: UUID) -> Job:
    """The job. Raises its failure as ApplicationError."""
    job = _read_job(job_uuid)
    if job.is_over and job.state != JobState.COMPLETED:
        raise failure_as_error(job)
    return job


def _read_job(job_uuid: UUID) -> Job:
    return Job.objects.get(uuid=job_uuid)


def _is_part_done(job_uuid: UUID, index: int) -> bool:
    """True if the part is done, or the job without it. Raises the job's failure as ApplicationError."""
    part = Part.objects.filter(job_id=job_uuid, index=index).select_related("job").get()
    if part.job.is_over and part.job.state != JobState.COMPLETED:
        raise failure_as_error(part.job)
    return part.job.is_over or part.state == PartState.DONE
