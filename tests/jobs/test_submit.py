"""Accepting jobs: credits, limits, rows."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import redis
from django.db import connection
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from apps.accounts.callers import caller_of_key
from apps.accounts.models import Account, AccountStatus, AnonymousUse, ApiKey
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.errors import (
    ApplicationError,
    AuthenticationFailedError,
    ConflictError,
    InsufficientCreditsError,
    PermissionDeniedError,
    TooManyRequestsError,
)
from apps.jobs.models import Job, JobState, Part, PartState
from tests.factories import AccountFactory, AnonymousPlanFactory, PlanFactory, make_key
from tests.factories_jobs import announce, caller, job_plan, nobody, part_of, reread, submit, submit_many, work_off
from tests.jobs.observing import together
from workers.contract import names


def test_a_job_is_reserved_written_and_sent(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    submission = submit(by, "Hello there.")
    job, part = reread(submission.job), part_of(submission.job)
    assert submission.credits_remaining_millicredits == 1_000_000 - 24 == available_millicredits(by.account.pk)
    assert (job.state, job.units, job.price_millicredits, job.reserved_millicredits, job.charged_millicredits) == ("queued", 12, 24, 24, 0)
    assert (job.tenant, job.account_id, job.api_key_id) == (f"account:{by.account.pk}", by.account.pk, by.key.pk)
    assert (part.state, part.attempts, part.opens_job) == (PartState.ADMITTED, 1, False)
    [raw] = valkey.lrange("engine.kokoro.normal", 0, -1)
    headers = json.loads(raw)["headers"]
    assert headers["task"] == names.RUN_PART
    assert "Hello" not in json.dumps(headers)


def test_fifty_at_once_on_credits_for_ten_are_ten() -> None:
    by = caller(AccountFactory(credits=10))
    answers = together(lambda number: submit(by, "x" * 500), count=50)
    assert len([answer for answer in answers if not isinstance(answer, Exception)]) == 10
    assert len([answer for answer in answers if isinstance(answer, InsufficientCreditsError)]) == 40
    assert (Job.objects.count(), available_millicredits(by.account.pk)) == (10, 0)
    assert ledger_differences() == []


def test_refused_request_without_credits_writes_no_row() -> None:
    by = caller(AccountFactory())
    with pytest.raises(InsufficientCreditsError):
        submit(by, key="once")
    assert (Job.objects.count(), Part.objects.count(), LedgerEntry.objects.count()) == (0, 0, 0)


def test_a_replay_is_the_same_job_and_one_charge() -> None:
    by = caller()
    first, again = submit(by, key="once"), submit(by, key="once")
    assert (again.job.uuid, again.is_replay, again.credits_remaining_millicredits) == (
        first.job.uuid,
        True,
        first.credits_remaining_millicredits,
    )
    assert (first.is_replay, Job.objects.count(), available_millicredits(by.account.pk)) == (False, 1, 1_000_000 - 12)


def test_concurrent_identical_requests_are_one_job() -> None:
    by = caller()
    answers = together(lambda number: submit(by, key="once"), count=8)
    assert len({answer.job.uuid for answer in answers}) == 1
    assert sorted(answer.is_replay for answer in answers) == [False] + [True] * 7
    assert (Job.objects.count(), LedgerEntry.objects.filter(kind="reservation").count()) == (1, 1)


def test_a_repeat_of_a_failed_request_is_a_new_job() -> None:
    by = caller(AccountFactory())
    answers = together(lambda number: submit(by, key="once"), count=4)
    assert [type(answer) for answer in answers] == [InsufficientCreditsError] * 4


def test_the_same_key_with_another_body_is_a_conflict() -> None:
    by = caller()
    submit(by, key="once", digest="one")
    with pytest.raises(ConflictError) as caught:
        submit(by, key="once", digest="two")
    assert (caught.value.status, caught.value.code) == (409, "idempotency_conflict")
    assert Job.objects.count() == 1


def test_idempotency_key_is_scoped_to_its_account() -> None:
    assert submit(caller(), key="once").job.uuid != submit(caller(), key="once").job.uuid


def test_idempotency_key_expires_after_24_hours() -> None:
    by = caller()
    first = submit(by, key="once")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_idempotencyrecord SET created_at = now() - interval '25 hours'")
    again = submit(by, key="once", digest="another")
    assert (again.is_replay, again.job.uuid != first.job.uuid) == (False, True)
    assert submit(by, key="once", digest="another").job.uuid == again.job.uuid


def test_concurrency_limit_counts_queued_and_running_jobs_but_not_bulk() -> None:
    announce(slots=1)
    by = caller(AccountFactory(plan=PlanFactory(concurrent_jobs=2), credits=100))
    submit(by, lane="bulk")
    submit_many(by, count=2)
    with pytest.raises(TooManyRequestsError) as caught:
        submit(by)
    assert (caught.value.code, caught.value.headers) == ("concurrency_limit_exceeded", {"Retry-After": "2"})
    assert available_millicredits(by.account.pk) == 100_000 - 12 - 2 * 28
    submit(by, lane="bulk")
    work_off()
    submit(by)


@pytest.mark.parametrize("price", [0, 12])
def test_the_limit_holds_for_requests_at_once(price: int) -> None:
    by = caller(AccountFactory(plan=PlanFactory(concurrent_jobs=3), credits=100))
    answers = together(lambda number: submit(by, price=price), count=12)
    assert len([answer for answer in answers if isinstance(answer, TooManyRequestsError)]) == 9


def test_a_keys_own_limit_counts_its_own_jobs_within_the_accounts() -> None:
    account = AccountFactory(plan=PlanFactory(concurrent_jobs=3), credits=100)
    narrow, wide = caller(account, concurrent_jobs=1), caller(account)
    submit_many(wide, count=2)
    submit(narrow)
    with pytest.raises(TooManyRequestsError, match="This key may have 1 jobs"):
        submit(narrow)
    with pytest.raises(TooManyRequestsError, match="3 jobs at once"):
        submit(wide)


def test_a_key_that_is_limited_apart_goes_beyond_its_plan() -> None:
    by = caller(AccountFactory(plan=PlanFactory(concurrent_jobs=1), credits=100), concurrent_jobs=5, is_operator=True)
    assert {job.concurrency_limit for job in submit_many(by, count=5)} == {5}
    with pytest.raises(TooManyRequestsError):
        submit(by)


def test_callers_without_a_key_share_a_total_and_are_counted_by_address() -> None:
    AnonymousPlanFactory(concurrent_jobs=2, total_concurrent_jobs=3)
    submit_many(nobody("203.0.113.7"), count=2)
    with pytest.raises(TooManyRequestsError, match="without a key may have 2"):
        submit(nobody("203.0.113.7"))
    submit(nobody("2001:db8::1"))
    with pytest.raises(TooManyRequestsError, match="All places"):
        submit(nobody("203.0.113.9"))


def test_characters_of_a_refused_request_are_not_counted() -> None:
    AnonymousPlanFactory(concurrent_jobs=1, characters_per_day=100)
    job = submit(nobody(), daily_characters=60).job
    assert (job.account_id, job.reserved_millicredits, job.tenant) == (None, 0, "address:203.0.113.7")
    with pytest.raises(TooManyRequestsError):
        submit(nobody(), daily_characters=10)
    with pytest.raises(TooManyRequestsError) as caught:
        submit(nobody(), daily_characters=60)
    assert caught.value.code == "daily_characters_exceeded"
    assert AnonymousUse.objects.get().characters == 60


def test_a_long_text_waits_in_its_first_part_until_it_begins() -> None:
    job = submit(caller(), "One.", "Two.", "Three.").job
    parts = list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("kind", "state", "queue", "opens_job"))
    assert parts == [
        ("speak", "queued", "kokoro", True),
        ("speak", "waiting", "kokoro", False),
        ("speak", "waiting", "kokoro", False),
        ("join", "waiting", "codec", False),
    ]
    assert job.part_count == 4
    announce()
    assert list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("state", flat=True)) == ["admitted"] * 3 + ["waiting"]


def test_a_job_without_a_capable_worker_stays_queued() -> None:
    job = submit(caller()).job
    assert (reread(job).state, part_of(job).state) == (JobState.QUEUED, PartState.QUEUED)
    assert job_plan().queue == "kokoro"


@pytest.mark.parametrize("is_streamed", [True, False])
def test_every_field_of_an_inserted_job_is_stored_as_it_was_planned(is_streamed: bool) -> None:
    job = submit(caller(), is_streamed=is_streamed).job
    stored = reread(job)
    planned = {name: value for name, value in vars(job).items() if not name.startswith("_") and not isinstance(value, DatabaseDefault)}
    assert {name: getattr(stored, name) for name in planned} == planned
    assert stored.is_streamed is is_streamed


@pytest.mark.parametrize(
    ("ended", "error", "code"),
    [
        ({"revoked_at": timezone.now()}, AuthenticationFailedError, "invalid_api_key"),
        ({}, PermissionDeniedError, "account_closed"),
    ],
)
def test_key_or_account_that_ended_since_authentication_starts_no_job(
    ended: dict[str, Any], error: type[ApplicationError], code: str
) -> None:
    key, _ = make_key(AccountFactory(credits=1000))
    by = replace(caller_of_key(key, address="203.0.113.7"), authenticated_at=time.monotonic() - 60)
    assert submit(by).job.state == JobState.QUEUED
    if ended:
        ApiKey.objects.filter(pk=key.pk).update(**ended)
    else:
        Account.objects.filter(pk=key.account_id).update(status=AccountStatus.CLOSED)
    with pytest.raises(error) as refused:
        submit(by)
    assert refused.value.code == code
    assert Job.objects.count() == 1
