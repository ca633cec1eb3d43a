"""Plans of a new installation. Afterwards the rows apply, which the operator edits."""

from typing import Any, Final

from apps.accounts.selectors import ANONYMOUS_PLAN

FREE_SPEAKERS: Final = ("pico", "piper", "vits", "melotts", "kokoro")
VISITORS_MODELS: Final = ("whisper", "apertium", "deepfilternet", "wpe", "spleeter", "kokoro-convert", "world", "kokoro-clone")
"""Models of the services below."""
VISITORS_SERVICES: Final = (
    "transcription", "speech-translation", "voice-convert", "speech-to-speech", "audio-convert", "audio-trim-silence", "audio-normalize",
    "audio-enhance", "audio-dereverb", "audio-separate", "audio-analyze", "voice-clone",
)  # fmt: skip
"""Kinds of job of the tools that work without an account: none keeps a voice."""

STARTING_PLANS: Final[dict[str, dict[str, Any]]] = {
    ANONYMOUS_PLAN: {
        "name": "Without a key",
        "requests_per_minute": 10,
        "concurrent_jobs": 2,
        "total_concurrent_jobs": 20,
        "max_characters": 5000,  # the day's allowance may be used up in one request
        "characters_per_day": 5000,
        "audio_seconds_per_day": 300,
        "max_upload_bytes": 8_000_000,
        "max_voices": 0,
        "max_samples": 1,
        "allowed_models": [*FREE_SPEAKERS, *VISITORS_MODELS],
        "anonymous_services": [*VISITORS_SERVICES],
        "retention_days": 1,
    },
    "free": {
        "name": "Free",
        "requests_per_minute": 10,
        "concurrent_jobs": 2,
        "max_characters": 500,
        "max_voices": 3,
        "max_samples": 3,
        "retention_days": 7,
        "is_default": True,
    },
    "starter": {
        "name": "Starter",
        "requests_per_minute": 30,
        "concurrent_jobs": 3,
        "max_characters": 1_000_000,
        "max_voices": 10,
        "max_samples": 5,
        "weight": 2,
        "retention_days": 30,
    },
    "pro": {
        "name": "Pro",
        "requests_per_minute": 60,
        "concurrent_jobs": 5,
        "max_characters": 1_000_000,
        "max_voices": 50,
        "max_samples": 10,
        "weight": 4,
        "retention_days": 90,
    },
    "enterprise": {
        "name": "Enterprise",
        "requests_per_minute": 300,
        "concurrent_jobs": 20,
        "max_characters": 1_000_000,
        "max_voices": 1000,
        "max_samples": 25,
        "weight": 8,
        "retention_days": 365,
    },
}
