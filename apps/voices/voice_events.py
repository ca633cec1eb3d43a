"""Webhooks of voices: voice.ready and voice.failed, and the job's end for further requests; recorded in the transaction of their event."""

from typing import Any
from uuid import UUID

from apps.jobs.models import Job
from apps.speech.job_webhooks import record_further_webhook
from apps.voices.models import Enrolment, EnrolmentWebhook, Voice
from apps.webhooks.services import record_event


def record_voice_events(enrolment: Enrolment, *, event: str, job_uuid: UUID | None, voices: list[Voice] | None = None) -> None:
    """Record the event for each of the voices; without a list for all of the enrolment."""
    for voice in enrolment.voices.all() if voices is None else voices:
        record_event(enrolment.account_id, event=event, data=_data(voice, enrolment=enrolment, job_uuid=job_uuid))


def add_job_webhook(job: Job, *, url: str) -> None:
    """Send the end of an enrolling job to the address of a further request too. The caller's transaction holds the lock of the enrolment's row,
    which the job's end takes before it reads the addresses. url: empty if the request has none.
    """
    if not url:
        return
    if job.is_over:
        record_further_webhook(job, url=url)
    elif url != job.webhook_url and job.account_id is not None:
        EnrolmentWebhook.objects.get_or_create(account_id=job.account_id, job_uuid=job.uuid, url=url)


def send_job_webhooks(job: Job) -> None:
    """Send the end of an enrolling job to the addresses of further requests, in the transaction of the end."""
    waiting = EnrolmentWebhook.objects.filter(job_uuid=job.uuid)
    for url in waiting.order_by("pk").values_list("url", flat=True):
        record_further_webhook(job, url=url)
    waiting.delete()


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
