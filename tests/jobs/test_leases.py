"""Leases: kept alive, lost, reassigned; the reaper; an unavailable broker."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone

from apps.billing.selectors import available_millicredits
from apps.catalog.models import Worker
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, JobState, Part, PartState, ReaperClock
from apps.jobs.services import reap as reaper
from apps.jobs.services.reap import reap
from apps.jobs.services.workers import handle_announcement, handle_heartbeat
from tests.factories_jobs import (
    BOOT,
    WORKER,
    announce,
    caller,
    engine_spec,
    finished,
    outcome_of,
    part_of,
    reread,
    started,
    store_output,
    submit,
    work_off,
)
from tests.jobs.observing import age_leases, beat, everything, lease_seconds
from workers.contract import names
from workers.contract.messages import Heartbeat, InFlight


def test_an_admitted_part_is_picked_up_and_kept_alive() -> None:
    announce()
    part = part_of(submit(caller(), "x" * 40).job)
    assert lease_seconds(part) == pytest.approx(10, abs=1)
    part = started(part)
    assert (part.state, part.worker, part.boot) == (PartState.RUNNING, WORKER, BOOT)
    assert lease_seconds(part) == pytest.approx(15, abs=1)
    age_leases(10)
    beat(part, units_done=25)
    assert lease_seconds(part) == pytest.approx(15, abs=1)
    beat(part, units_done=20)
    assert Part.objects.get(pk=part.pk).units_done == 25
    beat(part, units_done=99)
    assert Part.objects.get(pk=part.pk).units_done == 40


def test_a_heartbeat_makes_a_lost_start_good() -> None:
    announce()
    job = submit(caller()).job
    beat(part_of(job))
    assert (part_of(job).state, reread(job).state, reread(job).started_at is not None) == ("running", "running", True)


def test_a_part_is_not_kept_alive_beyond_its_deadline(settings: Any) -> None:
    settings.TTSAI_PART_SECONDS = 600
    announce()
    part = started(part_of(submit(caller()).job))
    Part.objects.update(admitted_at=part.admitted_at - timedelta(seconds=700))
    beat(part)
    assert lease_seconds(part) < 0


def test_a_heartbeat_makes_a_lost_finish_good() -> None:
    announce()
    job = submit(caller()).job
    outcome = outcome_of(started(part_of(job)))
    beat(finished=(outcome,))
    assert reread(job).state == JobState.COMPLETED
    before = everything()
    beat(finished=(outcome,))
    assert everything() == before


def test_outcome_that_cannot_be_checked_does_not_delay_other_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    announce()
    first, second = (submit(caller()).job for _ in range(2))
    outcomes = tuple(outcome_of(started(part_of(job))) for job in (first, second))
    stat = get_storage().stat

    def away_for_the_first(key: str) -> Any:
        if first.uuid.hex in key:
            raise StorageAwayError("The object store does not answer.")
        return stat(key)

    monkeypatch.setattr(get_storage(), "stat", away_for_the_first)
    beat(finished=outcomes)
    assert (reread(first).state, reread(second).state) == ("running", "completed")


def test_attempts_that_are_worth_nothing_are_stopped_by_the_next_heartbeat(valkey: redis.Redis) -> None:
    announce()
    old = started(part_of(submit(caller()).job))
    Part.objects.filter(pk=old.pk).update(state="queued", token=None)
    good = started(part_of(submit(caller()).job))
    beat(old, good)
    assert (valkey.exists(names.cancel_key(old.token.hex)), valkey.exists(names.cancel_key(good.token.hex))) == (1, 0)


@pytest.mark.usefixtures("_awake")
def test_a_lost_worker_costs_one_lease(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    job = submit(by).job
    lost = started(part_of(job))
    assert reap() == 0
    age_leases()
    assert reap() == 1
    part = part_of(job)
    assert (part.state, part.attempts, part.token != lost.token, reread(job).state) == ("admitted", 2, True, "running")
    finished(started(part))
    assert (reread(job).state, available_millicredits(by.account.pk)) == ("completed", 1_000_000 - 12)


@pytest.mark.usefixtures("_awake")
def test_an_output_whose_finish_was_lost_is_adopted() -> None:
    announce()
    job = submit(caller()).job
    part = started(part_of(job))
    store_output(part)
    age_leases()
    assert reap() == 1
    job = reread(job)
    assert (job.state, job.charged_millicredits, part_of(job).attempts) == ("completed", 12, 1)
    assert job.main_output.key.endswith(f"0-{part.token.hex}/audio.mp3")


@pytest.mark.usefixtures("_awake")
def test_a_manifest_without_its_audio_is_not_adopted() -> None:
    announce()
    job = submit(caller()).job
    manifest = store_output(started(part_of(job)))
    get_storage().delete(f"{part_of(job).tenant.replace(':', '-')}/{job.uuid.hex}/0-{manifest.token}/audio.mp3")
    age_leases()
    reap()
    assert (reread(job).state, part_of(job).state) == ("running", "queued")


@pytest.mark.usefixtures("_awake")
def test_a_manifest_that_cannot_be_read_is_not_adopted() -> None:
    announce()
    job = submit(caller()).job
    token = started(part_of(job)).token
    get_storage().put_bytes(f"{part_of(job).tenant.replace(':', '-')}/{job.uuid.hex}/0-{token.hex}/manifest.json", b"{", content_type="")
    age_leases()
    reap()
    assert (reread(job).state, part_of(job).attempts) == ("running", 2)


@pytest.mark.usefixtures("_awake")
def test_part_that_loses_every_worker_fails_its_job_with_a_refund(settings: Any) -> None:
    settings.TTSAI_PART_ATTEMPTS = 3
    announce()
    by = caller()
    job = submit(by).job
    for _ in range(3):
        assert reread(job).state in {JobState.QUEUED, JobState.RUNNING}
        started(part_of(job))
        age_leases()
        assert reap() == 1
    job = reread(job)
    assert (job.state, job.error_code, part_of(job).attempts, part_of(job).state) == ("failed", "worker_lost", 3, "failed")
    assert available_millicredits(by.account.pk) == 1_000_000
    assert reap() == 0


@pytest.mark.usefixtures("_awake")
def test_reaper_continues_after_a_part_that_cannot_be_settled(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    announce()
    first, second = (submit(caller()).job for _ in range(2))
    read_bytes = get_storage().read_bytes

    def break_for_the_first(key: str) -> bytes:
        if first.uuid.hex in key:
            raise RuntimeError("a bug")
        return read_bytes(key)

    monkeypatch.setattr(get_storage(), "read_bytes", break_for_the_first)
    for job in (first, second):
        started(part_of(job))
    age_leases()
    assert reap() == 1
    assert (part_of(first).attempts, part_of(second).attempts) == (1, 2)
    assert "recovery of part" in caplog.text
    assert lease_seconds(part_of(first)) == pytest.approx(60, abs=5), "it does not stand at the head of the line for ever"


@pytest.mark.usefixtures("_awake")
def test_reaper_waits_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    announce()
    job = submit(caller()).job
    started(part_of(job))

    def away(key: str) -> bytes:
        raise StorageAwayError("The object store does not answer.")

    monkeypatch.setattr(get_storage(), "read_bytes", away)
    age_leases()
    before = everything()
    assert reap() == 0
    assert everything() == before
    monkeypatch.undo()
    assert reap() == 1
    assert part_of(job).attempts == 2


@pytest.mark.usefixtures("_awake")
def test_leases_do_not_expire_while_the_broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    announce()
    job = submit(caller()).job
    part = started(part_of(job))
    age_leases()

    class AwayClient:
        def ping(self) -> None:
            raise redis.exceptions.ConnectionError("refused")

    monkeypatch.setattr(reaper, "client", AwayClient)
    before, clock = everything(), ReaperClock.objects.get().last_run_at
    assert reap() == 0
    assert (everything(), ReaperClock.objects.get().last_run_at) == (before, clock)
    monkeypatch.undo()
    ReaperClock.objects.update(last_run_at=timezone.now() - timedelta(seconds=30))
    assert reap() == 0
    assert (part_of(job).token, part_of(job).state) == (part.token, "running")
    assert lease_seconds(part) == pytest.approx(15, abs=1)
    age_leases()
    assert reap() == 1, "who is not heard of after that is lost"


def test_a_platform_that_slept_lets_workers_be_heard_first() -> None:
    announce()
    running, admitted = (part_of(submit(caller()).job) for _ in range(2))
    started(running)
    age_leases()
    assert reap() == 0
    assert lease_seconds(running) == pytest.approx(15, abs=1)
    assert lease_seconds(admitted) == pytest.approx(10, abs=1)


def test_parts_of_a_restarted_worker_are_dispatched_again_at_once() -> None:
    announce()
    job, unstarted = (submit(caller()).job for _ in range(2))
    lost = started(part_of(job))
    waiting = part_of(unstarted)
    announce(boot="boot-2")
    part = part_of(job)
    assert (part.state, part.attempts, part.token != lost.token) == ("admitted", 2, True)
    assert part_of(unstarted).token == waiting.token, "its message is still there for the new boot"
    announce(boot="boot-2")
    assert part_of(job).token == part.token


def test_a_new_boot_in_a_heartbeat_also_returns_the_parts() -> None:
    announce()
    job = submit(caller()).job
    started(part_of(job))
    beat(boot="boot-2")
    assert (part_of(job).attempts, Worker.objects.get().boot) == (2, "boot-2")


def test_a_late_message_of_an_earlier_boot_changes_nothing() -> None:
    announce(boot="boot-1", sent_at=100.0)
    announce(boot="boot-2", sent_at=200.0)
    job = submit(caller()).job
    started(part_of(job), boot="boot-2")
    before = everything()
    beat(boot="boot-1", sent_at=150.0, is_stopping=True)
    announce(boot="boot-1", sent_at=160.0)
    assert everything() == before
    assert (Worker.objects.get().boot, Worker.objects.get().is_stopping) == ("boot-2", False)


def test_worker_restart_keeps_the_parts_of_other_workers() -> None:
    announce(worker="one", slots=1)
    announce(worker="two", slots=1)
    first, second = (submit(caller()).job for _ in range(2))
    started(part_of(first), worker="one", boot="a")
    started(part_of(second), worker="two", boot="b")
    announce(worker="one", boot="boot-2")
    assert (part_of(first).attempts, part_of(second).attempts) == (2, 1)


def test_stopping_worker_gets_no_new_parts_and_returns_dropped_ones() -> None:
    announce()
    kept, dropped, done = (submit(caller()).job for _ in range(3))
    parts = [started(part_of(job)) for job in (kept, dropped, done)]
    beat(parts[0], is_stopping=True, finished=(outcome_of(parts[2]),))
    assert (part_of(kept).token, reread(done).state) == (parts[0].token, "completed")
    assert (part_of(dropped).state, part_of(dropped).token) == ("queued", None)
    late = submit(caller()).job
    assert part_of(late).state == PartState.QUEUED, "nobody is there who takes work"
    finished(parts[0])
    announce(worker="another")
    work_off()
    assert set(Job.objects.values_list("state", flat=True)) == {"completed"}


def test_silent_workers_have_no_capacity() -> None:
    announce()
    Worker.objects.update(last_seen_at=timezone.now() - timedelta(seconds=20))
    from apps.catalog.selectors import clear_catalogue_cache

    clear_catalogue_cache()
    job = submit(caller()).job
    assert part_of(job).state == PartState.QUEUED
    beat()
    clear_catalogue_cache()
    assert dispatch("kokoro") == 1


@pytest.mark.usefixtures("_awake")
def test_job_without_a_worker_expires_and_returns_its_credits(settings: Any) -> None:
    settings.TTSAI_JOB_QUEUE_SECONDS = 3600
    by = caller()
    old, young = (submit(by).job for _ in range(2))
    Job.objects.filter(uuid=old.uuid).update(created_at=timezone.now() - timedelta(seconds=3700))
    assert reap() == 1
    assert (reread(old).state, reread(old).charged_millicredits, part_of(old).state) == ("expired", 0, "cancelled")
    assert (reread(young).state, available_millicredits(by.account.pk)) == ("queued", 1_000_000 - 12)


@pytest.mark.usefixtures("_awake")
def test_a_job_that_began_and_lost_all_workers_expires_too(settings: Any) -> None:
    settings.TTSAI_JOB_QUEUE_SECONDS = 3600
    announce(slots=1)
    by = caller()
    job = submit(by, "One.", "Two.").job
    finished(started(part_of(job)))
    Worker.objects.update(is_stopping=True)
    Part.objects.filter(state="admitted").update(state="queued", token=None)
    assert reap() == 0
    long_ago = timezone.now() - timedelta(seconds=3700)
    Job.objects.update(started_at=long_ago)
    assert reap() == 0
    Part.objects.update(admitted_at=long_ago, finished_at=long_ago)
    assert reap() == 1
    assert (reread(job).state, available_millicredits(by.account.pk)) == ("expired", 1_000_000)


def test_an_unknown_workers_heartbeat_renews_nothing() -> None:
    handle_heartbeat(Heartbeat(worker="nobody", boot="x", sent_at=1.0))
    assert not Worker.objects.exists()


def test_a_new_engine_appears_with_the_capacity_of_its_worker() -> None:
    job = submit(caller(), queue="hibari").job
    announce(engine_spec("hibari"), worker="another")
    assert part_of(job).state == PartState.ADMITTED
    assert handle_announcement.__module__ == "apps.jobs.services.workers"


@pytest.mark.parametrize("units_done", [1 << 31, -5, "many", None, float("nan")])
def test_heartbeat_with_a_hostile_value_renews_the_lease_of_each_part(units_done: Any) -> None:
    announce()
    hostile, good = (started(part_of(submit(caller(), "x" * 40).job)) for _ in range(2))
    age_leases(10)
    reported = [
        InFlight(token=hostile.token.hex, units_done=units_done),
        InFlight(token="no token"),
        InFlight(token=good.token.hex, units_done=25),
    ]
    beat(in_flight=tuple(reported), is_stopping=True)
    assert [lease_seconds(part) for part in (hostile, good)] == pytest.approx([15, 15], abs=1)
    assert [Part.objects.get(pk=part.pk).units_done for part in (hostile, good)] == [0, 25]
