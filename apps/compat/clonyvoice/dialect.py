"""The dialect of ClonyVoice's local API: `X-API-Key`, errors as FastAPI writes them, limits of each scope."""

from typing import Any, Final

from apps.core.dialects import AUTHORIZATION, Dialect, KeyHeader
from apps.core.errors import ApplicationError

REQUESTS_PER_MINUTE_BY_SCOPE: Final = {
    "tts:generate": 10,
    "tts:timeline": 30,
    "voices:read": 60,
    "voices:write": 20,
    "clone:create": 2,
    "audio:process": 5,
    "projects:read": 60,
    "projects:write": 20,
    "system:read": 60,
    "ws:connect": 5,
}
"""The API's scopes with their limits for each key, which a key's own limits replace."""

UNKNOWN_VOICE: Final = (404, "voice_not_found")
"""Status and code of the platform's `unknown_voice`."""

ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["detail", "code", "param", "request_id"],
    "properties": {
        "detail": {"type": "string", "description": "Message for people."},
        "code": {"type": "string", "description": "Never changes its meaning; choose by it and not by the message."},
        "param": {"type": ["string", "null"], "description": "The field at fault."},
        "request_id": {"type": "string"},
    },
}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """The body `{"detail": message}` that clients of FastAPI programs read, with the platform's code beside it. Statuses are the platform's,
    but for a voice that does not exist, which is 404 here whatever the request.
    """
    message = error.message or "The request failed."
    status, code = UNKNOWN_VOICE if error.code == "unknown_voice" else (error.status, error.code)
    return status, {"detail": message, "code": code, "param": error.param, "request_id": request_id, **error.extra}


DIALECT: Final = Dialect(
    name="clonyvoice",
    roots=("/api/",),
    paths=(
        "voices/",
        "categories/",
        "favorites/",
        "generate/",
        "generation/",
        "text/",
        "clone/create/",
        "clone/create-multi/",
        "design/",
        "transcribe/",
        "audio-duration/",
        "projects/",
        "system/",
        "api-keys/",
    ),
    addresses=("/ws/",),
    urlconf="apps.compat.clonyvoice.urls",
    key_headers=(KeyHeader("X-API-Key", key="cvk_…"), AUTHORIZATION),
    render_error=render_error,
    error_statuses=("404", "409"),
    error_schema=ERROR_SCHEMA,
    requests_per_minute_by_scope=REQUESTS_PER_MINUTE_BY_SCOPE,
)
