"""Reads of jobs: by uuid, which is a capability; and those of an account, which only it may list."""

import base64
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Least

from apps.accounts.callers import Caller
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.jobs.models import Job, JobState, Part, PartState

PUBLIC_STATES = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "processing",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.EXPIRED: "expired",
}
"""How the API calls them."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs of an account, newest first."""

    jobs: list[Job]
    next_cursor: str | None


def find_job(uuid_text: str) -> Job | None:
    """The job with this uuid, with or without dashes, whosever it is."""
    uuid = find_uuid(uuid_text)
    return Job.objects.filter(uuid=uuid).first() if uuid is not None else None


def get_own_job(caller: Caller, *, uuid_text: str) -> Job:
    """A job of the caller's account. 404 for any other, whether it exists or not."""
    uuid = find_uuid(uuid_text)
    job = _own_jobs(caller).filter(uuid=uuid).first() if uuid is not None else None
    if job is None:
        raise NotFoundError("There is no job with this uuid in your account.", param="uuid")
    return job


def list_own_jobs(caller: Caller, *, status: str = "", cursor: str = "", limit: int = 20) -> JobPage:
    """A page of the account's jobs. The cursor is that of the page before."""
    jobs = _own_jobs(caller).order_by("-created_at", "uuid")
    if status:
        jobs = jobs.filter(state__in=_states(status))
    if cursor:
        created_at, uuid = _read_cursor(cursor)
        jobs = jobs.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, uuid__gt=uuid), created_at__lte=created_at)
    page = list(jobs[: limit + 1])
    next_cursor = _cursor(page[limit - 1]) if len(page) > limit else None
    return JobPage(jobs=page[:limit], next_cursor=next_cursor)


def list_active_jobs(caller: Caller) -> list[Job]:
    """The account's jobs that wait or run."""
    return list(_own_jobs(caller).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).order_by("created_at"))


def read_units_done(jobs: Iterable[Job]) -> dict[UUID, int]:
    """How many units of each of these jobs are made, as far as their workers told."""
    done = Case(When(state=PartState.DONE, then=F("units")), default=Least(F("units_done"), F("units")))
    parts = Part.objects.filter(job_id__in=[job.uuid for job in jobs])
    return dict(parts.values_list("job_id").annotate(done=Sum(done)).values_list("job_id", "done"))


def count_queued_jobs() -> int:
    """Jobs of everybody that no worker has taken up."""
    return Job.objects.filter(state=JobState.QUEUED).count()


def _own_jobs(caller: Caller) -> QuerySet[Job]:
    if caller.account is None:
        raise TypeError("this is for callers with a key")
    return Job.objects.filter(account_id=caller.account.pk, is_internal=False)


def _states(status: str) -> list[JobState]:
    states = [state for state, name in PUBLIC_STATES.items() if name == status]
    if not states:
        raise InvalidRequestError(f"Unknown status {status[:50]!r}. There are: {', '.join(PUBLIC_STATES.values())}.", param="status")
    return states


def _cursor(job: Job) -> str:
    return base64.urlsafe_b64encode(f"{job.created_at.isoformat()} {job.uuid.hex}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    with contextlib.suppress(ValueError):
        moment, uuid = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.utcoffset() == timedelta(0):  # as ours are; Postgres refuses what it cannot bring to UTC
            return created_at, UUID(uuid)
    raise InvalidRequestError("The cursor is not one of ours.", code="invalid_cursor", param="cursor")
