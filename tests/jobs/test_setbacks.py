"""Failed attempts: whether they count, and how a part that kills its worker is found."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone

from apps.billing.selectors import available_millicredits
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.models import AdmissionPause, Job, Part
from apps.jobs.pauses import is_admission_paused
from apps.jobs.publishing import Attempt
from apps.jobs.services import finish
from apps.jobs.services.finish import finish_part
from apps.jobs.services.reap import reap
from apps.jobs.services.workers import handle_announcement
from tests.factories_jobs import announce, announcement, caller, finished, outcome_of, part_of, reread, started, submit
from tests.jobs.observing import age_leases
from workers.contract import names
from workers.contract.errors import STORAGE_UNAVAILABLE


def fail_by_outage(part: Part) -> None:
    """Report that the worker could not reach the store."""
    assert finish_part(outcome_of(part, status="failed", error_code=STORAGE_UNAVAILABLE, is_retryable=True, is_outage=True))


def lapse_pauses() -> None:
    """Let all pauses expire."""
    Part.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    AdmissionPause.objects.all().delete()


def test_a_store_outage_counts_no_attempt_however_often_it_is_met() -> None:
    announce()
    by = caller()
    job = submit(by).job
    for _ in range(6):
        fail_by_outage(started(part_of(job)))
        part = part_of(job)
        assert (part.state, part.attempts, part.error_code) == ("queued", 0, STORAGE_UNAVAILABLE)
        lapse_pauses()
        assert dispatch("kokoro") == 1
    finished(started(part_of(job)))
    assert (reread(job).state, part_of(job).attempts) == ("completed", 1)
    assert available_millicredits(by.account.pk) == 1_000_000 - 12


def test_a_store_that_the_platform_misses_too_pauses_admission_until_it_lapses(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise StorageAwayError("The object store does not answer.")

    announce()
    first = submit(caller()).job
    monkeypatch.setattr(get_storage(), "check", away)
    fail_by_outage(started(part_of(first)))
    second = submit(caller()).job
    assert is_admission_paused()
    assert (part_of(first).state, part_of(second).state) == ("queued", "queued")
    lapse_pauses()
    assert dispatch("kokoro") == 2


def test_outage_seen_by_one_worker_does_not_pause_admission() -> None:
    announce()
    fail_by_outage(started(part_of(submit(caller()).job)))
    assert not is_admission_paused()
    assert part_of(submit(caller()).job).state == "admitted"


def test_an_outage_longer_than_a_job_may_wait_counts_and_fails_the_job(settings: Any) -> None:
    settings.TTSAI_PART_ATTEMPTS = 2
    announce()
    by = caller()
    job = submit(by).job
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=settings.TTSAI_JOB_QUEUE_SECONDS + 60))
    for _ in range(2):
        fail_by_outage(started(part_of(job)))
        lapse_pauses()
        dispatch("kokoro")
    assert (reread(job).state, reread(job).error_code) == ("failed", STORAGE_UNAVAILABLE)
    assert available_millicredits(by.account.pk) == 1_000_000


@pytest.mark.usefixtures("_awake")
def test_unclaimed_message_counts_no_attempt_and_a_claimed_one_does(valkey: redis.Redis) -> None:
    announce()
    lost, claimed = (submit(caller()).job for _ in range(2))
    valkey.set(names.claim_key(part_of(claimed).token.hex), "worker-1")
    age_leases()
    assert reap() == 2
    assert (part_of(lost).attempts, part_of(claimed).attempts) == (1, 2)


def test_death_of_a_worker_counts_only_for_parts_that_it_computed(sent: list[Attempt]) -> None:
    announce()
    poison, innocent, unheard = (submit(caller()).job for _ in range(3))
    tokens = [part_of(job).token.hex for job in (poison, unheard)]
    started(part_of(poison))
    started(part_of(innocent))
    handle_announcement(announcement(boot="boot-2", died_computing=tuple(tokens)))
    assert [(part_of(job).attempts, part_of(job).deaths) for job in (poison, innocent, unheard)] == [(2, 1), (1, 0), (2, 1)]
    again = {attempt.job: attempt.runs_alone for attempt in sent[3:]}
    assert again == {poison.uuid: True, innocent.uuid: False, unheard.uuid: True}


def test_a_part_that_kills_its_worker_three_times_fails_with_its_credits_back() -> None:
    announce()
    by = caller()
    poison, innocent = (submit(by).job for _ in range(2))
    for number in range(finish.MOST_DEATHS):
        assert reread(poison).state in {"queued", "running"}
        suspect = started(part_of(poison), boot=f"life-{number}")
        started(part_of(innocent), boot=f"life-{number}")
        handle_announcement(announcement(boot=f"life-{number + 1}", died_computing=(suspect.token.hex, "no token")))
    assert (reread(poison).state, reread(poison).error_code) == ("failed", "worker_lost")
    finished(started(part_of(innocent)))
    assert (reread(innocent).state, part_of(innocent).attempts) == ("completed", 1)
    assert available_millicredits(by.account.pk) == 1_000_000 - 12


def test_restarted_worker_that_lost_its_record_costs_each_part_an_attempt() -> None:
    announce()
    job = submit(caller()).job
    started(part_of(job))
    handle_announcement(announcement(boot="boot-2"))
    assert (part_of(job).attempts, part_of(job).deaths) == (2, 0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Attempt]:
    """Record every attempt that is given to a worker."""
    attempts: list[Attempt] = []

    def keep(attempt: Attempt, *, queue: str) -> None:
        attempts.append(attempt)

    monkeypatch.setattr("apps.jobs.publishing._send", keep)
    return attempts
