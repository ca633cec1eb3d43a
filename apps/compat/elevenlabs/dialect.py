"""The dialect of ElevenLabs' API: `xi-api-key`, errors as `{"detail": {"status", "message"}}`, and paths that it shares with the platform."""

from collections.abc import Mapping
from typing import Any, Final

from apps.core.dialects import API_KEY, AUTHORIZATION, REQUEST_ID, Dialect, KeyHeader
from apps.core.errors import ApplicationError

XI_API_KEY: Final = KeyHeader("xi-api-key")
HOME: Final = "/elevenlabs/"
UNPROCESSABLE: Final = 422

ERRORS: Final[Mapping[str, tuple[int, str]]] = {
    "missing_api_key": (401, "needs_authorization"),
    "invalid_api_key": (401, "invalid_api_key"),
    "missing_scope": (403, "missing_permissions"),
    "insufficient_credits": (401, "quota_exceeded"),
    "key_cap_reached": (401, "quota_exceeded"),
    "concurrency_limit_exceeded": (429, "too_many_concurrent_requests"),
    "text_too_long": (400, "max_character_limit_exceeded"),
    "unknown_voice": (404, "voice_not_found"),
    "voice_not_found": (404, "voice_not_found"),
    "unknown_model": (400, "model_not_found"),
    "model_not_installed": (400, "model_not_found"),
    "voice_limit_reached": (400, "voice_limit_reached"),
    "missing_field": (UNPROCESSABLE, "missing_field"),
    "invalid_request": (UNPROCESSABLE, "invalid_request"),
    "invalid_body": (UNPROCESSABLE, "invalid_body"),
}
"""Statuses and status words of ElevenLabs' API, by the platform's codes; other errors keep theirs."""

FIELD_NAMES: Final = {"voice": "voice_id", "model": "model_id", "format": "output_format"}
"""Fields of ElevenLabs' API by those of the platform that errors name."""

ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {
            "type": "object",
            "required": ["status", "message", "code", "param", "request_id"],
            "properties": {
                "status": {"type": "string", "description": "ElevenLabs' word for the error; the platform's code where it has none."},
                "message": {"type": "string"},
                "code": {"type": "string", "description": "The platform's code. Never changes its meaning."},
                "param": {"type": ["string", "null"], "description": "The field at fault."},
                "request_id": {"type": "string"},
            },
        }
    },
}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    """Status and body of an error. An invalid field is a 422, which the packages raise as UnprocessableEntityError."""
    status, word = ERRORS.get(error.code, (error.status, error.code))
    if status == UNPROCESSABLE and error.status != 400:  # such as a method that is not allowed
        status = error.status
    detail = {
        "status": word,
        "message": error.message or "The request failed.",
        "code": error.code,
        "param": FIELD_NAMES.get(error.param or "", error.param),
        "request_id": request_id,
        **error.extra,
    }
    return status, {"detail": detail}


def elevenlabs_headers(headers: Mapping[str, str], seconds: float) -> dict[str, str]:  # noqa: ARG001 - the dialect's signature
    """`history-item-id` names the job, which GET /v1/history lists."""
    return {"history-item-id": headers["X-Job-Id"]} if "X-Job-Id" in headers else {}


DIALECT: Final = Dialect(
    name="elevenlabs",
    roots=("/", "/api/"),
    paths=(
        "v1/text-to-speech/",
        "v1/text-to-dialogue/",
        "v1/speech-to-text/",
        "v1/voice-changer/",
        "v1/audio-isolation/",
        "v1/history/",
        "v1/user/",
        "v2/voices/",
    ),
    shared_paths=("v1/models/", "v1/voices/", "v1/speech-to-speech/"),
    home=HOME,
    own_key_headers=(XI_API_KEY,),
    urlconf="apps.compat.elevenlabs.urls",
    key_headers=(XI_API_KEY, AUTHORIZATION, API_KEY),
    render_error=render_error,
    error_statuses=("404", "409", "422"),
    error_schema=ERROR_SCHEMA,
    header_names={REQUEST_ID: "request-id"},
    extra_headers=elevenlabs_headers,
    extra_header_names=("history-item-id", "character-cost"),
)
