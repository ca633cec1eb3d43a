"""Downloads of streamed speech: an account that has the file has heard it, although its connection sent nothing of it."""

from apps.core.errors import GoneError
from apps.jobs.models import Job


def record_fetch(job: Job) -> None:
    """Record that the result of a streamed job is about to be given out, so that its charge stays. Raises 410 if it was returned meanwhile."""
    if not job.is_streamed or job.was_fetched:
        return
    # Waits for a refund that holds the row; afterwards the result is deleted.
    if not Job.objects.filter(uuid=job.uuid, result_deleted_at=None).update(was_fetched=True):
        raise GoneError("The audio was deleted.")
