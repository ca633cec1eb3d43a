"""Reads of the status: live states, bars of 90 days, incidents. The last answer is kept in the process and in Valkey for outages."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from apps.status.components import COMPONENTS, State, worst
from apps.status.models import Day, Incident, Minute

SHOWN_DAYS: Final = 90
SHOWN_PAST_DAYS: Final = 14
"""Days whose resolved incidents are listed."""
FRESH: Final = timedelta(minutes=3)
"""Age from which a result says nothing about now."""


@dataclass(frozen=True, slots=True)
class DayBar:
    """A component's day: `state` is none without any probe."""

    day: str
    state: str
    uptime: float | None
    """Percent of the probes that found it working."""
    minutes: int
    """Probes of the day, one a minute."""

    @property
    def text(self) -> str:
        """Words for the tooltip, after the day."""
        if self.uptime is None:
            return "no data"
        return f"{self.uptime:g}% up, {self.minutes} of 1440 minutes probed"


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """A component now and over 90 days."""

    id: str
    title: str
    text: str
    state: str
    """up, degraded, down, or unknown if no recent probe says."""
    milliseconds: int | None
    uptime: float | None
    """Percent over the days with data."""
    days: list[DayBar]


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that the page and the JSON show of the probes."""

    state: str
    probed_at: str | None
    components: list[ComponentStatus]


def read_status(now: datetime | None = None) -> Status:
    """Status by the rows. Raises DatabaseError while the database is away."""
    now = now or timezone.now()
    last = Minute.objects.order_by("-minute").first()
    fresh = last.results if last is not None and now - last.minute <= FRESH else {}
    first = now.date() - timedelta(days=SHOWN_DAYS - 1)
    rows: dict[str, dict[date, Day]] = {}
    for row in Day.objects.filter(day__gte=first):
        rows.setdefault(row.component, {})[row.day] = row
    shown = [
        _component(
            component.id, component.title, component.text, found=fresh.get(component.id), days=rows.get(component.id, {}), first=first
        )
        for component in COMPONENTS
        if component.id in rows or component.id in fresh
    ]
    states = [State(component.state) for component in shown if component.state != "unknown"]
    return Status(worst(states) or "unknown", last.minute.isoformat() if last is not None else None, shown)


def list_open_incidents(now: datetime | None = None) -> list[Incident]:
    """Incidents that are not resolved, and maintenance that runs."""
    now = now or timezone.now()
    running = Q(is_maintenance=False, ends_at=None) | Q(is_maintenance=True, ends_at__gt=now)
    return list(Incident.objects.filter(running, starts_at__lte=now).prefetch_related("updates"))


def list_planned(now: datetime | None = None) -> list[Incident]:
    """Maintenance that has not begun, the next first."""
    return list(
        Incident.objects.filter(is_maintenance=True, starts_at__gt=now or timezone.now()).order_by("starts_at").prefetch_related("updates")
    )


def list_past_incidents(now: datetime | None = None, *, days: int = SHOWN_PAST_DAYS) -> list[Incident]:
    """Incidents that are over, newest first."""
    now = now or timezone.now()
    return list(Incident.objects.filter(ends_at__lte=now, starts_at__gte=now - timedelta(days=days)).prefetch_related("updates"))


def status_shape(status: Status, incidents: Iterable[Incident], planned: Iterable[Incident]) -> dict[str, Any]:
    """Body of GET /v1/status/."""
    return {
        "status": status.state,
        "probed_at": status.probed_at,
        "components": [asdict(component) for component in status.components],
        "incidents": [incident_shape(incident) for incident in incidents],
        "scheduled_maintenance": [incident_shape(incident) for incident in planned],
    }


def incident_shape(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.uuid.hex,
        "title": incident.title,
        "impact": incident.impact,
        "components": incident.components,
        "is_maintenance": incident.is_maintenance,
        "starts_at": incident.starts_at.isoformat(),
        "ends_at": incident.ends_at.isoformat() if incident.ends_at else None,
        "updates": [{"phase": update.phase, "text": update.text, "at": update.at.isoformat()} for update in incident.updates.all()],
    }


def _component(name: str, title: str, text: str, *, found: list[Any] | None, days: dict[date, Day], first: date) -> ComponentStatus:
    bars = [_bar(first + timedelta(days=offset), days.get(first + timedelta(days=offset))) for offset in range(SHOWN_DAYS)]
    working = sum(row.up + row.degraded for row in days.values())
    total = working + sum(row.down for row in days.values())
    state, milliseconds = found if found is not None else ("unknown", None)
    return ComponentStatus(name, title, text, state, milliseconds, _percent(working, total), bars)


def _bar(day: date, row: Day | None) -> DayBar:
    if row is None or not (total := row.up + row.degraded + row.down):
        return DayBar(day.isoformat(), "none", None, 0)
    uptime = _percent(row.up + row.degraded, total)
    state = "up" if not row.down and row.degraded * 20 < total else "down" if row.down * 20 >= total else "degraded"
    return DayBar(day.isoformat(), state, uptime, total)


def _percent(part: int, total: int) -> float | None:
    """Percent rounded down to two decimals, so that 100 means all."""
    return None if not total else (10_000 * part // total) / 100
