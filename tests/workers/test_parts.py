"""The attempts that a worker holds."""

import threading
import time
from concurrent.futures import Future

import pytest

from workers.contract.errors import WorkError
from workers.contract.messages import InFlight, PartMessage, PartOutcome
from workers.contract.references import Address
from workers.parts import PartRun, Parts, PartStoppedError

FIRST = "t1"


def message(token: str, *, deadline_at: float | None = None) -> PartMessage:
    return PartMessage(
        job="j",
        part=0,
        token=token,
        kind="speak",
        work={},
        tenant="t",
        lane="live",
        job_created_at=0,
        deadline_at=time.time() + 60 if deadline_at is None else deadline_at,
        outputs=(),
        manifest=Address("folder", "b"),
    )


def run(*, token: str = FIRST, deadline_at: float | None = None, dropped: list[str] | None = None) -> PartRun:
    return PartRun(message(token, deadline_at=deadline_at), on_stop=(dropped if dropped is not None else []).append)


def outcome(token: str) -> PartOutcome:
    return PartOutcome(job="j", part=0, token=token, worker="w", status="completed")


def test_an_attempt_is_in_flight_from_its_beginning_to_its_end() -> None:
    parts, first = Parts(), run()
    assert parts.begin(first)
    first.units_done = 12
    assert parts.in_flight() == (InFlight("t1", 12),)
    parts.end(first, outcome=outcome("t1"))
    assert parts.in_flight() == ()
    assert parts.wait_until_none(0)


def test_the_same_token_begins_only_once() -> None:
    parts = Parts()
    assert parts.begin(run())
    assert not parts.begin(run())


def test_a_stopped_attempt_drops_its_waiting_work_and_goes_no_further() -> None:
    parts, dropped = Parts(), []
    held = run(dropped=dropped)
    parts.begin(held)
    held.check()
    assert parts.stop("t1")
    assert dropped == ["t1"]
    with pytest.raises(PartStoppedError):
        held.check()
    assert not parts.stop("t1")
    assert not parts.stop("another")


def test_attempt_after_its_deadline_has_timed_out() -> None:
    late = run(deadline_at=time.time() - 1)
    with pytest.raises(WorkError) as caught:
        late.check()
    assert caught.value.code == "timed_out"


def test_outcome_is_repeated_in_five_heartbeats_within_a_minute() -> None:
    parts, held = Parts(), run()
    parts.begin(held)
    parts.end(held, outcome=outcome("t1"))
    reported = [len(parts.outcomes_to_repeat()) for _ in range(20)]
    assert [beat for beat, count in enumerate(reported, start=1) if count] == [1, 2, 4, 8, 16]


def test_silently_ended_attempt_sends_no_outcome() -> None:
    parts, held = Parts(), run()
    parts.begin(held)
    parts.end(held, outcome=None)
    assert parts.outcomes_to_repeat() == ()


def test_waiting_for_a_future_returns_its_result() -> None:
    result: Future[int] = Future()
    threading.Timer(0.02, result.set_result, [42]).start()
    assert run().wait_for(result) == 42


def test_waiting_for_a_future_raises_at_once_when_the_attempt_is_stopped() -> None:
    held, never = run(), Future[int]()
    threading.Timer(0.02, held.stop).start()
    with pytest.raises(PartStoppedError):
        held.wait_for(never)


def test_waiting_for_a_future_raises_at_the_deadline() -> None:
    with pytest.raises(WorkError) as caught:
        run(deadline_at=time.time() + 0.05).wait_for(Future())
    assert caught.value.code == "timed_out"
