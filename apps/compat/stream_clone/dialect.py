"""The dialect of the streaming API for cloned voices: paths at the root, errors as `{"error": true, "message"}`."""

from typing import Any, Final

from apps.core.dialects import Dialect
from apps.core.errors import ApplicationError

FIELD_NAMES: Final = {"voice": "prompt_id", "instructions": "instruct_text"}
"""Fields of this API by those of the platform that errors name."""

ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["error", "message", "code", "param", "request_id"],
    "properties": {
        "error": {"type": "boolean", "enum": [True]},
        "message": {"type": "string", "description": "Message for people."},
        "code": {"type": "string", "description": "Never changes its meaning; choose by it and not by the message."},
        "param": {"type": ["string", "null"], "description": "The field at fault."},
        "request_id": {"type": "string"},
    },
}


def error_shape(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """Body of an error response, and the message of an error on the socket."""
    message, param = error.message or "The request failed.", FIELD_NAMES.get(error.param or "", error.param)
    return {"error": True, "message": message, "code": error.code, "param": param, "request_id": request_id, **error.extra}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """Status and body of an error response."""
    return error.status, error_shape(error, request_id)


DIALECT: Final = Dialect(
    name="stream-clone",
    roots=("/",),
    paths=("speakers/", "clone/", "remove/", "cache/", "tts/"),
    urlconf="apps.compat.stream_clone.urls",
    render_error=render_error,
    error_statuses=("404", "409"),
    error_schema=ERROR_SCHEMA,
)
