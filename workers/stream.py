"""Live events of a job: word timings, progress, and audio while a client listens."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import redis

from workers.circuit_breaker import CircuitBreaker
from workers.contract.messages import PartMessage

logger = logging.getLogger(__name__)

EXPIRES_SECONDS: Final = 900
MAXIMUM_ENTRIES: Final = 10_000
MAXIMUM_AUDIO_BYTES: Final = 8 << 20
PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    data: Mapping[str, Any]
    audio: bytes = b""


class LiveEvents:
    """Writes to job streams. Live events are hints: work continues if the broker does not accept them."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._breaker = CircuitBreaker("broker", pause_seconds=PAUSE_AFTER_FAILURE_SECONDS)

    def publish(self, stream: str, *, events: Sequence[Event]) -> None:
        """Append events in one round trip; an empty stream name means that nobody wants them."""
        if not stream or not events or self._breaker.is_open:
            return
        pipeline = self._client.pipeline(transaction=False)
        for event in events:
            fields: dict[Any, Any] = {"data": json.dumps(event.data, separators=(",", ":"))}
            if event.audio:
                fields["audio"] = event.audio
            pipeline.xadd(stream, fields, maxlen=MAXIMUM_ENTRIES, approximate=True)
        pipeline.expire(stream, EXPIRES_SECONDS)
        try:
            pipeline.execute()
        except redis.RedisError as error:
            # A hanging broker would cost every sentence a timeout.
            self._breaker.open()
            logger.warning("live_events_lost stream=%s error=%s", stream, type(error).__name__)


class PartEvents:
    """Live events of one part."""

    def __init__(self, live: LiveEvents, *, message: PartMessage, units_total: int) -> None:
        self._live = live
        self._message = message
        self._units_total = units_total
        self._audio_bytes = 0
        self._has_stopped_audio = not message.has_listener

    def publish(self, *, units_done: int, words: Sequence[Mapping[str, Any]] = (), audio: bytes = b"", audio_format: str = "") -> None:
        """Publish the events of one more sentence, audio first, since a client waits for it."""
        events = []
        if audio and not self._has_stopped_audio:
            events.append(self._audio_event(audio, audio_format=audio_format))
        if words:
            events.append(Event({"type": "words", "part": self._message.part, "words": list(words)}))
        events.append(Event({"type": "progress", "part": self._message.part, "units_done": units_done, "units_total": self._units_total}))
        self._live.publish(self._message.stream, events=events)

    def _audio_event(self, audio: bytes, *, audio_format: str) -> Event:
        offset = self._audio_bytes
        if offset + len(audio) > MAXIMUM_AUDIO_BYTES:
            self._has_stopped_audio = True
            return Event({"type": "audio_stopped", "part": self._message.part, "offset": offset})
        self._audio_bytes += len(audio)
        return Event({"type": "audio", "part": self._message.part, "format": audio_format, "offset": offset}, audio)
