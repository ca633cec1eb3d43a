"""Live workers and queues: four queries, whatever their number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.catalog.catalogue import LIVE_SECONDS
from apps.catalog.models import Worker
from apps.jobs.models import IN_FLIGHT_STATES, AdmissionPause, Lane, Part, PartState

SHOWN_SILENT = timedelta(days=1)
"""Workers that were silent for longer are listed in the table of workers only."""


@dataclass(frozen=True, slots=True)
class LiveWorker:
    row: Worker
    state: str
    """live, stopping or silent."""
    seconds_silent: int
    slots: int
    parts: int

    @property
    def share(self) -> int:
        """Parts in flight of its slots, in percent."""
        return min(100, 100 * self.parts // self.slots) if self.slots else 0

    @property
    def memory_gb(self) -> str:
        return f"{self.row.memory_bytes / 1e9:.1f}" if self.row.memory_bytes else ""

    @property
    def budget_gb(self) -> str:
        """Memory that its models may take together."""
        return f"{self.row.model_memory_bytes / 1e9:.1f}" if self.row.model_memory_bytes else ""


@dataclass(frozen=True, slots=True)
class LiveQueue:
    name: str
    waiting: int
    waiting_by_lane: str
    """`2 live, 7 normal`."""
    in_flight: int
    slots: int
    oldest_seconds: int | None
    """Age of the job whose part has waited longest; None if nothing waits."""

    @property
    def is_unserved(self) -> bool:
        """True if parts wait and no live worker serves the queue."""
        return self.waiting > 0 and self.slots == 0


@dataclass(frozen=True, slots=True)
class LiveState:
    workers: list[LiveWorker]
    queues: list[LiveQueue]
    paused_until: datetime | None
    """End of the pause in which no part is given out, because the object store is away."""
    read_at: datetime


def get_live_state() -> LiveState:
    now = timezone.now()
    rows = list(Worker.objects.filter(last_seen_at__gt=now - SHOWN_SILENT).prefetch_related("queues").order_by("name"))
    flying = Part.objects.filter(state__in=IN_FLIGHT_STATES)
    parts_of: dict[str, int] = defaultdict(int)
    flying_in: dict[str, int] = defaultdict(int)
    for worker, queue, number in flying.values_list("worker", "queue").annotate(number=Count("id")):
        parts_of[worker] += number
        flying_in[queue] += number
    workers = [_live_worker(row, now=now, parts=parts_of[row.name]) for row in rows]
    pause = AdmissionPause.objects.filter(until__gt=now).first()
    return LiveState(workers, _queues(workers, flying_in, now=now), None if pause is None else pause.until, now)


def _live_worker(row: Worker, *, now: datetime, parts: int) -> LiveWorker:
    silent = now - row.last_seen_at
    state = "silent" if silent > timedelta(seconds=LIVE_SECONDS) else "stopping" if row.is_stopping else "live"
    return LiveWorker(row, state, max(0, round(silent.total_seconds())), sum(queue.slots for queue in row.queues.all()), parts)


def _queues(workers: list[LiveWorker], flying_in: dict[str, int], *, now: datetime) -> list[LiveQueue]:
    slots: dict[str, int] = defaultdict(int)
    for worker in workers:
        for queue in worker.row.queues.all():
            slots[queue.queue] += queue.slots if worker.state == "live" else 0
    by_lane = {lane.value: Count("id", filter=Q(lane=lane)) for lane in Lane}
    waiting: dict[str, dict[str, Any]] = {
        row["queue"]: dict(row)
        for row in Part.objects.filter(state=PartState.QUEUED).values("queue").annotate(**by_lane, oldest=Min("job__created_at"))
    }
    found = []
    for name in sorted({*slots, *waiting, *flying_in}):
        row = waiting.get(name)
        counts = {} if row is None else {lane.value: row[lane.value] for lane in Lane if row[lane.value]}
        oldest = None if row is None else max(0, round((now - row["oldest"]).total_seconds()))
        lanes = ", ".join(f"{number:,} {lane}" for lane, number in counts.items())
        found.append(LiveQueue(name, sum(counts.values()), lanes, flying_in[name], slots[name], oldest))
    return found
