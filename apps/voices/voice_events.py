"""Webhooks of voices: voice.ready and voice.failed, recorded in the transaction of their event."""

from typing import Any
from uuid import UUID

from apps.voices.models import Enrolment, Voice
from apps.webhooks.services import record_event


def record_voice_events(enrolment: Enrolment, *, event: str, job_uuid: UUID | None, voices: list[Voice] | None = None) -> None:
    """Record the event for each of the voices; without a list for all of the enrolment."""
    for voice in enrolment.voices.all() if voices is None else voices:
        record_event(enrolment.account_id, event=event, data=_data(voice, enrolment=enrolment, job_uuid=job_uuid))


def _data(voice: Voice, *, enrolment: Enrolment, job_uuid: UUID | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "voice_id": voice.voice_id,
        "name": voice.name,
        "model": enrolment.engine_id,
        "state": voice.enrolment.state,
        "uuid": job_uuid.hex if job_uuid else "",
    }
    if enrolment.error_code:
        data |= {"code": enrolment.error_code, "error": enrolment.error_message}
    return data
