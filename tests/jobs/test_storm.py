"""Concurrency storm: submissions, ends, failures, cancellations, lost workers and the reaper in many threads, without deadlocks or lost
jobs.
"""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.errors import ApplicationError
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import IN_FLIGHT_STATES, Job, JobState, Part
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.reap import reap
from tests.factories import AccountFactory, PlanFactory
from tests.factories_jobs import announce, caller, outcome_of, started, submit
from tests.jobs.observing import beat

STORM_SECONDS = 1.5
LONGEST_SECONDS = 90.0
ROUNDS = 6
"""Times that each action happens at least, however slow the machine is."""


class Storm:
    """Threads that each repeat one action until the time is over and every action was repeated often enough; errors are collected."""

    def __init__(self, callers: list[Caller], *, seconds: float) -> None:
        self.callers = callers
        self.until = time.monotonic() + seconds
        self.broken: list[BaseException] = []
        self.done: Counter[str] = Counter()
        self.actions: set[str] = set()

    def run(self, *actions: Callable[[random.Random], None]) -> None:
        """Run all actions concurrently."""
        self.actions = {action.__name__ for action in actions}
        threads = [threading.Thread(target=self._repeat, args=(action, seed)) for seed, action in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _repeat(self, action: Callable[[random.Random], None], seed: int) -> None:
        dice = random.Random(seed)
        try:
            while self._lasts() and not self.broken:
                with contextlib.suppress(ApplicationError):
                    action(dice)
                self.done[action.__name__] += 1
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.broken.append(error)
        finally:
            connection.close()

    def _lasts(self) -> bool:
        left = self.until - time.monotonic()
        return left > 0 or (left > -LONGEST_SECONDS and min(self.done[name] for name in self.actions) < ROUNDS)

    def submits(self, dice: random.Random) -> None:
        """Submit a short or a long job, sometimes a repeated one."""
        texts = ["Some words to say."] * dice.choice([1, 1, 1, 5])
        submit(dice.choice(self.callers), *texts, lane=dice.choice(["live", "normal", "bulk"]), key=f"key-{dice.randint(0, 200)}", price=37)

    def works(self, dice: random.Random) -> None:
        """Start a part as a worker, and usually finish it."""
        parts = list(Part.objects.filter(state__in=IN_FLIGHT_STATES)[:20])
        part = started(dice.choice(parts)) if parts else None
        if part is None or part.token is None:
            time.sleep(0.01)
        elif dice.random() < 0.8:
            finish_part(outcome_of(part))
        elif dice.random() < 0.5:
            finish_part(outcome_of(part, status="failed", error_code="out_of_memory", is_retryable=dice.random() < 0.9))
        else:
            finish_part(outcome_of(part, status="cancelled", units_done=dice.randint(0, 18)))

    def cancels(self, dice: random.Random) -> None:
        """Cancel a job."""
        job = Job.objects.filter(state__in=["queued", "running"]).order_by("?").first()
        if job is not None and dice.random() < 0.2:
            cancel_job(job, reason="storm")
        time.sleep(0.02)

    def beats(self, dice: random.Random) -> None:
        """Send a heartbeat."""
        parts = [part for part in Part.objects.filter(state__in=IN_FLIGHT_STATES)[:5] if part.token is not None]
        beat(*parts, units_done=dice.randint(0, 18))
        time.sleep(0.01)

    def reaps(self, dice: random.Random) -> None:
        """Run beat's calls, sometimes with a lost worker."""
        if dice.random() < 0.3:
            lost = Part.objects.filter(state__in=IN_FLIGHT_STATES).values("pk")[:2]
            Part.objects.filter(pk__in=lost).update(lease_expires_at=timezone.now())
        dispatch_all()
        reap()
        time.sleep(0.05)


@pytest.mark.usefixtures("_awake")
def test_concurrent_submissions_and_failures_lose_no_job() -> None:
    announce(slots=6, hard=8)
    plan = PlanFactory(concurrent_jobs=6)
    callers = [caller(AccountFactory(credits=1000, plan=plan)) for _ in range(3)]
    storm = Storm(callers, seconds=STORM_SECONDS)
    storm.run(*[storm.submits] * 3, *[storm.works] * 3, storm.cancels, storm.beats, storm.reaps)
    assert storm.broken == []
    assert min(storm.done[name] for name in ("submits", "works", "cancels", "beats", "reaps")) >= ROUNDS, storm.done
    drain()
    assert set(Job.objects.values_list("state", flat=True)) <= {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED}
    assert not Part.objects.exclude(state__in=["done", "failed", "cancelled"]).exists()
    assert ledger_differences() == []
    for by in callers:
        charged = sum(Job.objects.filter(account=by.account).values_list("charged_millicredits", flat=True))
        assert available_millicredits(by.account.pk) == 1_000_000 - charged
    assert LedgerEntry.objects.filter(kind="release").count() == Job.objects.count()
    assert not Job.objects.filter(state="completed").exclude(charged_millicredits=37).exists()


def drain() -> None:
    """Finish the remaining work."""
    for _ in range(400):
        Part.objects.filter(state="queued").update(not_before=timezone.now().replace(year=2020))
        dispatch_all()
        parts = [part for part in Part.objects.filter(state__in=IN_FLIGHT_STATES) if part.token is not None]
        for part in parts:
            finish_part(outcome_of(started(part)))
        if not parts and not Part.objects.filter(state="queued").exists():
            return
    raise AssertionError(f"left over: {list(Part.objects.values_list('state', flat=True).distinct())}")
