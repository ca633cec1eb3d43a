"""The events that a customer's program can be told of. What a name means never changes."""

from typing import Any, Final

EVENTS: Final[dict[str, str]] = {
    "job.completed": "A job is done; `data` holds what GET /v1/speech/results/ answers, with `job_id` and `credits_used`.",
    "job.failed": "A job failed, was cancelled or expired; `data` holds `job_id`, `status`, `error` and `credits_used`.",
    "batch.completed": "Every item of a batch has ended; `data` holds what GET /v1/tts/batch/result/ answers.",
    "voice.ready": "A cloned voice can be used; `data` holds `voice_id` and `name`.",
    "credits.low": "The balance fell below the account's threshold; `data` holds `credits_remaining`.",
    "key.revoked": "A key was revoked; `data` holds `key_id`, `prefix` and `name`.",
    "endpoint.disabled": "An endpoint failed for days and was switched off; `data` holds `endpoint_id`, `url` and `reason`.",
    "test": "Sent on request to try an endpoint; `data` holds `message`.",
}


def event_body(event: str, *, occurred_at: str, data: dict[str, Any]) -> dict[str, Any]:
    """The body of every webhook, as the Standard Webhooks rules lay it out."""
    return {"type": event, "timestamp": occurred_at, "data": data}
