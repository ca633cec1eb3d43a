"""The dialect of OpenVoice's API: `{"success": false, "message"}` for errors."""

from typing import Any, Final

from apps.core.dialects import Dialect
from apps.core.errors import ApplicationError

ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["success", "message", "code", "param", "request_id"],
    "properties": {
        "success": {"type": "boolean", "enum": [False]},
        "message": {"type": "string", "description": "Message for people."},
        "code": {"type": "string", "description": "Never changes its meaning; choose by it and not by the message."},
        "param": {"type": ["string", "null"], "description": "The field at fault."},
        "request_id": {"type": "string"},
    },
}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """The API's envelope of a failure, with the platform's code beside it."""
    message = error.message or "The request failed."
    return error.status, {
        "success": False, "message": message, "code": error.code, "param": error.param, "request_id": request_id, **error.extra,
    }  # fmt: skip


DIALECT: Final = Dialect(
    name="openvoice",
    roots=("/api/",),
    paths=("health/", "info/", "clone/"),
    urlconf="apps.compat.openvoice.urls",
    anonymous_account_setting="TTSAI_OPENVOICE_ACCOUNT",
    render_error=render_error,
    error_statuses=("404", "409"),
    error_schema=ERROR_SCHEMA,
)
