"""Scopes that restrict a key. A key without scopes is unrestricted; the meaning of a scope never changes."""

from collections.abc import Mapping
from typing import Final

from apps.core.errors import InvalidRequestError

SCOPES: Final = {
    "tts:generate": "make speech: POST /v1/tts/, POST /v1/tts/batch/ and its result, POST /v1/audio/speech",
    "stt:transcribe": "turn speech into text: POST /v1/stt/, POST /v1/audio/transcriptions, POST /v1/audio/translations",
    "speech:translate": "translate speech: POST /v1/speech-translate/",
    "tts:timeline": "render projects, follow renders, show timelines: POST /api/projects/<id>/render, GET /api/projects/<id>/timeline",
    "audio:process": "process recordings by the audio tools, /v1/audio/convert/ and the others below /v1/audio/, and by /api/transcribe, "
    "/api/audio-duration and /api/text/split",
    "voice:convert": "convert recordings to other voices: POST /v1/voice-convert/, POST /v1/speech-to-speech/",
    "voice:chat": "hold conversations: /v1/voice-chat/",
    "voices:read": "list models and voices, export voices of the account",
    "voices:write": "rename, import and delete voices of the account, record and revoke consent, change categories and favourites",
    "clone:create": "clone voices: POST /v1/tts/clone/, POST /v1/voice-clone/, POST /v1/voice-embed/, POST /api/clone/create, "
    "and archives of POST /api/voices/import that are cloned anew",
    "projects:read": "list projects: GET /api/projects",
    "projects:write": "make, change and remove projects: POST /api/projects",
    "uploads:read": "look at files that were sent in advance: GET /v1/uploads/<id>/",
    "uploads:write": "send files in advance and remove them: POST /v1/uploads/",
    "jobs:read": "list and watch the account's jobs",
    "jobs:write": "cancel the account's jobs and batches",
    "webhooks:read": "list webhook endpoints and deliveries",
    "webhooks:write": "make, change, test and remove webhook endpoints, replay deliveries",
    "account:read": "read plan, credits, limits and usage",
    "keys:read": "list the account's keys",
    "keys:write": "make, rotate and revoke keys, with at most the scopes and limits of this one",
    "system:read": "read load and hardware of the platform, list keys and make keys with at most the scopes and limits of this one: "
    "/api/system/stats, /api/system/info, /api/api-keys",
    "ws:connect": "open the WebSocket /ws with the progress of the key's jobs",
}


def check_scope_limits(limits: Mapping[str, int], *, scopes: list[str], param: str = "requests_per_minute_by_scope") -> None:
    """Raise 400 for a limit below 1, of an unknown scope, or of a scope that a key with these scopes lacks."""
    check_scopes(list(limits), param=param)
    for scope, limit in limits.items():
        if limit < 1:
            raise InvalidRequestError(f"The limit of the scope {scope!r} is {limit}: it must be at least 1 request a minute.", param=param)
        if scopes and scope not in scopes:
            raise InvalidRequestError(f"There is a limit for the scope {scope!r}, which the key lacks: leave one of them out.", param=param)


def check_scopes(scopes: list[str], *, param: str = "scopes") -> None:
    """Raise 400 for an unknown scope."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise InvalidRequestError(f"Unknown scope {unknown[0][:50]!r}. Available: {', '.join(SCOPES)}.", code="unknown_scope", param=param)


NO_SCOPES: Final = (
    "A key without any scope could do nothing. Name at least one, or leave `scopes` out: the key then has those of this request's key."
)
