"""Timeline of a job: each part's waiting, pickup and work, with earlier attempts, on one scale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.jobs.models import Job, Part

SHOWN_PARTS: Final = 60
SCALE: Final = 1000
"""Width of a bar in the units of its drawing."""
LEAST_WIDTH: Final = 2

WAITING, PICKUP, RUNNING, LOST = "waiting", "pickup", "running", "lost"


@dataclass(frozen=True, slots=True)
class Span:
    """Stretch of a bar."""

    kind: str
    """waiting (for other parts or a slot), pickup (given to a worker that has not reported), running, lost (an attempt without a result)."""
    x: int
    width: int
    label: str


@dataclass(frozen=True, slots=True)
class Attempt:
    worker: str
    error_code: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PartLine:
    part: Part
    spans: tuple[Span, ...]
    attempts: tuple[Attempt, ...]
    """Earlier attempts."""
    waited_seconds: float | None
    run_seconds: float | None


@dataclass(frozen=True, slots=True)
class Timeline:
    lines: tuple[PartLine, ...]
    seconds: float
    """Length of the scale."""
    hidden: int
    """Number of parts that are not drawn."""

    @property
    def ticks(self) -> tuple[tuple[int, float], ...]:
        """Positions on the scale in percent, with their seconds."""
        return tuple((share, self.seconds * share / 100) for share in (0, 25, 50, 75, 100))


def get_timeline(job: Job) -> Timeline:
    """Timeline of the first parts of a job: one query."""
    columns = ("work", "outputs", "manifest")
    parts = list(Part.objects.filter(job_id=job.pk).defer(*columns).order_by("stage", "index")[: SHOWN_PARTS + 1])
    shown, now = parts[:SHOWN_PARTS], timezone.now()
    end = job.finished_at or now
    length = max((end - job.created_at).total_seconds(), 0.001)
    scale = _Scale(job.created_at, length)
    lines = tuple(_line(part, opened_at=_opened_at(part, parts=shown, job=job), scale=scale, now=end) for part in shown)
    return Timeline(lines, length, max(0, job.part_count - len(shown)))


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    seconds: float

    def span(self, kind: str, since: datetime, until: datetime, label: str) -> Span:
        x = round(SCALE * min(max((since - self.begin).total_seconds() / self.seconds, 0), 1))
        end = round(SCALE * min(max((until - self.begin).total_seconds() / self.seconds, 0), 1))
        return Span(kind, min(x, SCALE - LEAST_WIDTH), max(LEAST_WIDTH, end - x), f"{label}: {(until - since).total_seconds():.2f} s")


def _opened_at(part: Part, *, parts: Sequence[Part], job: Job) -> datetime | None:
    """Time from which the part could be given out: the end of the stage before; None while that one runs."""
    before = [other for other in parts if other.stage == part.stage - 1]
    if not before:
        return job.created_at
    ends = [other.finished_at for other in before if other.finished_at is not None]
    return max(ends) if len(ends) == len(before) else None


def _line(part: Part, *, opened_at: datetime | None, scale: _Scale, now: datetime) -> PartLine:
    end = part.finished_at or now
    attempts = list(_earlier(part.earlier_attempts))
    spans = [
        scale.span(LOST, since, until, f"{attempt.worker or 'no worker'}, {attempt.error_code or 'lost'}")
        for since, until, attempt in attempts
    ]
    since = attempts[-1][1] if attempts else opened_at
    admitted = part.admitted_at if part.admitted_at is not None and (not attempts or part.admitted_at >= attempts[-1][1]) else None
    if since is not None:
        spans.append(scale.span(WAITING, since, max(since, admitted or end), "waiting"))
    if admitted is not None:
        started = part.started_at or (end if part.finished_at is None else admitted)
        spans += [scale.span(PICKUP, admitted, started, "pickup")] if started > admitted else []
        spans += [scale.span(RUNNING, started, max(started, end), part.worker or "worker")] if part.started_at or part.finished_at else []
    begun = part.started_at or admitted
    return PartLine(
        part,
        tuple(spans),
        tuple(attempt for _, _, attempt in attempts),
        None if admitted is None or opened_at is None else max(0.0, (admitted - opened_at).total_seconds()),
        None if begun is None or part.finished_at is None else max(0.0, (part.finished_at - begun).total_seconds()),
    )


def _earlier(stored: Iterable[Any]) -> Iterable[tuple[datetime, datetime, Attempt]]:
    """Earlier attempts with their times, oldest first; rows that cannot be read are left out."""
    for row in stored:
        since, until = (parse_datetime(str(row.get(name) or "")) for name in ("admitted_at", "ended_at"))
        if since is not None and until is not None:
            yield since, until, Attempt(str(row.get("worker") or ""), str(row.get("error_code") or ""), (until - since).total_seconds())
