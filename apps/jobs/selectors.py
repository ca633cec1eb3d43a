"""Read operations on jobs: by uuid, which is a capability; and lists, only for the account."""

import base64
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.jobs.charges import PartProgress
from apps.jobs.models import SPEAK, Job, JobState, Part, PartState
from apps.jobs.usage import Period
from workers.contract.formats import file_name_of

PUBLIC_STATES = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "processing",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.EXPIRED: "expired",
}
"""State names in the API."""

MOST_SEARCHED = 10_000
"""Latest jobs among which a text is searched: texts have no index, and a search of all of them would take as long as the account is large."""

MOST_UNFINISHED_SHARE = 0.999
LEAST_ESTIMABLE_SHARE = 0.01
"""Least share of the work from which the time left is estimated."""

# As apps/jobs/charges.py counts, for many jobs at once; what is lost in divisions of whole numbers is below one unit of a part.
PROGRESS = """
SELECT job.uuid, job.units, COALESCE(FLOOR(job.units * SUM(
    CASE WHEN part.state = 'done' THEN COALESCE(part.weight, part.units)
         WHEN part.units = 0 THEN 0
         ELSE COALESCE(part.weight, part.units)::bigint * LEAST(part.units_done, part.units) / part.units END
) / NULLIF(SUM(COALESCE(part.weight, part.units)), 0)), 0)
FROM jobs_job AS job JOIN jobs_part AS part ON part.job_id = job.uuid WHERE job.uuid = ANY(%(jobs)s) GROUP BY job.uuid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Conditions of a list of jobs; empty ones hold for all."""

    status: str = ""
    """Name of a state in the API."""
    kind: str = ""
    model: str = ""
    """Id of the model that did the work."""
    key_id: int | None = None
    period: Period | None = None
    """Days on which the job was accepted."""
    text: str = ""
    """Words of the spoken text, or a job's uuid, or the id of its request. Searched in the latest MOST_SEARCHED jobs that meet the rest."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Page of an account's jobs, newest first."""

    jobs: list[Job]
    next_cursor: str | None


def find_job(uuid_text: str) -> Job | None:
    """Job with this uuid, with or without dashes, of any account."""
    uuid = find_uuid(uuid_text)
    return Job.objects.filter(uuid=uuid).first() if uuid is not None else None


def get_own_job(caller: Caller, *, uuid_text: str, among: Q | None = None) -> Job:
    """Job of the caller's account, or of those `among` its jobs. 404 for any other, whether it exists or not."""
    uuid = find_uuid(uuid_text)
    job = _own_jobs(caller).filter(among or Q(), uuid=uuid).first() if uuid is not None else None
    if job is None:
        raise NotFoundError("There is no job with this uuid in your account.", param="uuid")
    return job


def list_own_jobs_of(caller: Caller, *, uuid_texts: Iterable[str]) -> list[Job]:
    """Jobs of the caller's account by their uuids, newest first. 404 if one of them is not the account's."""
    texts = list(uuid_texts)
    uuids = {uuid for text in texts if (uuid := find_uuid(text)) is not None}
    jobs = list(_own_jobs(caller).filter(uuid__in=uuids).order_by("-created_at", "uuid"))
    if len(jobs) < len(set(texts)):
        raise NotFoundError("One of these jobs is not in your account.", param="uuid")
    return jobs


def list_own_jobs(caller: Caller, *, wanted: JobFilter | None = None, cursor: str = "", limit: int = 20) -> JobPage:
    """Page of the account's jobs. The cursor is that of the previous page."""
    jobs = _matching(_own_jobs(caller), wanted or JobFilter()).order_by("-created_at", "uuid")
    if cursor:
        created_at, uuid = _read_cursor(cursor)
        jobs = jobs.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, uuid__gt=uuid), created_at__lte=created_at)
    page = list(jobs[: limit + 1])
    next_cursor = _cursor(page[limit - 1]) if len(page) > limit else None
    return JobPage(jobs=page[:limit], next_cursor=next_cursor)


def list_newer_jobs(caller: Caller, *, wanted: JobFilter, since: datetime, limit: int) -> list[Job]:
    """Jobs of the account that were accepted after a moment, newest first."""
    jobs = _matching(_own_jobs(caller), wanted).filter(created_at__gt=since)
    return list(jobs.order_by("-created_at", "uuid")[:limit])


def list_active_jobs(caller: Caller) -> list[Job]:
    return list(_own_jobs(caller).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).order_by("created_at"))


def read_units_done(jobs: Iterable[Job]) -> dict[UUID, int]:
    """Finished units of each job, as far as its workers reported: the same share that a cancellation would charge."""
    return {job_uuid: done for job_uuid, _, done in read_progress(job.uuid for job in jobs)}


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a job that is not over."""

    share: float
    """0 to 1."""
    seconds_left: int | None
    """Estimate from the work done since the job started; None before enough is done."""


def progress_of(job: Job, *, units_done: int) -> Progress:
    """Share of the job that is done, and an estimate of the time left. It is 1 only for a completed job: the last part may still join."""
    if job.state == JobState.COMPLETED:
        return Progress(1.0, 0)
    share = min(MOST_UNFINISHED_SHARE, units_done / job.units) if job.units else 0.0
    is_estimable = job.state == JobState.RUNNING and job.started_at is not None and share >= LEAST_ESTIMABLE_SHARE
    elapsed = (timezone.now() - job.started_at).total_seconds() if is_estimable and job.started_at else 0.0
    return Progress(round(share, 3), max(1, round(elapsed * (1 - share) / share)) if is_estimable else None)


def read_progress(jobs: Iterable[UUID]) -> list[tuple[UUID, int, int]]:
    """Uuid, units and finished units of each job."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"jobs": list(set(jobs))})
        return [(job_uuid, units, int(done)) for job_uuid, units, done in cursor.fetchall()]


def read_part_progress(job: Job) -> list[PartProgress]:
    """Progress of each part of a job, with its weight in the price. Speech counts as far as a listener got it before it left."""
    rows = Part.objects.filter(job_id=job.uuid).order_by("index").values_list("weight", "units", "units_done", "state", "kind")
    progress, left = [], job.units_sent
    for weight, units, units_done, state, kind in rows:
        part = PartProgress(units if weight is None else weight, units=units, units_done=units_done, is_done=state == PartState.DONE)
        if left is not None and kind == SPEAK:
            part = part.limited_to(left)
            left = max(0, left - units)
        progress.append(part)
    return progress


def list_planned_files(job: Job) -> list[str]:
    """Names of the files that an unfinished job is to make, optional ones too."""
    specs = (spec for part in Part.objects.filter(job_id=job.uuid).only("outputs") for spec in part.output_specs)
    return [file_name_of(spec.name_in_result, format=spec.format) for spec in specs if spec.is_kept]


def count_queued_jobs() -> int:
    """Number of all accounts' jobs that no worker has started."""
    return Job.objects.filter(state=JobState.QUEUED).count()


def _own_jobs(caller: Caller) -> QuerySet[Job]:
    if caller.account is None:
        raise TypeError("this is for callers with a key")
    return Job.objects.filter(account_id=caller.account.pk, is_internal=False)


def _matching(jobs: QuerySet[Job], wanted: JobFilter) -> QuerySet[Job]:
    """The jobs that meet the conditions."""
    conditions = Q()
    if wanted.status:
        conditions &= Q(state__in=_states(wanted.status))
    if wanted.kind:
        conditions &= Q(kind=wanted.kind)
    if wanted.model:
        conditions &= Q(engine_id=wanted.model)
    if wanted.key_id is not None:
        conditions &= Q(api_key_id=wanted.key_id)
    if wanted.period is not None:
        conditions &= Q(created_at__gte=wanted.period.start, created_at__lt=wanted.period.end)
    jobs = jobs.filter(conditions)
    return _with_text(jobs, wanted.text.strip()) if wanted.text.strip() else jobs


def _with_text(jobs: QuerySet[Job], text: str) -> QuerySet[Job]:
    uuid = find_uuid(text)
    if uuid is not None:
        return jobs.filter(uuid=uuid)
    latest = jobs.order_by("-created_at", "uuid").values("uuid")[:MOST_SEARCHED]
    return Job.objects.filter(Q(params__text__icontains=text) | Q(request_id=text), uuid__in=latest)


def _states(status: str) -> list[JobState]:
    states = [state for state, name in PUBLIC_STATES.items() if name == status]
    if not states:
        raise InvalidRequestError(f"Unknown status {status[:50]!r}. Available: {', '.join(PUBLIC_STATES.values())}.", param="status")
    return states


def _cursor(job: Job) -> str:
    return base64.urlsafe_b64encode(f"{job.created_at.isoformat()} {job.uuid.hex}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    with contextlib.suppress(ValueError):
        moment, uuid = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.utcoffset() == timedelta(0):  # as ours are; Postgres refuses what it cannot bring to UTC
            return created_at, UUID(uuid)
    raise InvalidRequestError("Unknown cursor. Pass the one of the previous page.", code="invalid_cursor", param="cursor")
