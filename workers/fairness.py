"""Chooses the next sentence to compute: live before others, then fair among tenants, then the oldest job. Pure, no threads."""

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workers.contract.names import Lane

T = TypeVar("T")

LIVE_HEAD_START_SECONDS = 2.0
"""A tenant's live sentences run ahead of the others' until it has received this much more compute: a client is listening, but a flood of
live requests must not starve everyone else.
"""
FIRST_SENTENCE_HEAD_START_SECONDS = 2.0
"""Additional head start of the first sentence of a response: silence before the first word is the most noticeable."""
INITIAL_SECONDS_PER_UNIT = 0.02
"""Estimate before any measurement: about 15 characters are one second of speech, at a real-time factor of 0.3."""
RATE_SMOOTHING = 0.2


@dataclass(frozen=True, slots=True)
class Order:
    """Properties that decide when work runs."""

    tenant: str
    group: str
    """Orders with the same group (the attempt's token) are dropped together."""
    lane: Lane
    job_created_at: float
    job: str
    part: int
    index: int
    units: int
    """Characters, or another measure proportional to the work's duration."""
    is_first_sentence: bool = False
    """First sentence of a response that a client listens to."""

    @property
    def head_start_seconds(self) -> float:
        """Seconds by which this may run ahead of its fair turn."""
        return (LIVE_HEAD_START_SECONDS if self.lane == "live" else 0.0) + (
            FIRST_SENTENCE_HEAD_START_SECONDS if self.is_first_sentence else 0.0
        )

    @property
    def rank(self) -> tuple[float, float, str, int, int]:
        """Order within its tenant: most urgent, oldest job, part, sentence."""
        return (-self.head_start_seconds, self.job_created_at, self.job, self.part, self.index)


@dataclass(slots=True)
class _Entry(Generic[T]):
    order: Order
    item: T
    is_dropped: bool = False


@dataclass(slots=True)
class _Tenant(Generic[T]):
    settled_seconds: float
    """Compute received by this tenant, raised to the others' level when it becomes active again, so that idleness earns no credit."""
    charged_seconds: float = 0.0
    """Estimates of running work, so that a tenant's second sentence counts the first one while it runs."""
    waiting: list[tuple[tuple[float, float, str, int, int], int, _Entry[T]]] = field(default_factory=list)
    running: int = 0
    served: int = 0
    """Sentences served since it became active; breaks ties, so that a newcomer waits for no second sentence of others."""

    def top(self) -> _Entry[T] | None:
        while self.waiting and self.waiting[0][2].is_dropped:
            heapq.heappop(self.waiting)
        return self.waiting[0][2] if self.waiting else None

    @property
    def is_active(self) -> bool:
        return self.running > 0 or self.top() is not None

    @property
    def turn(self) -> tuple[float, float, int, float]:
        """Sort key; the smallest is next. Only for a tenant with waiting work."""
        order = self.waiting[0][2].order
        ahead = order.head_start_seconds
        return (self.settled_seconds + self.charged_seconds - ahead, -ahead, self.served, order.job_created_at)


class FairQueue(Generic[T]):
    """Start-time fair queueing over tenants. Each pop must be followed by one settle. Not thread-safe."""

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant[T]] = {}
        self._groups: dict[str, list[_Entry[T]]] = {}
        self._sequence = itertools.count()
        self._length = 0
        self._floor = 0.0
        self._seconds_per_unit = INITIAL_SECONDS_PER_UNIT

    def __len__(self) -> int:
        return self._length

    def push(self, order: Order, *, item: T) -> None:
        """Add work; a tenant that was idle starts level with the least served active tenant."""
        tenant = self._tenants.get(order.tenant)
        if tenant is None or not tenant.is_active:
            level = self._level()
            if tenant is None:
                tenant = self._tenants[order.tenant] = _Tenant(level)
            tenant.settled_seconds = max(tenant.settled_seconds, level)
            tenant.served = 0
        entry = _Entry(order, item)
        heapq.heappush(tenant.waiting, (order.rank, next(self._sequence), entry))
        self._groups.setdefault(order.group, []).append(entry)
        self._length += 1

    def pop(self) -> tuple[Order, T, float] | None:
        """Next work, with the seconds charged to its tenant in advance."""
        candidates = [tenant for tenant in self._tenants.values() if tenant.top() is not None]
        if not candidates:
            return None
        tenant = min(candidates, key=lambda candidate: candidate.turn)
        entry = heapq.heappop(tenant.waiting)[2]
        self._forget_entry(entry)
        seconds = entry.order.units * self._seconds_per_unit
        tenant.charged_seconds += seconds
        tenant.running += 1
        tenant.served += 1
        return entry.order, entry.item, seconds

    def settle(self, order: Order, *, charged_seconds: float, actual_seconds: float) -> None:
        """Replace the estimate by the measured time."""
        tenant = self._tenants[order.tenant]
        tenant.charged_seconds -= charged_seconds
        tenant.settled_seconds += actual_seconds
        tenant.running -= 1
        if order.units > 0:
            self._seconds_per_unit += RATE_SMOOTHING * (actual_seconds / order.units - self._seconds_per_unit)
        self._forget_idle_tenants()

    def drop(self, group: str) -> list[T]:
        """Remove a group's waiting work and return it."""
        entries = self._groups.pop(group, [])
        for entry in entries:
            entry.is_dropped = True
        self._length -= len(entries)
        return [entry.item for entry in entries]

    def _level(self) -> float:
        # Estimates are excluded: one that is too high would put earlier tenants ahead of a new one.
        active = [tenant.settled_seconds for tenant in self._tenants.values() if tenant.is_active]
        if active:
            self._floor = max(self._floor, min(active))
        return self._floor

    def _forget_entry(self, entry: _Entry[T]) -> None:
        self._length -= 1
        group = self._groups[entry.order.group]
        group.remove(entry)
        if not group:
            del self._groups[entry.order.group]

    def _forget_idle_tenants(self) -> None:
        """Drop idle tenants that are not ahead of the others: they would start at the common level anyway."""
        level = self._level()
        idle = [name for name, tenant in self._tenants.items() if not tenant.is_active]
        if len(idle) == len(self._tenants):
            self._tenants.clear()
            self._floor = 0.0
            return
        for name in idle:
            if self._tenants[name].settled_seconds <= level:
                del self._tenants[name]
