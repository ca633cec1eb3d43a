"""Cancelled jobs: their end, and their exact cost."""

import pytest
import redis
from redis.client import PubSub

from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.errors import ConflictError
from apps.jobs.models import Part, PartState
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.reap import reap
from tests.factories_jobs import announce, caller, finished, outcome_of, part_of, reread, started, submit, work_off
from tests.jobs.observing import age_leases, beat, events, everything, together
from workers.contract import names


def heard(listener: PubSub, token: bytes) -> bool:
    """True if `token` is announced. Channels belong to the whole server and not to a database, so announcements of concurrent tests arrive
    too.
    """
    while message := listener.get_message(timeout=5):
        if message["data"] == token:
            return True
    return False


def test_a_waiting_job_ends_at_once_with_all_its_credits_back(valkey: redis.Redis) -> None:
    by = caller()
    job = cancel_job(submit(by).job, reason="asked by its owner")
    assert (job.state, job.charged_millicredits, job.error_code, job.error_message) == ("cancelled", 0, "cancelled", "asked by its owner")
    assert (reread(job).state, part_of(job).state) == ("cancelled", "cancelled")
    assert available_millicredits(by.account.pk) == 1_000_000
    assert events(valkey, job) == [{"type": "end", "status": "cancelled", "job": job.uuid.hex}]
    assert reread(job).expires_at is not None


def test_a_job_whose_message_is_on_its_way_ends_at_once_too(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller()).job
    token = part_of(job).token
    assert cancel_job(job, reason="").state == "cancelled"
    assert valkey.exists(names.cancel_key(token.hex)) == 1
    assert not finish_part(outcome_of(part_of(job)))


def test_cancelled_job_without_a_start_message_is_charged_for_spoken_text(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller(), "x" * 100, price=333).job
    part = part_of(job)
    valkey.set(names.claim_key(part.token.hex), "1", ex=60)
    assert (cancel_job(job, reason="").is_over, valkey.exists(names.cancel_key(part.token.hex))) == (False, 1)
    assert finish_part(outcome_of(part, status="cancelled", units_done=50))
    assert (reread(job).state, reread(job).charged_millicredits) == ("cancelled", 167)


def test_a_running_job_ends_when_its_worker_says_how_far_it_came(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    job = submit(by, "x" * 100, price=333).job
    part = started(part_of(job))
    listener = valkey.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(names.CANCEL_CHANNEL)
    listener.get_message(timeout=10)  # the answer to the subscription
    job = cancel_job(job, reason="asked by its owner")
    assert (job.state, job.cancel_requested_at is not None) == ("running", True)
    assert heard(listener, part.token.hex.encode())
    assert 3500 < valkey.ttl(names.cancel_key(part.token.hex)) <= 3600
    listener.close()
    assert cancel_job(job, reason="again").state == "running"
    assert finish_part(outcome_of(part, status="cancelled", units_done=50))
    job = reread(job)
    assert (job.state, job.charged_millicredits, job.error_message) == ("cancelled", 167, "asked by its owner")
    assert available_millicredits(by.account.pk) == 1_000_000 - 167
    assert ledger_differences() == []


def test_parts_that_are_done_count_fully_and_those_that_wait_cost_nothing() -> None:
    announce(slots=2)
    by = caller()
    job = submit(by, "a" * 10, "b" * 20, "c" * 30, "d" * 40, price=1001).job
    finished(started(part_of(job, 0)))
    for index in (1, 2):
        started(part_of(job, index))
    cancel_job(job, reason="")
    assert [part.state for part in Part.objects.filter(job_id=job.uuid).order_by("index")] == [
        "done",
        "running",
        "running",
        "cancelled",
        "cancelled",
    ]
    assert finish_part(outcome_of(part_of(job, 1), status="cancelled", units_done=5))
    assert reread(job).state == "running"
    finished(part_of(job, 2))
    job = reread(job)
    assert (job.state, job.charged_millicredits) == ("cancelled", -(-1001 * (10 + 5 + 30) // 100))
    assert available_millicredits(by.account.pk) == 1_000_000 - 451


def test_a_job_that_finished_first_is_completed_and_paid() -> None:
    announce()
    job = submit(caller()).job
    part = started(part_of(job))
    cancel_job(job, reason="")
    finished(part)
    assert (reread(job).state, reread(job).charged_millicredits) == ("completed", 12)


def test_a_failure_after_a_cancel_is_a_cancel() -> None:
    announce()
    job = submit(caller(), "x" * 100).job
    part = started(part_of(job))
    cancel_job(job, reason="")
    assert finish_part(outcome_of(part, status="failed", error_code="bad_audio", units_done=10))
    assert (reread(job).state, reread(job).charged_millicredits) == ("cancelled", 20)


@pytest.mark.usefixtures("_awake")
def test_silent_worker_is_settled_from_its_last_report(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller(), "x" * 100).job
    part = started(part_of(job))
    beat(part, units_done=30)
    cancel_job(job, reason="")
    valkey.delete(names.cancel_key(part.token.hex))
    assert reap() == 0
    assert valkey.exists(names.cancel_key(part.token.hex)) == 1, "a worker that was not told is told again"
    age_leases()
    assert reap() == 1
    assert (reread(job).state, reread(job).charged_millicredits, part_of(job).state) == ("cancelled", 60, "cancelled")


def test_a_job_that_is_over_cannot_be_cancelled() -> None:
    announce()
    job = submit(caller()).job
    work_off()
    before = everything()
    with pytest.raises(ConflictError) as caught:
        cancel_job(job, reason="")
    assert (caught.value.status, caught.value.code, everything()) == (409, "job_finished", before)


def test_cancel_and_finish_at_once_end_the_job_once() -> None:
    announce(slots=8)
    by = caller()
    job = submit(by, *["Some words."] * 8).job
    outcomes = [outcome_of(started(part)) for part in Part.objects.filter(job_id=job.uuid, kind="speak")]
    together(lambda number: cancel_job(job, reason="") if number == 0 else finish_part(outcomes[number - 1]), count=9)
    work_off("codec")
    job = reread(job)
    assert job.is_over
    assert LedgerEntry.objects.filter(job_uuid=job.uuid, kind="release").count() == 1
    assert available_millicredits(by.account.pk) == 1_000_000 - job.charged_millicredits
    assert not Part.objects.filter(state__in=[PartState.ADMITTED, PartState.RUNNING]).exists()


def test_a_freed_slot_goes_to_the_next() -> None:
    announce(slots=1)
    first, second = (submit(caller()).job for _ in range(2))
    cancel_job(first, reason="")
    assert part_of(second).state == PartState.ADMITTED
