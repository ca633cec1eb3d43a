"""Live events of a job: word timings and progress, and its audio on streams of their own while a client listens."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import redis
from numpy.typing import NDArray

from workers.audio.encoding import pcm16
from workers.circuit_breaker import CircuitBreaker
from workers.contract.live_audio import BYTES_PER_SAMPLE, LiveAudio
from workers.contract.messages import PartMessage
from workers.contract.names import LIVE_AUDIO_BYTES, LIVE_AUDIO_SECONDS, audio_bytes_key, audio_stream

logger = logging.getLogger(__name__)

EXPIRES_SECONDS: Final = 900
MAXIMUM_ENTRIES: Final = 10_000
PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0

Event = Mapping[str, Any]


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
        _append(pipeline, stream, events=events)
        self._execute(pipeline, stream=stream)

    def publish_audio(self, message: PartMessage, *, audio: LiveAudio, events: Sequence[Event]) -> int | None:
        """Append audio of a part, then the events that tell of it, in one round trip.

        Returns the bytes of the job's audio that nobody has read yet, None if the broker did not take it.
        """
        if self._breaker.is_open:
            return None
        pipeline = self._client.pipeline(transaction=False)
        counter, own = audio_bytes_key(message.job), audio_stream(message.job, message.part)
        pipeline.incrby(counter, len(audio.samples))
        pipeline.expire(counter, LIVE_AUDIO_SECONDS)
        fields: dict[Any, Any] = dict(audio.to_fields())
        pipeline.xadd(own, fields)
        pipeline.expire(own, LIVE_AUDIO_SECONDS)
        _append(pipeline, message.stream, events=events)
        results = self._execute(pipeline, stream=message.stream)
        return int(results[0]) if results else None

    def _execute(self, pipeline: Any, *, stream: str) -> list[Any]:
        """Results of the commands; empty if the broker did not accept them."""
        try:
            return list(pipeline.execute())
        except redis.RedisError as error:
            # A hanging broker would cost every sentence a timeout.
            self._breaker.open()
            logger.warning("live_events_lost stream=%s error=%s", stream, type(error).__name__)
            return []


def _append(pipeline: Any, stream: str, *, events: Sequence[Event]) -> None:
    for event in events:
        pipeline.xadd(stream, {"data": json.dumps(event, separators=(",", ":"))}, maxlen=MAXIMUM_ENTRIES, approximate=True)
    pipeline.expire(stream, EXPIRES_SECONDS)


class PartEvents:
    """Live events and live audio of one part."""

    def __init__(self, live: LiveEvents, *, message: PartMessage, units_total: int, sample_rate: int = 0) -> None:
        """sample_rate: Hz of the part's audio, for a part with a listener."""
        self._live = live
        self._message = message
        self._units_total = units_total
        self._sample_rate = sample_rate
        self._index = 0
        self._samples = 0
        self._unread_bytes = 0
        self.is_audible = message.has_listener and bool(message.stream)
        """True while audio is published."""

    def publish(
        self,
        *,
        units_done: int,
        words: Sequence[Mapping[str, Any]] = (),
        samples: NDArray[np.float32] | None = None,
        is_last: bool = False,
    ) -> None:
        """Publish the audio (mono samples [n], full scale 1.0) and the events of one more sentence.

        is_last: with the silence after the last sentence, which may be empty.
        """
        part = self._message.part
        events: list[Event] = [{"type": "words", "part": part, "words": list(words)}] if words else []
        events.append({"type": "progress", "part": part, "units_done": units_done, "units_total": self._units_total})
        if samples is None or not self.is_audible:
            self._live.publish(self._message.stream, events=events)
            return
        self._publish_audio(samples, units_done=units_done, words=words, is_last=is_last, events=events)

    def _publish_audio(
        self, samples: NDArray[np.float32], *, units_done: int, words: Sequence[Mapping[str, Any]], is_last: bool, events: Sequence[Event]
    ) -> None:
        is_cut = self._unread_bytes + len(samples) * BYTES_PER_SAMPLE > LIVE_AUDIO_BYTES
        audio = LiveAudio(
            self._index,
            self._sample_rate,
            start_sample=self._samples,
            units_done=units_done,
            words=() if is_cut else tuple(dict(word) for word in words),
            is_last=is_last and not is_cut,
            is_cut=is_cut,
            samples=b"" if is_cut else pcm16(samples),
        )
        self._index += 1
        self._samples += len(samples)
        self.is_audible = not is_cut
        unread_bytes = self._live.publish_audio(self._message, audio=audio, events=events)
        if unread_bytes is not None:
            self._unread_bytes = unread_bytes
