"""Usage of an account: jobs, characters and credits, by day, model or key."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from apps.accounts.models import ApiKey
from apps.billing import prices
from apps.core.errors import InvalidRequestError
from apps.jobs.kinds import Unit, kind_names_with_unit
from apps.jobs.models import FAILED_STATES, Job, JobState

GROUPS = ("day", "model", "key")
DEFAULT_DAYS = 30
LONGEST_DAYS = 366
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
"""Dates from 2000 to 2999: the days before and after are counted too, so years 1 and 9999 would overflow."""


@dataclass(frozen=True, slots=True)
class Period:
    """Range of days in UTC, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """First moment after the period."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)


def read_period(first: str, *, last: str, today: date | None = None) -> Period:
    """Parse `from` and `to`; by default the last 30 days. 400 for an invalid day."""
    end = _day(last, param="to") if last else today or datetime.now(UTC).date()
    start = _day(first, param="from") if first else end - timedelta(days=DEFAULT_DAYS - 1)
    if start > end:
        raise InvalidRequestError("`from` is after `to`.", param="from")
    if (end - start).days >= LONGEST_DAYS:
        raise InvalidRequestError(f"At most {LONGEST_DAYS} days per request.", param="from")
    return Period(start, end)


def read_usage(account_id: int, *, period: Period, group_by: str) -> dict[str, Any]:
    """Usage of the account: one row for each day, model or key with any, and the sum. Jobs count on the day of their acceptance."""
    if group_by not in GROUPS:
        raise InvalidRequestError(f"group_by is one of {', '.join(GROUPS)}.", param="group_by")
    jobs = Job.objects.filter(account_id=account_id, is_internal=False, created_at__gte=period.start, created_at__lt=period.end)
    rows = _GROUPED[group_by](jobs)
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "group_by": group_by,
        "total": _measures(jobs.aggregate(**_sums())),
        "usage": rows,
    }


def _sums() -> dict[str, Any]:
    return {
        "jobs": Count("uuid"),
        "completed": Count("uuid", filter=Q(state=JobState.COMPLETED)),
        "failed": Count("uuid", filter=Q(state__in=FAILED_STATES)),
        "cancelled": Count("uuid", filter=Q(state=JobState.CANCELLED)),
        "characters": Sum("units", filter=Q(kind__in=kind_names_with_unit(Unit.CHARACTERS))),
        "charged": Sum("charged_millicredits"),
    }


def _measures(sums: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: sums[name] or 0 for name in ("jobs", "completed", "failed", "cancelled", "characters")}
    return {**counts, "credits": prices.credits(int(sums["charged"] or 0))}


def _by_day(jobs: QuerySet[Job]) -> list[dict[str, Any]]:
    rows = jobs.annotate(day=TruncDate("created_at", tzinfo=UTC)).values("day").annotate(**_sums()).order_by("day")
    return [{"day": row["day"].isoformat(), **_measures(row)} for row in rows]


def _by_model(jobs: QuerySet[Job]) -> list[dict[str, Any]]:
    rows = jobs.annotate(model=F("engine_id")).values("model").annotate(**_sums()).order_by("model")
    return [{"model": row["model"], **_measures(row)} for row in rows]


def _by_key(jobs: QuerySet[Job]) -> list[dict[str, Any]]:
    rows = list(jobs.values("api_key_id").annotate(**_sums()).order_by("api_key_id"))
    keys = ApiKey.objects.in_bulk([row["api_key_id"] for row in rows if row["api_key_id"] is not None])
    return [{"key": _key_shape(keys.get(row["api_key_id"])), **_measures(row)} for row in rows]


_GROUPED = {"day": _by_day, "model": _by_model, "key": _by_key}


def _key_shape(key: ApiKey | None) -> dict[str, Any] | None:
    return {"id": key.pk, "name": key.name, "prefix": key.prefix} if key is not None else None


def _day(text: str, *, param: str) -> date:
    with contextlib.suppress(ValueError):
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    raise InvalidRequestError(f"{param} must be a day such as 2026-01-31.", code="invalid_date", param=param)
