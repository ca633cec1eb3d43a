"""Errors of events: what the client sent cannot be done, and the session continues."""

import uuid
from typing import Any, Final

from apps.core.errors import ApplicationError, InvalidRequestError

CODES: Final = {"insufficient_credits": "insufficient_quota", "key_cap_reached": "insufficient_quota"}
"""OpenAI's names of codes by which its clients decide whether to continue; others are the platform's own."""


class EventError(InvalidRequestError):
    """The event is refused. `code` and `param` follow OpenAI's."""


def invalid_value(param: str, message: str) -> EventError:
    """Error for a parameter with a value that is not accepted."""
    return EventError(f"Invalid value for {param!r}: {message}", code="invalid_value", param=param)


def error_details(error: ApplicationError) -> dict[str, Any]:
    """Type, code, message and parameter of an error, as events show them."""
    return {
        "type": error.type,
        "code": CODES.get(error.code, error.code),
        "message": error.message or "The request failed.",
        "param": error.param,
    }


def render_closing_error(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """The `error` event before the server closes the connection."""
    return {
        "type": "error",
        "event_id": new_id("event"),
        "error": {**error_details(error), "event_id": None, "request_id": request_id},
    }


def new_id(kind: str) -> str:
    """`item_5f0c…`: an id in the form of OpenAI's."""
    return f"{kind}_{uuid.uuid4().hex[:24]}"
