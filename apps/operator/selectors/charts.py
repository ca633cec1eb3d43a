"""Data of the start page's charts: money, credits, usage, errors and latency. One query each, over an index, kept for a minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate, TruncHour
from django.utils import timezone

from apps.billing.models import EntryKind, LedgerEntry
from apps.core.ttl_cache import TtlCache
from apps.jobs.models import FAILED_STATES, Job, JobState
from apps.payments.models import Payment
from apps.payments.money import decimals_of

DAYS: Final = 14
HOURS: Final = 24
KEPT_SECONDS: Final = 60

SOLD: Final = (EntryKind.PURCHASE, EntryKind.SUBSCRIPTION)
TAKEN_BACK: Final = (EntryKind.REFUND, EntryKind.DISPUTE, EntryKind.DEBT)

# Interpolated percentiles of the seconds until the first part started, and from there to the end, of jobs that were completed.
LATENCY: Final = """
SELECT date_trunc('hour', created_at, 'UTC') AS hour,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - created_at)) AS queue,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at)) AS compute
FROM jobs_job
WHERE created_at >= %(since)s AND state = 'completed' AND started_at IS NOT NULL AND NOT is_internal
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same points in time."""

    points: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)


def revenue_chart() -> Chart:
    """Credits sold, taken back by refunds and disputes, and charged for work, by day."""
    return _revenue.get()


def money_charts() -> dict[str, Chart]:
    """Money received by day of the payment, for each currency: what stayed, and what was refunded or is disputed."""
    return _money.get()


def usage_chart() -> Chart:
    """Completed jobs by day."""
    return _usage.get()


def errors_chart() -> Chart:
    """Failed and expired jobs of the last 24 hours, by hour."""
    return _errors.get()


def latency_chart() -> Chart:
    """Median and 95th percentile of queue and compute seconds of the last 24 hours, by hour."""
    return _latency.get()


def _days() -> list[date]:
    today = timezone.now().date()
    return [today - timedelta(days=days) for days in reversed(range(DAYS))]


def _hours() -> list[datetime]:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    return [now - timedelta(hours=hours) for hours in reversed(range(HOURS))]


def _read_revenue() -> Chart:
    days = _days()
    kinds = {"sold": Q(kind__in=SOLD), "back": Q(kind__in=TAKEN_BACK), "charged": Q(kind=EntryKind.CHARGE)}
    rows = LedgerEntry.objects.filter(kind__in=[*SOLD, *TAKEN_BACK, EntryKind.CHARGE], created_at__gte=_midnight(days[0])).order_by()
    sums = {name: Sum("amount_millicredits", filter=condition, default=0) for name, condition in kinds.items()}
    daily = rows.annotate(day=TruncDate("created_at", tzinfo=UTC)).values("day").annotate(**sums)
    by_day: dict[date, Any] = {row["day"]: row for row in daily}
    return Chart(
        tuple(f"{day:%d %b}" for day in days),
        (
            Series("credits sold", tuple(by_day[day]["sold"] / 1000 if day in by_day else 0 for day in days)),
            Series("credits taken back", tuple(-by_day[day]["back"] / 1000 if day in by_day else 0 for day in days)),
            Series("credits charged for work", tuple(-by_day[day]["charged"] / 1000 if day in by_day else 0 for day in days)),
        ),
    )


def _read_money() -> dict[str, Chart]:
    days = _days()
    rows = Payment.objects.filter(paid_at__gte=_midnight(days[0])).order_by()
    daily = (
        rows.annotate(day=TruncDate("paid_at", tzinfo=UTC))
        .values("currency", "day")
        .annotate(paid=Sum("amount_minor"), back=Sum(F("refunded_minor") + F("disputed_minor")))
    )
    by_currency: dict[str, dict[date, Any]] = {}
    for row in daily:
        by_currency.setdefault(row["currency"].lower(), {})[row["day"]] = row
    return {currency: _money_chart(days, by_day, 10 ** decimals_of(currency)) for currency, by_day in sorted(by_currency.items())}


def _money_chart(days: list[date], by_day: dict[date, Any], unit: int) -> Chart:
    kept = (((by_day[day]["paid"] - by_day[day]["back"]) / unit if day in by_day else 0) for day in days)
    back = ((by_day[day]["back"] / unit if day in by_day else 0) for day in days)
    return Chart(tuple(f"{day:%d %b}" for day in days), (Series("received", tuple(kept)), Series("refunded or disputed", tuple(back))))


def _read_usage() -> Chart:
    days = _days()
    jobs = Job.objects.filter(created_at__gte=_midnight(days[0]), is_internal=False).order_by()
    counts = (
        jobs.annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values("day")
        .annotate(
            completed=Count("uuid", filter=Q(state=JobState.COMPLETED)),
            anonymous=Count("uuid", filter=Q(state=JobState.COMPLETED, account=None)),
        )
    )
    by_day: dict[date, Any] = {row["day"]: row for row in counts}
    return Chart(
        tuple(f"{day:%d %b}" for day in days),
        (
            Series("with an account", tuple(by_day[day]["completed"] - by_day[day]["anonymous"] if day in by_day else 0 for day in days)),
            Series("without a key", tuple(by_day[day]["anonymous"] if day in by_day else 0 for day in days)),
        ),
    )


def _read_errors() -> Chart:
    hours = _hours()
    jobs = Job.objects.filter(created_at__gte=hours[0], is_internal=False, state__in=FAILED_STATES).order_by()
    counts = (
        jobs.annotate(hour=TruncHour("created_at", tzinfo=UTC))
        .values("hour")
        .annotate(failed=Count("uuid", filter=Q(state=JobState.FAILED)), expired=Count("uuid", filter=Q(state=JobState.EXPIRED)))
    )
    by_hour: dict[datetime, Any] = {row["hour"]: row for row in counts}
    return Chart(
        tuple(f"{hour:%H}:00" for hour in hours),
        tuple(Series(name, tuple(by_hour[hour][name] if hour in by_hour else 0 for hour in hours)) for name in ("failed", "expired")),
    )


def _read_latency() -> Chart:
    hours = _hours()
    with connection.cursor() as cursor:
        cursor.execute(LATENCY, {"since": hours[0]})
        rows = {hour: (*queue, *compute) for hour, queue, compute in cursor.fetchall()}
    names = ("queue, median", "queue, 95%", "compute, median", "compute, 95%")
    return Chart(
        tuple(f"{hour:%H}:00" for hour in hours),
        tuple(
            Series(name, tuple(_rounded(rows[hour][index]) if hour in rows else None for hour in hours)) for index, name in enumerate(names)
        ),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_revenue = TtlCache(_read_revenue, seconds=KEPT_SECONDS)
_money = TtlCache(_read_money, seconds=KEPT_SECONDS)
_usage = TtlCache(_read_usage, seconds=KEPT_SECONDS)
_errors = TtlCache(_read_errors, seconds=KEPT_SECONDS)
_latency = TtlCache(_read_latency, seconds=KEPT_SECONDS)
