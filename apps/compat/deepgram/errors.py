"""Errors in Deepgram's shape: `err_code`, `err_msg` and the request's id."""

from typing import Any, Final

from apps.core.errors import ApplicationError

CODES: Final = {
    "missing_api_key": "INVALID_AUTH",
    "invalid_api_key": "INVALID_AUTH",
    "insufficient_credits": "ASR_PAYMENT_REQUIRED",
    "key_cap_reached": "ASR_PAYMENT_REQUIRED",
    "unknown_model": "INVALID_QUERY_PARAMETER",
    "invalid_url": "REMOTE_CONTENT_ERROR",
}
"""Deepgram's names of our codes where they differ from those of the status."""
CODES_BY_STATUS: Final = {
    400: "Bad Request",
    401: "INVALID_AUTH",
    402: "ASR_PAYMENT_REQUIRED",
    403: "INSUFFICIENT_PERMISSIONS",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "SLOW_UPLOAD",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
    499: "CLIENT_CLOSED_REQUEST",
    502: "BAD_GATEWAY",
    503: "SERVICE_UNAVAILABLE",
    504: "GATEWAY_TIMEOUT",
}
ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["err_code", "err_msg", "request_id", "code", "param"],
    "properties": {
        "err_code": {"type": "string", "description": "Deepgram's code."},
        "err_msg": {"type": "string", "description": "Message for people."},
        "request_id": {"type": "string"},
        "code": {"type": "string", "description": "The platform's code, which is more exact."},
        "param": {"type": ["string", "null"], "description": "The parameter at fault."},
    },
}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """Status and body of an error response."""
    return error.status, error_body(error, request_id)


def error_body(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """The body of an error, also the last message of a WebSocket that an error ends."""
    fallback = "INTERNAL_SERVER_ERROR" if error.status >= 500 else "Bad Request"
    return {
        "err_code": CODES.get(error.code) or CODES_BY_STATUS.get(error.status, fallback),
        "err_msg": error.message or "The request failed.",
        "request_id": request_id,
        "code": error.code,
        "param": error.param,
        **error.extra,
    }


def render_closing_error(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """The `Error` message before the server closes a connection."""
    body = error_body(error, request_id)
    return {"type": "Error", "variant": body["err_code"], "description": body["err_msg"], "message": body["err_msg"], **body}
