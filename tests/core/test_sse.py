"""Server-sent events: their lines, and the comments between them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from apps.core import sse
from apps.core.sse import HEARTBEAT, ServerSentEvent, encode_events


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (ServerSentEvent({"a": "é"}), 'data: {"a":"é"}\n\n'),
        (ServerSentEvent({"a": 1}, event="audio", id="5-0"), 'id: 5-0\nevent: audio\ndata: {"a":1}\n\n'),
        (ServerSentEvent("[DONE]"), "data: [DONE]\n\n"),
    ],
)
def test_event_is_encoded_with_its_id_type_and_data(event: ServerSentEvent, lines: str) -> None:
    assert event.encode() == lines.encode()


def test_heartbeats_come_while_there_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    assert asyncio.run(_collect(is_first_awaited=False, beats=2)) == [
        HEARTBEAT,
        HEARTBEAT,
        b"data: 1\n\n",
        HEARTBEAT,
        HEARTBEAT,
        b"data: 2\n\n",
    ]


def test_awaited_first_event_has_no_heartbeat_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    assert asyncio.run(_collect(is_first_awaited=True, beats=1)) == [b"data: 1\n\n", HEARTBEAT, b"data: 2\n\n"]


async def _collect(*, is_first_awaited: bool, beats: int) -> list[bytes]:
    """Lines of two events, each of which comes once there were so many heartbeats; an awaited first one comes after as many intervals."""
    lines: list[bytes] = []
    has_beaten = asyncio.Event()

    async def write() -> AsyncIterator[ServerSentEvent]:
        for number in ("1", "2"):
            if number == "1" and is_first_awaited:
                await asyncio.sleep(3 * sse.HEARTBEAT_SECONDS)
            else:
                await has_beaten.wait()
            has_beaten.clear()
            yield ServerSentEvent(number)

    async for line in encode_events(write(), is_first_awaited=is_first_awaited):
        if line != HEARTBEAT or lines[-beats:] != [HEARTBEAT] * beats:
            lines.append(line)
        if lines[-beats:] == [HEARTBEAT] * beats:
            has_beaten.set()
    return lines
