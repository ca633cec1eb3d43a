"""Chooses the next parts of a queue from what waits, what is in flight and the capacity. No I/O."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.catalog.catalogue import Capacity
from apps.jobs.models import Lane

LANE_ORDER = {Lane.LIVE.value: 0, Lane.NORMAL.value: 1, Lane.BULK.value: 2}
PART_UNITS = 50
"""Fixed cost of a part, in units (characters), for queueing, encoding and storing; without it empty parts would be free."""


@dataclass(frozen=True, slots=True)
class QueuedPart:
    """Part that could be admitted."""

    part_id: int
    tenant: str
    lane: str
    units: int = 0
    needs_job_slot: bool = False
    """True if it starts its job and counts against the tenant's concurrency limit."""
    concurrency_limit: int = 1
    weight: int = 1

    @property
    def order(self) -> tuple[int, bool, int]:
        """Sort key within a tenant: the most urgent lane, started jobs, the oldest job, its first part."""
        return LANE_ORDER[self.lane], self.needs_job_slot, self.part_id


@dataclass(slots=True)
class QueueLoad:
    """Parts in flight on the queue, and running jobs by tenant on all queues. Grows as parts are admitted."""

    lanes: Counter[str] = field(default_factory=Counter)
    tenants: Counter[str] = field(default_factory=Counter)
    job_slots: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.lanes.total()

    def add(self, part: QueuedPart) -> None:
        self.lanes[part.lane] += 1
        self.tenants[part.tenant] += 1
        self.job_slots[part.tenant] += part.needs_job_slot

    def copy(self) -> "QueueLoad":
        return QueueLoad(Counter(self.lanes), Counter(self.tenants), Counter(self.job_slots))


@dataclass(slots=True)
class VirtualTimes:
    """Start-time fair queueing (Goyal, Vin, Cheng 1996): each tenant's virtual time, and the queue's clock.

    The clock is the start time of the part last taken in turn. A tenant that arrives or returns starts there: without debt, and without
    credit for idle time.
    """

    clock: float = 0.0
    times: dict[str, float] = field(default_factory=dict)

    def start(self, tenant: str) -> float:
        """Virtual time at which the tenant's next part starts."""
        return max(self.times.get(tenant, 0.0), self.clock)

    def charge(self, part: QueuedPart) -> None:
        """Charge an admitted part; the greater a tenant's weight, the less it costs."""
        self.times[part.tenant] = self.start(part.tenant) + (PART_UNITS + part.units) / part.weight


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """Limits on the number of parts of each kind within a capacity."""

    slots: int
    live_slots: int
    """Slots reserved for the lane `live`; never all, so that other lanes progress."""
    hard_slots: int

    @classmethod
    def of(cls, capacity: Capacity) -> "AdmissionLimits":
        others = max(1, capacity.slots - capacity.reserved_slots) if capacity.slots else 0
        return cls(slots=capacity.slots, live_slots=capacity.slots - others, hard_slots=max(capacity.slots, capacity.hard_slots))

    @property
    def tenant_slots(self) -> int:
        """Most slots of one tenant while others wait."""
        return max(1, self.slots * 3 // 4)

    @property
    def bulk_slots(self) -> int:
        """Slots of bulk work, which leaves a quarter more free than the lane `normal`."""
        return max(1, self.slots - self.live_slots - self.slots // 4)

    def fits(self, part: QueuedPart, *, load: QueueLoad) -> bool:
        """True if the part fits into the slots in its turn."""
        if part.lane == Lane.LIVE and load.lanes[Lane.LIVE] < self.live_slots and load.total < self.hard_slots:
            return True
        if load.total >= self.slots:
            return False
        if part.lane == Lane.LIVE:
            return True
        if part.lane == Lane.BULK and load.lanes[Lane.BULK] >= self.bulk_slots:
            return False
        return load.lanes[Lane.NORMAL] + load.lanes[Lane.BULK] < self.slots - self.live_slots

    def fits_beyond_slots(self, part: QueuedPart, *, load: QueueLoad) -> bool:
        """True if a part of a tenant without parts in flight fits beyond the slots, independently of others' backlog. Bulk work can wait."""
        if part.lane == Lane.BULK or load.tenants[part.tenant]:
            return False
        kept = 0 if part.lane == Lane.LIVE else max(0, self.live_slots - load.lanes[Lane.LIVE])
        return load.total + kept < self.hard_slots


def choose(waiting: Iterable[QueuedPart], *, load: QueueLoad, capacity: Capacity, shares: VirtualTimes) -> list[QueuedPart]:
    """Parts to admit now, in order. Updates `load` and `shares`."""
    return _AdmissionRound(waiting, load=load, rules=AdmissionLimits.of(capacity), shares=shares).run()


class _AdmissionRound:
    """One decision: turns by virtual time first, then newcomers beyond the slots."""

    def __init__(self, waiting: Iterable[QueuedPart], *, load: QueueLoad, rules: AdmissionLimits, shares: VirtualTimes) -> None:
        self.load, self.rules, self.shares = load, rules, shares
        self.lines: dict[str, list[QueuedPart]] = {}
        for part in sorted(waiting, key=lambda part: part.order):
            self.lines.setdefault(part.tenant, []).append(part)
        self.chosen: list[QueuedPart] = []

    def run(self) -> list[QueuedPart]:
        if not self.rules.slots:
            return []
        full_share = self._take_turns(list(self.lines), is_shared=True)
        self._take_turns(full_share, is_shared=False)  # nobody else can use what is left
        for tenant in sorted(self.lines, key=self.shares.start):
            part = next((part for part in self.lines[tenant] if self._has_job_slot(part)), None)
            if part is not None and self.rules.fits_beyond_slots(part, load=self.load):
                self._admit(part)
        return self.chosen

    def _take_turns(self, tenants: list[str], *, is_shared: bool) -> list[str]:
        """Admit in turn until nothing fits; returns tenants that stopped at their share while others were left."""
        turns = [(self.shares.start(tenant), tenant) for tenant in tenants]
        heapq.heapify(turns)
        full_share = []
        while turns:
            start, tenant = heapq.heappop(turns)
            if is_shared and turns and self.load.tenants[tenant] >= self.rules.tenant_slots:
                full_share.append(tenant)
                continue
            part = next((part for part in self.lines[tenant] if self._is_admissible(part)), None)
            if part is None:
                continue
            self.shares.clock = max(self.shares.clock, start)
            self._admit(part)
            heapq.heappush(turns, (self.shares.start(tenant), tenant))
        return full_share

    def _is_admissible(self, part: QueuedPart) -> bool:
        return self._has_job_slot(part) and self.rules.fits(part, load=self.load)

    def _has_job_slot(self, part: QueuedPart) -> bool:
        return not part.needs_job_slot or self.load.job_slots[part.tenant] < part.concurrency_limit

    def _admit(self, part: QueuedPart) -> None:
        self.lines[part.tenant].remove(part)
        self.chosen.append(part)
        self.load.add(part)
        self.shares.charge(part)
