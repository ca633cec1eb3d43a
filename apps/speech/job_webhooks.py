"""Webhooks of ended jobs: the body of GET /v1/speech/results/, sent in the transaction of the job's end."""

from typing import Any

from apps.core.links import public_base_or_default
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job, JobState
from apps.speech.kinds import has_timestamps
from apps.speech.results import result_shape
from apps.webhooks.services import record_event


def record_job_webhooks(job: Job) -> None:
    """Send the webhooks of an ended job. One of TTSAI_JOB_END_OBSERVERS. Internal jobs send none; items of a batch notify the account's
    endpoints, not the batch's URL.
    """
    if job.has_webhooks:
        _record_end(job, url=job.webhook_url)


def record_further_webhook(job: Job, *, url: str) -> None:
    """Send the end of a job to the address of another request that shares the job. The account's endpoints are not notified again."""
    _record_end(job, url=url, is_for_endpoints=False)


def _record_end(job: Job, *, url: str, is_for_endpoints: bool = True) -> None:
    if job.account_id is None or job.is_internal:
        return

    def data() -> dict[str, Any]:
        shape = result_shape(job, base=public_base_or_default(job.public_base), has_words=False)
        omitted = _omitted(job)
        return shape | {"omitted": omitted} if omitted else shape

    event = "job.completed" if job.state == JobState.COMPLETED else "job.failed"
    record_event(job.account_id, event=event, data=data, url=url, is_for_endpoints=is_for_endpoints)


def _omitted(job: Job) -> list[str]:
    """Fields that only a poll returns, since they are in the object store, which this transaction does not wait for."""
    if job.state != JobState.COMPLETED:
        return []
    return ["words"] * has_timestamps(job) + ["result"] * bool(kind_of(job).result_shape)
