"""Finds awaited jobs that have ended by their rows, for lost events."""

import uuid
from collections.abc import Iterable
from typing import Any

from apps.core.events import end_event
from apps.jobs.models import Job

ENDED = ("completed", "failed", "cancelled", "expired")


def find_end_events(jobs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """End events of those jobs (32 hex digits) that have ended, in one query."""
    rows = Job.objects.filter(uuid__in=[uuid.UUID(hex=job) for job in jobs], state__in=ENDED).values_list("uuid", "state")
    return {job_uuid.hex: end_event(job_uuid, status=state) for job_uuid, state in rows}
