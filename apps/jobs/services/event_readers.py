"""Watchers of live events: text that reaches them is charged, so the job records that it was watched."""

from apps.jobs.kinds import Charge, kind_of
from apps.jobs.models import ACTIVE_STATES, Job


def record_event_reader(job: Job) -> Job:
    """Record that the job's events are read, before the first one is sent. Returns the job's current state."""
    if job.is_over or job.was_watched or not _has_charged_text(job):
        return job
    if not Job.objects.filter(uuid=job.uuid, state__in=ACTIVE_STATES).update(was_watched=True):
        job.refresh_from_db()  # it ended meanwhile, and its charge did not count this reader
    return job


def can_read_words(job: Job) -> bool:
    """True unless the job ended without a charge: its generated words are then no longer published."""
    return not _has_charged_text(job) or not job.is_over or job.charged_millicredits > 0 or job.reserved_millicredits == 0


def _has_charged_text(job: Job) -> bool:
    """True if the job's events carry a generated text, which is charged once it is read."""
    return kind_of(job).charge_on_failure == Charge.WORK_READ
