"""The dialect of voice slots: `{"code", "msg", "reqid", "data"}` on every answer, with code 0 for a success."""

from typing import Any, Final

from apps.core.dialects import API_KEY, AUTHORIZATION, Dialect
from apps.core.errors import ApplicationError

ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["code", "msg", "reqid", "data"],
    "properties": {
        "code": {"type": "integer", "description": "The HTTP status; 0 for a success."},
        "msg": {"type": "string", "description": "What is wrong and what to do."},
        "reqid": {"type": "string"},
        "data": {
            "type": "object",
            "properties": {
                "error": {"type": "string", "description": "Never changes its meaning; choose by it and not by the message."},
                "param": {"type": ["string", "null"], "description": "The field at fault."},
            },
        },
    },
}


def envelope(data: Any, *, request_id: str) -> dict[str, Any]:
    """Body of a success."""
    return {"code": 0, "msg": "", "reqid": request_id, "data": data}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """Body of a failure; `code` is the HTTP status, `data.error` the platform's code."""
    message = error.message or "The request failed."
    return error.status, {
        "code": error.status,
        "msg": message,
        "reqid": request_id,
        "data": {"error": error.code, "param": error.param, **error.extra},
    }


DIALECT: Final = Dialect(
    name="voice-slots",
    roots=("/v1/", "/api/v1/"),
    paths=("voice-clones/",),
    urlconf="apps.compat.voice_slots.urls",
    key_headers=(AUTHORIZATION, API_KEY),
    render_error=render_error,
    error_statuses=("404", "409"),
    error_schema=ERROR_SCHEMA,
)
