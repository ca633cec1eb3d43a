"""Reads events of a client within limits: the package's reader takes any length that a client announces."""

import asyncio
import json
import re
from typing import Any, Final

from wyoming.event import Event

LONGEST_LINE: Final = 65_536
"""Bytes of an event's first line."""
MOST_DATA: Final = 1 << 20
"""Bytes of an event's data, such as a text."""
MOST_PAYLOAD: Final = 4_194_304
"""Bytes of an event's audio: 20 seconds at 48 kHz in stereo."""
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class BadEventError(Exception):
    """The client sent something that is no event, or one beyond the limits."""


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """Next event; None when the client has closed the connection. Raises BadEventError."""
    try:
        line = await reader.readline()
    except ValueError as error:  # longer than the reader's limit
        raise BadEventError(f"An event's first line has {LONGEST_LINE:,} bytes at most.") from error
    if not line:
        return None
    head = _object(line)
    if not isinstance(head.get("type"), str):
        raise BadEventError("An event has a type.")
    data = head.get("data")
    try:
        extra = await _read(reader, head.get("data_length"), limit=MOST_DATA, name="data")
        payload = await _read(reader, head.get("payload_length"), limit=MOST_PAYLOAD, name="payload")
    except asyncio.IncompleteReadError:
        return None
    values = data if isinstance(data, dict) else {}
    return Event(type=head["type"], data={**values, **(_object(extra) if extra else {})}, payload=payload)


async def _read(reader: asyncio.StreamReader, length: Any, *, limit: int, name: str) -> bytes | None:
    if not length:
        return None
    if not isinstance(length, int) or not 0 < length <= limit:
        raise BadEventError(f"The {name} of an event has {limit:,} bytes at most, not {str(length)[:40]}.")
    return await reader.readexactly(length)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text.decode())  # json.loads takes UTF-16 and encoded surrogates too
        if _SURROGATE_ESCAPE.search(text):  # UTF-8, in which the platform is asked and answers are sent, cannot hold half of a pair
            value = json.loads(_LONE_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise BadEventError("An event is a JSON object in UTF-8.") from error
    if not isinstance(value, dict):
        raise BadEventError("An event is a JSON object.")
    return value
