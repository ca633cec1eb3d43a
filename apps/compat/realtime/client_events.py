"""Reads the client's messages: JSON objects of bounded size and depth, with a known type."""

import time
from collections.abc import Mapping
from typing import Any, Final

from rest_framework.exceptions import ParseError

from apps.compat.realtime.errors import EventError, invalid_value
from apps.core.errors import ApplicationError, TooManyRequestsError
from apps.core.parsing import parse_json

LONGEST_ID: Final = 512
ERRORS_AT_ONCE: Final = 30
ERRORS_PER_SECOND: Final = 1.0


def read_event(message: str | bytes) -> dict[str, Any]:
    """The event of a message. Raises EventError."""
    if isinstance(message, bytes):
        raise EventError("Binary messages are not read. Send events as JSON text; audio is base64 in input_audio_buffer.append.")
    try:
        event = parse_json(message.encode())
    except ParseError as error:
        raise EventError(str(error.detail).replace("The body", "The event"), code="invalid_json") from error
    except ApplicationError as error:
        raise EventError(error.message.replace("The body", "The event"), code="event_too_large") from error
    if not isinstance(event, dict):
        raise EventError("An event is a JSON object with a type.", code="invalid_json")
    check_id(event.get("event_id"), param="event_id")
    if not isinstance(event.get("type"), str):
        raise EventError("The event has no type.", code="missing_required_parameter", param="type")
    return event


def required(event: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """Value of a parameter that the event must have. Raises EventError."""
    if name not in event:
        raise EventError(f"Missing required parameter: {name!r}.", code="missing_required_parameter", param=name)
    value = event[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise EventError(f"Invalid type for {name!r}: {type(value).__name__}; expected {kind.__name__}.", code="invalid_type", param=name)
    return value


def check_id(value: Any, *, param: str) -> str | None:
    """An id that a client chose, or None. Raises EventError."""
    if value is None or (isinstance(value, str) and 0 < len(value) <= LONGEST_ID):
        return value
    raise invalid_value(param, f"an id is a string of 1 to {LONGEST_ID} characters.")


class ErrorBudget:
    """Bounds the errors of a connection: a client that sends nothing but mistakes is closed."""

    def __init__(self) -> None:
        self._left = float(ERRORS_AT_ONCE)
        self._counted_at = time.monotonic()

    def count(self) -> None:
        """Count an error. Raises TooManyRequestsError beyond the limit."""
        now = time.monotonic()
        self._left = min(float(ERRORS_AT_ONCE), self._left + (now - self._counted_at) * ERRORS_PER_SECOND) - 1
        self._counted_at = now
        if self._left < 0:
            raise TooManyRequestsError("Too many of your events were refused. Read the errors, then connect again.", code="too_many_errors")
