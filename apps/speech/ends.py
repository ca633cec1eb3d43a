"""The webhooks of a job: what GET /v1/speech/results/ answers from now on, told in the transaction of the job's end."""

from typing import Any

from apps.core.links import remembered_base
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job, JobState
from apps.speech.kinds import has_timestamps
from apps.speech.results import result_shape
from apps.webhooks.services import record_event


def tell_webhooks(job: Job) -> None:
    """One of TTSAI_JOB_END_OBSERVERS. Nobody is told of the platform's own jobs; of a batch's items the account's endpoints are, not the
    batch's address.
    """
    if job.account_id is None or job.is_internal or not job.has_webhooks:
        return

    def data() -> dict[str, Any]:
        shape = result_shape(job, base=remembered_base(job.public_base), has_words=False)
        omitted = _omitted(job)
        return shape | {"omitted": omitted} if omitted else shape

    event = "job.completed" if job.state == JobState.COMPLETED else "job.failed"
    record_event(job.account_id, event=event, data=data, url=job.webhook_url)


def _omitted(job: Job) -> list[str]:
    """Names of the fields that a poll shows beyond the message: each lies in the object store, which this transaction does not wait for."""
    if job.state != JobState.COMPLETED:
        return []
    return ["words"] * has_timestamps(job) + ["result"] * bool(kind_of(job).result_shape)
