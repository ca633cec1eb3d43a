"""Hub: the only reader of all job streams in this process. Valkey is read once, and every waiter is woken from memory."""

import asyncio
import contextlib
import json
import logging
import re
import time
import uuid
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import redis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from apps.core.valkey import CONNECT_SECONDS, ValkeyAway
from workers.contract import names
from workers.contract.live_audio import LiveAudio
from workers.contract.time_units import HOUR_SECONDS

logger = logging.getLogger(__name__)

Event = dict[str, Any]
EntryId = tuple[int, int]
FindEnds = Callable[[Iterable[str]], Awaitable[dict[str, Event]]]
"""Returns the end events of those jobs (32 hex digits) that have ended."""

AWAY = (*ValkeyAway, redis.exceptions.ResponseError, TimeoutError)
"""Errors of an unavailable server, including one that refuses writes because its disk is full."""
START: EntryId = (0, 0)
BLOCK_MILLISECONDS = 5_000
READ_COUNT = 500
POLL_SECONDS = 2.0
"""Longest delay until a finished job is noticed whose event was lost."""
BACKLOG = 1_000
"""Events kept in memory per subscriber; one that lags further is served from the stream again."""
WAKE_SECONDS = HOUR_SECONDS
NOTE_SECONDS = 2.0
"""Longest wait of a request for recording that it waits, and for live audio."""
CLOSED_BYTES = 1 << 50
"""Unread bytes of a job whose listener has left: more than workers publish."""

_ENTRY_ID = re.compile(r"(\d{1,18})-(\d{1,9})")


class Subscription:
    """Ordered events of one job for one waiter, each once."""

    def __init__(self, job: str, *, cursor: EntryId, only_end: bool) -> None:
        self.job = job
        self.cursor = cursor
        self.only_end = only_end
        self.events: deque[tuple[str, Event]] = deque()
        self.is_behind = False
        self._news = asyncio.Event()

    async def wait(self) -> None:
        """Wait until `events` may have something."""
        await self._news.wait()
        self._news.clear()

    def offer(self, entry: EntryId, event: Event) -> None:
        """Accept an event that follows the cursor; a full backlog leaves it in the stream."""
        if entry <= self.cursor or self.is_behind:
            return
        if self.only_end and event.get("type") != "end":
            self.cursor = entry
            return
        if len(self.events) >= BACKLOG:
            self.is_behind = True
            return
        self.cursor = entry
        self.push(f"{entry[0]}-{entry[1]}", event)

    def push(self, entry_id: str, event: Event) -> None:
        """Accept an event regardless of its position."""
        self.events.append((entry_id, event))
        self._news.set()


class _Stream:
    def __init__(self, cursor: EntryId) -> None:
        self.cursor = cursor
        self.subscriptions: set[Subscription] = set()


class Hub:
    """Reads the followed streams. Survives restarts of Valkey, and polls the rows for lost events."""

    def __init__(self, redis_url: str, *, find_end_events: FindEnds) -> None:
        self._find_ends = find_end_events
        self._streams: dict[str, _Stream] = {}
        self._valkey = Redis.from_url(
            redis_url,
            protocol=2,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=BLOCK_MILLISECONDS / 1000 + 5,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),  # the tasks here try again themselves
        )
        """Connections for all requests of this process; one of them blocks in the reader."""
        # The reader blocks in XREAD over the streams it knows. A write to this one, which only it reads, makes it look again.
        self._wake_stream = f"web:wake:{uuid.uuid4().hex}"
        self._wake_cursor = "0"
        self._is_woken = False
        self._is_stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._spawn(self._read_loop())
        self._spawn(self._poll_loop())

    async def stop(self) -> None:
        """End all tasks and close the connections."""
        self._is_stopping = True
        while self._tasks:  # redis turns a cancellation that comes while it connects into an error of its own
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(list(self._tasks), timeout=0.2)
        with contextlib.suppress(*AWAY):
            await self._valkey.delete(self._wake_stream)
        await self._valkey.aclose()

    @contextlib.asynccontextmanager
    async def subscribe(self, job: str, *, after_id: str = "0", only_end: bool = False) -> AsyncIterator[Subscription]:
        """Follow a job (32 hex digits) from an entry on."""
        subscription = Subscription(job, cursor=parse_entry_id(after_id), only_end=only_end)
        self._rewind(subscription)
        try:
            yield subscription
        finally:
            stream = self._streams.get(job)
            if stream is not None:
                stream.subscriptions.discard(subscription)
                if not stream.subscriptions:
                    del self._streams[job]

    async def events(self, job: str, *, after_id: str = "0", only_end: bool = False) -> AsyncGenerator[tuple[str, Event]]:
        async with self.subscribe(job, after_id=after_id, only_end=only_end) as subscription:
            while True:
                while subscription.events:
                    entry_id, event = subscription.events.popleft()
                    yield entry_id, event
                    if event.get("type") == "end":
                        return
                if subscription.is_behind:
                    subscription.is_behind = False
                    self._rewind(subscription)
                await subscription.wait()

    async def register_waiter(self, job: str, *, waiter: str, seconds: float) -> None:
        """Tell all web processes that a request waits for the job; expires after so many seconds."""
        async with _brief_call():
            pipeline = self._valkey.pipeline(transaction=False)
            pipeline.zadd(_waiters_key(job), {waiter: time.time() + seconds})
            pipeline.expire(_waiters_key(job), int(seconds) + 60)
            await pipeline.execute()

    def unregister_waiter(self, job: str, *, waiter: str) -> None:
        """Remove the waiter in the background."""
        self._spawn(self._unregister_waiter(job, waiter=waiter))

    async def count_waiters(self, job: str, *, but: str) -> int:
        """Number of other requests that wait for the job, in all web processes; 0 while Valkey is unavailable."""
        async with _brief_call():
            pipeline = self._valkey.pipeline(transaction=False)
            pipeline.zrem(_waiters_key(job), but)
            pipeline.zcount(_waiters_key(job), time.time(), "+inf")
            return int((await pipeline.execute())[1])
        return 0

    async def read_live_audio(self, job: str, *, part: int, after_id: str) -> tuple[str, LiveAudio] | None:
        """Next entry of a part's live audio; None if there is none, and while Valkey is unavailable."""
        async with _brief_call():
            answer: Any = await self._valkey.xread({names.audio_stream(job, part): after_id}, count=1)
            for _, entries in answer or ():
                return _decode_audio(*entries[0])
        return None

    async def drop_live_audio(self, job: str, *, parts: range, read_bytes: int, is_closed: bool, but: str) -> None:
        """Delete live audio that its only listener has read or no longer wants, and make room for as much."""
        if not parts or await self.count_waiters(job, but=but):
            return
        counter = names.audio_bytes_key(job)
        async with _brief_call():
            pipeline = self._valkey.pipeline(transaction=False)
            pipeline.unlink(*(names.audio_stream(job, part) for part in parts))
            if is_closed:
                pipeline.set(counter, CLOSED_BYTES)
            else:
                pipeline.decrby(counter, read_bytes)
            pipeline.expire(counter, names.LIVE_AUDIO_SECONDS)
            await pipeline.execute()

    async def _unregister_waiter(self, job: str, *, waiter: str) -> None:
        with contextlib.suppress(*AWAY):
            await self._valkey.zrem(_waiters_key(job), waiter)

    def _rewind(self, subscription: Subscription) -> None:
        """Let the reader reread the job's stream from the subscription's cursor on."""
        stream = self._streams.setdefault(subscription.job, _Stream(subscription.cursor))
        stream.cursor = min(stream.cursor, subscription.cursor)
        stream.subscriptions.add(subscription)
        if not self._is_woken:
            self._is_woken = True
            self._spawn(self._wake())

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wake(self) -> None:
        try:
            await self._valkey.xadd(self._wake_stream, {"": ""}, maxlen=1, approximate=False)
        except AWAY:
            self._is_woken = False  # the reader is thrown out of its call as well, and looks again when it is back

    async def _read_loop(self) -> None:
        pause = 0.05
        while not self._is_stopping:
            try:
                await self._read_once()
                pause = 0.05
            except AWAY as error:
                logger.warning("job streams: %s; trying again", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
            except Exception:  # the process's edge: without its reader every waiter would fall back to polling
                logger.exception("a bug in the reader of job streams")
                await asyncio.sleep(1.0)

    async def _read_once(self) -> None:
        asked = {names.job_stream(job): (job, stream, stream.cursor) for job, stream in self._streams.items()}
        places: dict[Any, Any] = {name: f"{cursor[0]}-{cursor[1]}" for name, (_, _, cursor) in asked.items()}
        places[self._wake_stream] = self._wake_cursor
        answer: Any = await self._valkey.xread(places, count=READ_COUNT, block=BLOCK_MILLISECONDS)
        for raw_name, entries in answer or ():
            name = raw_name.decode()
            if name == self._wake_stream:
                self._wake_cursor = entries[-1][0].decode()
                self._is_woken = False
                continue
            job, stream, cursor = asked[name]
            if self._streams.get(job) is stream:
                _deliver(stream, entries, asked_from=cursor)

    async def _poll_loop(self) -> None:
        while not self._is_stopping:
            await asyncio.sleep(POLL_SECONDS)
            if not self._streams:
                continue
            with contextlib.suppress(*AWAY):
                await self._valkey.expire(self._wake_stream, WAKE_SECONDS)
            try:
                ends = await self._find_ends(list(self._streams))
            except Exception:  # the process's edge: the database may be away, and the next look may succeed
                logger.exception("looking for ended jobs")
                continue
            for job, event in ends.items():
                for subscription in tuple(self._streams[job].subscriptions) if job in self._streams else ():
                    subscription.push("", event)


@contextlib.asynccontextmanager
async def _brief_call() -> AsyncIterator[None]:
    """Limit a call of Valkey in time, and end quietly where it is unavailable.

    redis turns a cancellation of the caller that comes while it connects into an error of its own; it is raised here nevertheless.
    """
    task = asyncio.current_task()
    cancelled_before = task.cancelling() if task else 0
    with contextlib.suppress(*AWAY):
        async with asyncio.timeout(NOTE_SECONDS):
            yield
    if task and task.cancelling() > cancelled_before:
        raise asyncio.CancelledError


def parse_entry_id(text: str) -> EntryId:
    """Parse a position in a stream; its start for anything else."""
    match = _ENTRY_ID.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else START


def _deliver(stream: _Stream, entries: list[tuple[bytes, dict[bytes, bytes]]], *, asked_from: EntryId) -> None:
    for raw_id, fields in entries:
        entry, event = parse_entry_id(raw_id.decode()), _decode(fields)
        for subscription in tuple(stream.subscriptions):
            # One that came while this read was under way may need entries before it: the stream was rewound for it.
            if event is not None and subscription.cursor >= asked_from:
                subscription.offer(entry, event)
    if stream.cursor == asked_from:
        stream.cursor = parse_entry_id(entries[-1][0].decode())


def _decode(fields: dict[bytes, bytes]) -> Event | None:
    try:
        event = json.loads(fields[b"data"])
    except (KeyError, ValueError):
        return None
    return event if isinstance(event, dict) else None


def _decode_audio(entry_id: bytes, fields: dict[bytes, bytes]) -> tuple[str, LiveAudio]:
    try:
        audio = LiveAudio.from_fields(fields)
    except (ValueError, KeyError, TypeError):
        audio = LiveAudio(-1, 0)  # nobody waits for this index
    return entry_id.decode(), audio


def _waiters_key(job: str) -> str:
    return f"job:{job}:waiters"
