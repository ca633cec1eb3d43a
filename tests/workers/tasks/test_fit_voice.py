"""Fitting task: the time limit of its attempts. The fit itself is tested in tests/workers/cloning and tests/prove."""

import time

import pytest

from tests.workers.messages import speak_message
from workers.contract.errors import WorkError
from workers.parts import PartRun, PartStoppedError
from workers.tasks.fit_voice import checking_that_continues


def run_until(deadline_at: float) -> PartRun:
    return PartRun(speak_message("Hello.", kind="fit_voice", deadline_at=deadline_at), on_stop=lambda _: None)


def test_fit_beyond_its_time_limit_is_tried_again_without_a_counted_attempt() -> None:
    check = checking_that_continues(run_until(time.time() - 1))
    with pytest.raises(WorkError, match="too busy") as caught:
        check()
    assert (caught.value.code, caught.value.is_retryable, caught.value.is_outage) == ("engine_unavailable", True, True)


def test_fit_within_its_time_limit_continues_until_it_is_stopped() -> None:
    run = run_until(time.time() + 60)
    check = checking_that_continues(run)
    check()
    run.stop()
    with pytest.raises(PartStoppedError):
        check()
