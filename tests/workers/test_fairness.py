"""The order of waiting sentences."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from workers.contract.names import Lane
from workers.fairness import LIVE_HEAD_START_SECONDS, FairQueue, Order


def order(
    tenant: str, *, index: int = 0, job: str = "job", part: int = 0, created_at: float = 0.0, lane: Lane = "normal", units: int = 50
) -> Order:
    return Order(
        tenant=tenant, group=f"{tenant}-{job}-{part}", lane=lane, job_created_at=created_at, job=job, part=part, index=index, units=units
    )


@dataclass
class Machine:
    """Cores with a simulated clock: running work, its end, and the order of starts."""

    cores: int
    queue: FairQueue[float] = field(default_factory=FairQueue)
    now: float = 0.0
    running: list[tuple[float, float, Order, float]] = field(default_factory=list)
    begun: list[Order] = field(default_factory=list)

    def push(self, *orders: Order, seconds: float = 1.0) -> None:
        for each in orders:
            self.queue.push(each, item=seconds)

    def begin(self) -> None:
        while len(self.running) < self.cores and (taken := self.queue.pop()) is not None:
            taken_order, seconds, charged = taken
            self.running.append((self.now + seconds, seconds, taken_order, charged))
            self.begun.append(taken_order)

    def finish_one(self) -> None:
        self.running.sort(key=lambda run: run[0])
        self.now, seconds, finished, charged = self.running.pop(0)
        self.queue.settle(finished, charged_seconds=charged, actual_seconds=seconds)

    def run_until_empty(self) -> list[str]:
        self.begin()
        while self.running:
            self.finish_one()
            self.begin()
        return [each.tenant for each in self.begun]


def test_a_single_tenant_gets_its_oldest_job_first_then_part_then_sentence() -> None:
    machine = Machine(cores=1)
    machine.push(
        order("a", job="young", created_at=2), order("a", job="old", created_at=1, part=1), order("a", job="old", created_at=1, index=1)
    )
    machine.push(order("a", job="old", created_at=1, index=0))
    machine.run_until_empty()
    assert [(each.job, each.part, each.index) for each in machine.begun] == [("old", 0, 0), ("old", 0, 1), ("old", 1, 0), ("young", 0, 0)]


def test_two_tenants_take_turns() -> None:
    machine = Machine(cores=1)
    machine.push(*(order("a", index=index) for index in range(4)))
    machine.push(*(order("b", index=index, created_at=1) for index in range(4)))
    assert machine.run_until_empty() == ["a", "b", "a", "b", "a", "b", "a", "b"]


def test_a_tenant_with_long_sentences_gets_as_many_seconds_not_as_many_sentences() -> None:
    machine = Machine(cores=1)
    machine.push(*(order("long", index=index, units=400) for index in range(2)), seconds=8)
    machine.push(*(order("short", index=index, units=50, created_at=1) for index in range(20)), seconds=1)
    assert machine.run_until_empty()[:10] == ["long", *["short"] * 8, "long"]


@dataclass(frozen=True)
class Flood:
    """Many sentences of one tenant in one lane, and the arrival of another's single sentence."""

    cores: int
    already_done: int
    still_waiting: int
    seconds: list[float]
    lanes: tuple[Lane, Lane]
    """Lanes of the flood and of the newcomer. A live flood before a normal newcomer keeps its head start: see the next test."""


FLOODS = st.builds(
    Flood,
    cores=st.integers(1, 4),
    already_done=st.integers(0, 30),
    still_waiting=st.integers(1, 60),
    seconds=st.lists(st.floats(0.01, 20), min_size=1, max_size=8),
    lanes=st.sampled_from([("normal", "normal"), ("normal", "live"), ("live", "live")]),
)


@given(FLOODS)
def test_a_flood_delays_another_single_sentence_by_no_more_than_what_runs_already(flood: Flood) -> None:
    machine = Machine(flood.cores)
    for index in range(flood.already_done + flood.still_waiting):
        machine.push(order("flood", job=f"{index:03}", lane=flood.lanes[0]), seconds=flood.seconds[index % len(flood.seconds)])
    machine.begin()
    for _ in range(flood.already_done):
        machine.finish_one()
        machine.begin()
    machine.push(order("newcomer", created_at=1e9, lane=flood.lanes[1]))
    begun_before = len(machine.begun)
    if machine.running:
        machine.finish_one()
    machine.begin()
    assert machine.begun[begun_before].tenant == "newcomer"


def test_live_sentences_go_first_within_a_bounded_head_start() -> None:
    machine = Machine(cores=1)
    machine.push(*(order("quiet", index=index) for index in range(10)))
    machine.push(*(order("flood", index=index, lane="live") for index in range(10)))
    begun = machine.run_until_empty()
    head_start = int(LIVE_HEAD_START_SECONDS)
    assert begun[:head_start] == ["flood"] * head_start
    assert begun[head_start : head_start + 6].count("quiet") == 3


def test_within_a_tenant_live_goes_before_older_work() -> None:
    machine = Machine(cores=1)
    machine.push(order("a", job="old", created_at=1), order("a", job="live", created_at=2, lane="live"))
    machine.run_until_empty()
    assert [each.job for each in machine.begun] == ["live", "old"]


def test_idle_tenant_accumulates_no_scheduling_credit() -> None:
    machine = Machine(cores=1)
    machine.push(*(order("busy", index=index) for index in range(30)))
    for _ in range(20):
        machine.begin()
        machine.finish_one()
    machine.push(*(order("idle", index=index, created_at=1) for index in range(10)))
    machine.begun.clear()
    assert machine.run_until_empty()[:8] == ["idle", "busy"] * 4


def test_dropped_work_is_returned_and_never_runs() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.push(order("a", job="kept"), item="kept")
    queue.push(order("a", job="dropped", created_at=-1, index=0), item="first")
    queue.push(order("a", job="dropped", created_at=-1, index=1), item="second")
    assert queue.drop("a-dropped-0") == ["first", "second"]
    assert len(queue) == 1
    taken = queue.pop()
    assert taken is not None
    assert taken[1] == "kept"
    assert queue.pop() is None
    assert queue.drop("a-dropped-0") == []


def test_idle_tenants_are_forgotten() -> None:
    machine = Machine(cores=2)
    machine.push(*(order(f"tenant-{number}") for number in range(50)))
    machine.run_until_empty()
    assert machine.queue._tenants == {}
