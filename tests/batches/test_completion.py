"""The end of a batch: counted once and notified once, in the transaction of its last item."""

import contextlib
import json

import pytest
from django.db import transaction

from apps.accounts.models import Account
from apps.batches.models import Batch
from apps.batches.results import batch_shape
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.links import public_base_or_default
from apps.jobs.models import Job
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.terminal_states import complete_job, expire_job, fail_job, lock_job
from apps.webhooks.models import Delivery
from apps.webhooks.services import create_endpoint
from tests.batches.making import batch_of, jobs_of
from tests.factories_jobs import announce, caller, finished, outcome_of, part_of, started, submit, work_off
from tests.jobs.observing import everything, together

HOOK = "https://example.com/hook"
HELLO = {"text": "Hello there."}


def state_of(batch: Batch) -> tuple[int, bool, int]:
    """Ended items, whether the batch is over, number of webhooks about it."""
    batch.refresh_from_db()
    return batch.ended_count, batch.is_over, Delivery.objects.filter(event="batch.completed").count()


def test_the_batch_webhook_equals_the_batch_result() -> None:
    by = caller()
    batch = batch_of(by, HELLO, {"text": ""}, HELLO, webhook_url=HOOK)
    first, _, second = jobs_of(batch)
    finished(started(part_of(first)))
    assert state_of(batch) == (2, False, 0)
    finished(started(part_of(second)))
    assert state_of(batch) == (3, True, 1)
    delivery = Delivery.objects.get(url=HOOK)
    reported = json.loads(delivery.body)
    assert (reported["type"], delivery.account_id) == ("batch.completed", by.required_account.pk)
    assert reported["data"] == batch_shape(batch, base=public_base_or_default(""))
    assert [item["status"] for item in reported["data"]["items"]] == ["completed", "failed", "completed"]
    assert (reported["data"]["credits_charged"], reported["data"]["status"]) == (0.048, "completed")


def test_batch_ends_after_done_failed_cancelled_and_expired_jobs() -> None:
    announce(slots=50)
    by = caller()
    batch = batch_of(by, *[HELLO] * 4, webhook_url=HOOK)
    done, failed, cancelled, expired = jobs_of(batch)
    finished(started(part_of(done)))
    assert finish_part(outcome_of(started(part_of(failed)), status="failed", error_code="bad_audio", error_message="No good."))
    cancel_job(cancelled, reason="Cancelled by its owner.")
    with transaction.atomic():
        expire_job(lock_job(expired.uuid), message="No worker was free.")
    assert state_of(batch) == (4, True, 1)
    shape = batch_shape(batch, base="")
    assert [(item["status"], item.get("code"), item["error"], item["credits"]) for item in shape["items"]] == [
        ("completed", None, "", 0.024),
        ("failed", "bad_audio", "No good.", 0),
        ("cancelled", "cancelled", "Cancelled by its owner.", 0),
        ("failed", "expired", "No worker was free.", 0),
    ]
    counts = {name: shape[name] for name in ("total", "completed", "failed", "cancelled")}
    assert counts == {"total": 4, "completed": 1, "failed": 2, "cancelled": 1}
    assert (shape["status"], shape["credits_charged"]) == ("completed", 0.024)
    assert (available_millicredits(by.required_account.pk), ledger_differences()) == (1_000_000 - 24, [])


def test_concurrent_ends_are_all_counted_and_notified_once() -> None:
    announce(slots=100)
    by = caller()
    batch = batch_of(by, *[HELLO] * 20, webhook_url=HOOK)
    outcomes = [outcome_of(started(part_of(job))) for job in jobs_of(batch)]
    answers = together(lambda number: finish_part(outcomes[number % 20]), count=40)
    assert answers.count(True) == 20
    assert state_of(batch) == (20, True, 1)
    assert batch_shape(batch, base="")["credits_charged"] == 0.48
    assert (available_millicredits(by.required_account.pk), ledger_differences()) == (1_000_000 - 480, [])


def test_a_repeated_finish_changes_nothing() -> None:
    batch = batch_of(caller(), HELLO, HELLO, webhook_url=HOOK)
    outcomes = [outcome_of(started(part_of(job))) for job in jobs_of(batch)]
    assert [finish_part(outcome) for outcome in outcomes] == [True, True]
    before = everything(), state_of(batch), batch.ended_at
    assert [finish_part(outcome) for outcome in outcomes] == [False, False]
    assert (everything(), state_of(batch), batch.ended_at) == before


def test_an_end_that_is_rolled_back_leaves_the_batch_as_it_was() -> None:
    batch = batch_of(caller(), HELLO, webhook_url=HOOK)
    [job] = jobs_of(batch)
    with contextlib.suppress(ConnectionError), transaction.atomic():
        fail_job(lock_job(job.uuid), code="internal_error", message="It failed.")
        assert Batch.objects.get().is_over
        raise ConnectionError("the process dies here")
    assert state_of(batch) == (0, False, 0)
    finished(started(part_of(job)))
    assert state_of(batch) == (1, True, 1)


def test_bulk_jobs_outside_batches_belong_to_no_batch() -> None:
    batch = batch_of(caller(), HELLO)
    other = submit(caller(), lane="bulk").job
    with transaction.atomic():
        complete_job(lock_job(other.uuid), result={})
    assert state_of(batch) == (0, False, 0)


def test_batch_without_a_webhook_url_notifies_the_accounts_endpoints() -> None:
    by = caller()
    every, jobs_only = (create_endpoint(account_of(by), url=f"https://example.com/{name}", events=events) for name, events in ENDPOINTS)
    create_endpoint(account_of(caller()), url="https://example.com/outsider", events=[])
    batch_of(by, HELLO, HELLO)
    work_off()
    assert sorted((delivery.event, delivery.endpoint) for delivery in Delivery.objects.filter(event="batch.completed")) == [
        ("batch.completed", every)
    ]
    assert Delivery.objects.filter(endpoint=jobs_only).exclude(event="job.completed").count() == 0


ENDPOINTS = (("every", []), ("jobs", ["job.completed"]))


def account_of(by: object) -> Account:
    account = getattr(by, "account", None)
    assert isinstance(account, Account)
    return account


def test_a_batch_webhook_url_receives_no_item_events_but_endpoints_do() -> None:
    by = caller()
    endpoint = create_endpoint(account_of(by), url="https://example.com/jobs", events=["job.completed"])
    batch_of(by, HELLO, HELLO, webhook_url=HOOK)
    work_off()
    assert [delivery.event for delivery in Delivery.objects.filter(url=HOOK)] == ["batch.completed"]
    assert Delivery.objects.filter(endpoint=endpoint, event="job.completed").count() == 2


@pytest.mark.parametrize("days", [7, None])
def test_results_of_a_batch_expire_with_those_of_its_jobs(days: int | None) -> None:
    by = caller()
    by.plan.retention_days = days
    batch = batch_of(by, HELLO)
    work_off()
    batch.refresh_from_db()
    job = Job.objects.get()
    assert (batch.expires_at is None, job.expires_at is None) == (days is None, days is None)
    if batch.expires_at and batch.ended_at and job.expires_at:
        assert (batch.expires_at - batch.ended_at).days == days
        assert batch.expires_at >= job.expires_at
