"""Admission order: invariants for every backlog, and fairness over time."""

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.catalog.catalogue import Capacity
from apps.jobs.admission import LANE_ORDER, AdmissionLimits, QueuedPart, QueueLoad, VirtualTimes, choose
from tests.examples import examples

LANES = st.sampled_from(["live", "normal", "bulk"])
TENANTS = st.sampled_from(["ann", "bob", "cy", "dee"])
CAPACITIES = st.builds(
    lambda slots, reserved, extra: Capacity(slots=slots, reserved_slots=min(reserved, slots), hard_slots=slots + extra),
    st.integers(0, 12),
    st.integers(0, 4),
    st.integers(0, 6),
)
PARTS = st.lists(
    st.builds(
        dict,
        tenant=TENANTS,
        lane=LANES,
        units=st.integers(0, 500),
        needs_job_slot=st.booleans(),
        concurrency_limit=st.integers(1, 3),
        weight=st.integers(1, 4),
    ),
    max_size=40,
)


def parts(*descriptions: dict[str, Any]) -> list[QueuedPart]:
    """Parts in the order of their creation."""
    return [QueuedPart(part_id=number, **values) for number, values in enumerate(descriptions)]


@st.composite
def loads(draw: st.DrawFn) -> QueueLoad:
    """QueueLoad of parts in flight."""
    load = QueueLoad()
    for part in draw(
        st.lists(st.builds(QueuedPart, part_id=st.just(0), tenant=TENANTS, lane=LANES, needs_job_slot=st.booleans()), max_size=10)
    ):
        load.add(part)
    return load


@given(PARTS, CAPACITIES, loads())
def test_admission_never_exceeds_capacity_and_keeps_reserved_slots(
    descriptions: list[dict[str, Any]], capacity: Capacity, load: QueueLoad
) -> None:
    before, rules = load.copy(), AdmissionLimits.of(capacity)
    chosen = choose(parts(*descriptions), load=load, capacity=capacity, shares=VirtualTimes())
    assert len(set(chosen)) == len(chosen)
    if not chosen:
        return
    assert load.total <= rules.hard_slots
    prompt_only = [part for part in chosen if part.lane != "live"]
    if prompt_only:
        assert load.total + max(0, rules.live_slots - load.lanes["live"]) <= rules.hard_slots
    in_turn = Counter(part.tenant for part in prompt_only)
    if any(before.tenants[tenant] or amount > 1 for tenant, amount in in_turn.items()):  # more than newcomers
        newcomers = sum(not before.tenants[tenant] for tenant in in_turn)
        assert load.lanes["normal"] + load.lanes["bulk"] - newcomers <= max(1, rules.slots - rules.live_slots)
    if any(part.lane == "bulk" for part in chosen):
        assert load.lanes["bulk"] <= rules.bulk_slots
    for tenant in in_turn:
        limits = [part.concurrency_limit for part in chosen if part.tenant == tenant and part.needs_job_slot]
        assert not limits or load.job_slots[tenant] <= max(limits)


@given(PARTS, CAPACITIES)
def test_a_tenants_parts_go_in_their_order(descriptions: list[dict[str, Any]], capacity: Capacity) -> None:
    chosen = choose(parts(*descriptions), load=QueueLoad(), capacity=capacity, shares=VirtualTimes())
    for tenant in {part.tenant for part in chosen}:
        for lane in LANE_ORDER:
            line = [part for part in parts(*descriptions) if part.tenant == tenant and part.lane == lane]
            taken = [part for part in chosen if part.tenant == tenant and part.lane == lane]
            blocked_limits = {part.concurrency_limit for part in line if part.needs_job_slot}
            if len(blocked_limits) <= 1:  # with different limits in one line, one part may pass another that is blocked
                for has_begun in (True, False):
                    own_line = [part for part in line if part.needs_job_slot is not has_begun]
                    own_taken = [part for part in taken if part.needs_job_slot is not has_begun]
                    assert own_taken == own_line[: len(own_taken)]


@given(PARTS, st.integers(1, 8))
def test_no_slot_stays_free_while_a_part_could_use_it(descriptions: list[dict[str, Any]], slots: int) -> None:
    waiting = parts(*[{**values, "lane": "normal", "needs_job_slot": False} for values in descriptions])
    chosen = choose(waiting, load=QueueLoad(), capacity=Capacity(slots=slots, hard_slots=slots), shares=VirtualTimes())
    assert len(chosen) == min(slots, len(waiting))


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.sampled_from([1, 4, 8]))
@settings(max_examples=examples(40))
def test_tenants_that_all_wait_share_by_weight(weights: list[int], slots: int) -> None:
    """Thousands of parts through a few slots: each tenant's share is that of its weight, within a few parts."""
    cap = AdmissionLimits.of(Capacity(slots=slots)).tenant_slots
    assume(cap == slots or max(weights) / sum(weights) * slots <= cap - 1)  # else held to three quarters of the slots
    shares, load, ids = VirtualTimes(), QueueLoad(), count()
    done: Counter[str] = Counter()
    names = [f"tenant-{number}" for number in range(len(weights))]
    capacity = Capacity(slots=slots, hard_slots=slots)
    in_flight: list[QueuedPart] = []
    for _ in range(120 * len(weights)):
        if len(in_flight) == slots:
            finished = in_flight.pop(0)
            load.lanes[finished.lane] -= 1
            load.tenants[finished.tenant] -= 1
        waiting = [
            QueuedPart(part_id=next(ids), tenant=name, lane="normal", units=100, weight=weight)
            for name, weight in zip(names, weights, strict=True)
            for _ in range(slots)
        ]
        chosen = choose(waiting, load=load, capacity=capacity, shares=shares)
        in_flight += chosen
        done.update(part.tenant for part in chosen)
    total = sum(done.values())
    for name, weight in zip(names, weights, strict=True):
        assert done[name] == pytest.approx(total * weight / sum(weights), abs=slots + 2)


@given(st.lists(st.tuples(TENANTS, st.integers(0, 500), st.integers(1, 5)), min_size=1, max_size=60), st.integers(1, 3))
@settings(max_examples=examples(60))
def test_no_tenant_starves_behind_another(descriptions: list[tuple[str, int, int]], slots: int) -> None:
    """One slot after the other: all waiting parts are done, and none is overtaken by more than its fair share."""
    waiting = parts(*[{"tenant": tenant, "lane": "normal", "units": units, "weight": weight} for tenant, units, weight in descriptions])
    shares, done = VirtualTimes(), []
    while waiting:
        chosen = choose(waiting, load=QueueLoad(), capacity=Capacity(slots=slots, hard_slots=slots), shares=shares)
        assert chosen
        done += chosen
        waiting = [part for part in waiting if part not in chosen]
    assert len(done) == len(descriptions)


def test_a_flood_never_makes_another_wait_for_a_slot() -> None:
    load = QueueLoad()
    flood = [QueuedPart(part_id=number, tenant="flood", lane="normal") for number in range(200)]
    capacity = Capacity(slots=4, hard_slots=8)
    assert len(choose(flood, load=load, capacity=capacity, shares=VirtualTimes())) == 4
    single = QueuedPart(part_id=999, tenant="single", lane="normal")
    assert choose([*flood[4:], single], load=load, capacity=capacity, shares=VirtualTimes()) == [single]
    assert choose(flood[4:], load=load, capacity=capacity, shares=VirtualTimes()) == []


def test_new_tenant_starts_without_debt_or_credit() -> None:
    shares = VirtualTimes(clock=1000.0, times={"old": 400.0, "busy": 1500.0})
    assert (shares.start("old"), shares.start("new"), shares.start("busy")) == (1000.0, 1000.0, 1500.0)


def test_the_lane_live_has_slots_of_its_own() -> None:
    capacity = Capacity(slots=4, reserved_slots=1, hard_slots=4)
    load = QueueLoad()
    flood = [QueuedPart(part_id=number, tenant=f"tenant-{number}", lane="normal") for number in range(10)]
    assert len(choose(flood, load=load, capacity=capacity, shares=VirtualTimes())) == 3
    live = QueuedPart(part_id=99, tenant="tenant-0", lane="live")
    assert choose([*flood[3:], live], load=load, capacity=capacity, shares=VirtualTimes()) == [live]


def test_bulk_lane_leaves_a_quarter_of_slots_free() -> None:
    bulk = [QueuedPart(part_id=number, tenant="ann", lane="bulk") for number in range(10)]
    capacity = Capacity(slots=8, reserved_slots=1, hard_slots=8)
    assert len(choose(bulk, load=QueueLoad(), capacity=capacity, shares=VirtualTimes())) == 5


def test_admission_gives_one_tenant_at_most_three_quarters_while_another_waits() -> None:
    heavy = [QueuedPart(part_id=number, tenant="heavy", lane="normal", weight=100) for number in range(10)]
    light = [QueuedPart(part_id=100 + number, tenant="light", lane="normal") for number in range(10)]
    chosen = choose([*heavy, *light], load=QueueLoad(), capacity=Capacity(slots=8, hard_slots=8), shares=VirtualTimes())
    assert Counter(part.tenant for part in chosen) == {"heavy": 6, "light": 2}


def test_a_single_slot_of_a_laptop_serves_every_lane() -> None:
    for lane in LANE_ORDER:
        part = QueuedPart(part_id=1, tenant="ann", lane=lane)
        assert choose([part], load=QueueLoad(), capacity=Capacity(slots=1, reserved_slots=1, hard_slots=1), shares=VirtualTimes()) == [part]


def test_jobs_beyond_a_tenants_limit_wait_while_the_parts_of_begun_ones_go() -> None:
    load = QueueLoad()
    load.job_slots["ann"] = 2
    blocked = QueuedPart(part_id=1, tenant="ann", lane="normal", needs_job_slot=True, concurrency_limit=2)
    begun = QueuedPart(part_id=2, tenant="ann", lane="normal")
    assert choose([blocked, begun], load=load, capacity=Capacity(slots=4, hard_slots=4), shares=VirtualTimes()) == [begun]


def test_admission_without_workers_admits_nothing() -> None:
    part = QueuedPart(part_id=1, tenant="ann", lane="live")
    assert choose([part], load=QueueLoad(), capacity=Capacity(), shares=VirtualTimes()) == []
