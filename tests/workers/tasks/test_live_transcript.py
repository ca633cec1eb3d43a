"""Order in which the text of a part is published."""

import json
from typing import Any

import redis

from workers.contract.messages import PartMessage
from workers.contract.references import Address
from workers.contract.transcription import TranscriptSegment
from workers.recognition.speech_regions import Region
from workers.recognition.windows import Window, pack_windows
from workers.stream import LiveEvents
from workers.tasks.live_transcript import LiveTranscript


def message(stream: str) -> PartMessage:
    address = Address("folder", "manifest.json")
    return PartMessage("a" * 32, 2, "b" * 32, "listen", {}, "tenant", "live", 0.0, 0.0, outputs=(), manifest=address, stream=stream)


def windows() -> tuple[Window, ...]:
    regions = [Region(0.0, 20.0), Region(30.0, 55.0), Region(60.0, 80.0)]
    return pack_windows(regions, window_seconds=30.0, seconds=90.0)


def test_window_that_is_transcribed_first_is_published_in_its_place(valkey: redis.Redis) -> None:
    stream, (first, second, third) = "job:order:events", windows()
    live = LiveTranscript(LiveEvents(valkey), message=message(stream), windows=(first, second, third), is_published=True)

    def texts() -> list[tuple[str, bool]]:
        entries: Any = valkey.xrange(stream)
        events = [json.loads(fields[b"data"]) for _, fields in entries]
        return [(event["segments"][0]["text"], event["is_last"]) for event in events]

    live.add(second, segments=[TranscriptSegment(30.0, 55.0, " Two.")], language="en")
    assert texts() == []
    live.add(first, segments=[TranscriptSegment(0.0, 20.0, " One.")], language="en")
    assert texts() == [("One.", False), ("Two.", False)]
    live.add(third, segments=[TranscriptSegment(60.0, 80.0, " Three.")], language="en")
    assert texts() == [("One.", False), ("Two.", False), ("Three.", True)]


def test_text_that_nobody_asked_for_is_not_published(valkey: redis.Redis) -> None:
    stream = "job:quiet:events"
    live = LiveTranscript(LiveEvents(valkey), message=message(stream), windows=windows(), is_published=False)
    live.add(windows()[0], segments=[TranscriptSegment(0.0, 20.0, " One.")], language="en")
    assert valkey.exists(stream) == 0
