"""Events that webhooks are sent for. The meaning of a name never changes; `data` only gains fields."""

from typing import Any, Final

EVENTS: Final[dict[str, str]] = {
    "job.completed": "A job is done; `data` is what GET /v1/speech/results/ answers, but for `words` and `result` (a transcript, say): "
    "`omitted` names them where there are any.",
    "job.failed": "A job failed, was cancelled or expired; `data` is what GET /v1/speech/results/ answers, with `error` and `code`.",
    "batch.completed": "Every item of a batch has ended, well or not; `data` is what GET /v1/tts/batch/result/ answers.",
    "voice.ready": "A cloned voice is ready; `data` holds `voice_id`, `name`, `model`, `state` and the `uuid` of its job.",
    "voice.failed": "A voice could not be cloned; `data` is that of voice.ready, with `error` and `code`.",
    "credits.low": "The balance fell below the account's threshold; `data` holds `credits_remaining` and `threshold`. "
    "Sent again once the balance was at the threshold in between.",
    "key.revoked": "A key was revoked; `data` holds `key_id`, `prefix` and `name`.",
    "endpoint.disabled": "An endpoint answered 410 or failed for days and was switched off; `data` holds `endpoint_id`, `url` and `reason`. "
    "Goes to the account's other endpoints.",
    "test": "Sent on request to try an endpoint; `data` holds `message`.",
}

_JOB: Final = {"uuid": "9f0c4d1e6b7a4c1f8a52d3b7c6e1f004", "job_id": "9f0c4d1e-6b7a-4c1f-8a52-d3b7c6e1f004"}
_AUDIO: Final = f"https://speech.example.com/static/downloads/{_JOB['uuid']}/output.mp3"
_VOICE: Final = "voice_5f0c4d1e6b7a4c1f8a52"
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "job.completed": {
        **_JOB,
        "status": "completed",
        "result_url": _AUDIO,
        "url": _AUDIO,
        "cdn_url": _AUDIO,
        "format": "mp3",
        "duration": 2.65,
        "bytes": 42669,
        "credits_used": 0.068,
        "expires_at": "2026-12-21T07:43:00+00:00",
    },
    "job.failed": {
        **_JOB,
        "status": "failed",
        "error": "No worker took the job up in time.",
        "code": "expired",
        "credits_used": 0.0,
    },
    "batch.completed": {
        "batch_id": "2b5d9a7c4e8f4b0a9c1d6e3f7a8b9c0d",
        "total": 2,
        "completed": 1,
        "failed": 1,
        "cancelled": 0,
        "status": "completed",
        "credits_charged": 0.068,
        "created_at": "2026-11-21T07:42:51+00:00",
        "finished_at": "2026-11-21T07:43:00+00:00",
        "expires_at": "2026-12-21T07:43:00+00:00",
        "items": [
            {"index": 0, "uuid": _JOB["uuid"], "status": "completed", "error": "", "url": _AUDIO, "credits": 0.068},
            {
                "index": 1,
                "uuid": "",
                "status": "failed",
                "error": "The text contains nothing to speak.",
                "url": "",
                "credits": 0.0,
                "code": "missing_field",
            },
        ],
    },
    "voice.ready": {"voice_id": _VOICE, "name": "Ada", "model": "kokoro-clone", "state": "ready", "uuid": _JOB["uuid"]},
    "voice.failed": {
        "voice_id": _VOICE,
        "name": "Ada",
        "model": "kokoro-clone",
        "state": "failed",
        "uuid": _JOB["uuid"],
        "code": "invalid_reference",
        "error": "The recording has 0.8 s of speech. Record 10 to 30 seconds of one person.",
    },
    "credits.low": {"credits_remaining": 9.932, "threshold": 10.0},
    "key.revoked": {"key_id": 42, "prefix": "sk-tts-Ab12c", "name": "laptop"},
    "endpoint.disabled": {
        "endpoint_id": "0b8f6c9e-1d2a-4f3b-9c4d-5e6f7a8b9c0d",
        "url": "https://example.com/hooks/tts",
        "reason": "it has failed since 2026-11-18 07:40 UTC",
    },
    "test": {"message": "This endpoint works."},
}
"""Example `data` of each event; tests compare it with what is really sent."""


def event_body(event: str, *, occurred_at: str, data: dict[str, Any]) -> dict[str, Any]:
    """Body of a webhook by the Standard Webhooks rules."""
    return {"type": event, "timestamp": occurred_at, "data": data}
