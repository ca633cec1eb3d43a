"""Figures of the admin's start page."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from apps.accounts.models import Account, AnonymousUse
from apps.billing.models import EntryKind, LedgerEntry
from apps.cache.selectors import CacheFigures, get_cache_figures
from apps.catalog.catalogue import LIVE_SECONDS
from apps.catalog.models import Worker
from apps.jobs.kinds import Unit, kind_names_with_unit
from apps.jobs.models import FAILED_STATES, IN_FLIGHT_STATES, Job, JobState, Part, PartState
from apps.payments.models import CreditDebt, Difference

WINDOW = timedelta(hours=24)
FAILURES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class QueueFigures:
    queue: str
    waiting_parts: int
    parts_in_flight: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures; `lately` is the last 24 hours."""

    live_workers: int
    silent_workers: int
    queues: tuple[QueueFigures, ...]
    jobs_lately: int
    completed_lately: int
    failed_lately: int
    characters_lately: int
    charged_millicredits_lately: int
    busy_accounts_lately: int
    new_accounts_lately: int
    anonymous_characters_today: int
    last_failures: tuple[Job, ...]
    cache: CacheFigures
    cached_lately: int
    """Completed jobs that got their result from the cache."""

    @property
    def waiting_parts(self) -> int:
        return sum(queue.waiting_parts for queue in self.queues)

    @property
    def parts_in_flight(self) -> int:
        return sum(queue.parts_in_flight for queue in self.queues)


def get_figures() -> Figures:
    now = timezone.now()
    since = now - WINDOW
    is_live = Q(last_seen_at__gt=now - timedelta(seconds=LIVE_SECONDS))
    workers = Worker.objects.aggregate(live=Count("id", filter=is_live), silent=Count("id", filter=~is_live))
    jobs = Job.objects.filter(created_at__gt=since, is_internal=False)
    sums = jobs.aggregate(
        all=Count("uuid"),
        completed=Count("uuid", filter=Q(state=JobState.COMPLETED)),
        failed=Count("uuid", filter=Q(state__in=FAILED_STATES)),
        characters=Sum("units", filter=Q(kind__in=kind_names_with_unit(Unit.CHARACTERS), state=JobState.COMPLETED), default=0),
        accounts=Count("account", distinct=True),
        cached=Count("uuid", filter=Q(state=JobState.COMPLETED, part_count=0)),
    )
    charged = LedgerEntry.objects.filter(created_at__gt=since, kind=EntryKind.CHARGE).aggregate(sum=Sum("amount_millicredits", default=0))
    return Figures(
        live_workers=workers["live"],
        silent_workers=workers["silent"],
        queues=_queues(),
        jobs_lately=sums["all"],
        completed_lately=sums["completed"],
        failed_lately=sums["failed"],
        characters_lately=sums["characters"],
        charged_millicredits_lately=-charged["sum"],
        busy_accounts_lately=sums["accounts"],
        new_accounts_lately=Account.objects.filter(created_at__gt=since).count(),
        anonymous_characters_today=AnonymousUse.objects.filter(day=now.date()).aggregate(sum=Sum("characters", default=0))["sum"],
        last_failures=tuple(jobs.filter(state=JobState.FAILED).select_related("account").order_by("-created_at")[:FAILURES_SHOWN]),
        cache=get_cache_figures(),
        cached_lately=sums["cached"],
    )


@dataclass(frozen=True, slots=True)
class OpenDebts:
    """Credits that accounts owe after refunds and disputes."""

    accounts: int
    millicredits: int


def get_open_debts() -> OpenDebts:
    sums = CreditDebt.objects.filter(settled_at=None).aggregate(
        accounts=Count("account", distinct=True), owed=Sum(F("owed_millicredits") - F("settled_millicredits"), default=0)
    )
    return OpenDebts(sums["accounts"], sums["owed"])


def count_differences() -> int:
    """Differences to Stripe that are not resolved."""
    return Difference.objects.filter(resolved_at=None).count()


def _queues() -> tuple[QueueFigures, ...]:
    rows = (
        Part.objects.filter(state__in=[PartState.QUEUED, *IN_FLIGHT_STATES])
        .values("queue")
        .annotate(waiting=Count("id", filter=Q(state=PartState.QUEUED)), flying=Count("id", filter=Q(state__in=IN_FLIGHT_STATES)))
        .order_by("queue")
    )
    return tuple(QueueFigures(row["queue"], row["waiting"], row["flying"]) for row in rows)
