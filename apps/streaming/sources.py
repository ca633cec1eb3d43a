"""Source of a job's audio: the job itself, or an identical one in flight that it follows (apps/cache)."""

from uuid import UUID

from apps.cache.services.in_flight import find_leader, is_follower
from apps.jobs.models import Job


def find_source(job_uuid: UUID) -> UUID | None:
    """Job whose audio a listener of this one hears; None until it is known which.

    Another job is marked as fetched: its charge counts what it computes from now on, not what its own listener gets.
    """
    if not is_follower(job_uuid):
        return job_uuid
    leader = find_leader(job_uuid)
    if leader is None or not Job.objects.filter(uuid=leader, result_deleted_at=None).update(was_fetched=True):
        return None
    return leader
