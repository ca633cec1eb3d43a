"""Scopes of keys in groups, in words for people."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """Heading, and scopes with a few words each."""

    title: str
    scopes: dict[str, str]


SCOPE_GROUPS: Final = (
    ScopeGroup(
        "Speech",
        {
            "tts:generate": "Make speech from text, also in batches",
            "stt:transcribe": "Transcribe recordings and live audio",
            "speech:translate": "Translate speech",
            "voice:convert": "Speak recordings in other voices",
            "voice:chat": "Hold spoken conversations",
        },
    ),
    ScopeGroup(
        "Voices",
        {
            "voices:read": "List voices and models, export own voices",
            "voices:write": "Rename, import and delete voices, consents",
            "clone:create": "Clone voices from recordings",
        },
    ),
    ScopeGroup(
        "Audio and files",
        {
            "audio:process": "Convert, enhance, separate and analyse recordings",
            "uploads:read": "Look at uploads",
            "uploads:write": "Send and remove uploads",
            "projects:read": "List projects",
            "projects:write": "Make, change and remove projects",
            "tts:timeline": "Render projects",
        },
    ),
    ScopeGroup(
        "Jobs and live events",
        {"jobs:read": "List and watch jobs", "jobs:write": "Cancel jobs and batches", "ws:connect": "Live progress of jobs by WebSocket"},
    ),
    ScopeGroup(
        "Account",
        {
            "account:read": "Read plan, credits and usage",
            "webhooks:read": "List webhooks and deliveries",
            "webhooks:write": "Make, change, test and remove webhooks",
            "keys:read": "List keys",
            "keys:write": "Make, rotate and revoke keys",
            "system:read": "Read the load of the platform. Warning: this key can also make other keys, through ClonyVoice's API",
        },
    ),
)
