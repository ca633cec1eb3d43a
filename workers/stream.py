"""A job's live events: word timings, progress, and audio while somebody listens."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import redis

from workers.contract.messages import PartMessage

logger = logging.getLogger(__name__)

EXPIRES_SECONDS: Final = 900
MAXIMUM_ENTRIES: Final = 10_000
MAXIMUM_AUDIO_BYTES: Final = 8 << 20
"""Most audio bytes of one part in the stream. Beyond it the stream carries no more audio, and the listener continues from the stored file.
"""
PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a job's stream: JSON in the field `data`, audio in the field `audio`."""

    data: Mapping[str, Any]
    audio: bytes = b""


class LiveEvents:
    """Writes to job streams. Live events are hints: where the broker does not take them, the work goes on without."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._silent_until = 0.0

    def publish(self, stream: str, *, events: Sequence[Event]) -> None:
        """Appends events in one round trip; an empty stream name says that nobody wants them."""
        if not stream or not events or time.monotonic() < self._silent_until:
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
            self._silent_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("live_events_lost stream=%s error=%s", stream, type(error).__name__)


class PartEvents:
    """The live events of one part."""

    def __init__(self, live: LiveEvents, *, message: PartMessage, units_total: int) -> None:
        self._live = live
        self._message = message
        self._units_total = units_total
        self._audio_bytes = 0
        self._has_stopped_audio = not message.has_listener

    def publish(self, *, units_done: int, words: Sequence[Mapping[str, Any]] = (), audio: bytes = b"", audio_format: str = "") -> None:
        """Publish the events of one more sentence: its audio first, since somebody waits for it."""
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
