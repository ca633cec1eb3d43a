"""Cancelling a batch: finished work is charged, the rest is released, and the batch ends as usual."""

from typing import Any

import pytest

from apps.batches.models import Batch
from apps.billing.selectors import ledger_differences
from apps.jobs.models import Part, PartState
from apps.jobs.services.finish import finish_part
from apps.webhooks.models import Delivery
from tests.batches.making import jobs_of
from tests.factories_jobs import announce, finished, outcome_of, part_of, started, work_off
from tests.speech.people import Person

HELLO = {"text": "x" * 100}
HOOK = "https://example.com/hook"


def cancel(who: Person, batch_id: str) -> Any:
    return who.post(f"/v1/tts/batch/{batch_id}/cancel/", None)


def start_batch(who: Person, *, count: int) -> tuple[str, Batch]:
    batch_id = who.post("/v1/tts/batch/", {"texts": [HELLO] * count, "webhook_url": HOOK}).json()["batch_id"]
    return batch_id, Batch.objects.get(uuid=batch_id)


def test_cancelling_an_unstarted_batch_ends_it_at_once_and_returns_all_credits(owner: Person) -> None:
    batch_id, _ = start_batch(owner, count=3)
    answer = cancel(owner, batch_id)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["completed"], body["cancelled"], body["credits_charged"]) == ("completed", 0, 3, 0)
    assert [(item["status"], item["error"]) for item in body["items"]] == [("cancelled", "Its batch was cancelled by its owner.")] * 3
    assert (owner.millicredits, Delivery.objects.filter(event="batch.completed").count()) == (1_000_000, 1)


def test_cancelling_charges_running_items_by_progress_and_keeps_finished_ones(owner: Person) -> None:
    batch_id, batch = start_batch(owner, count=4)
    done, running, *_ = jobs_of(batch)
    finished(started(part_of(done)))
    part = started(part_of(running))
    body = cancel(owner, batch_id).json()
    assert (body["status"], [item["status"] for item in body["items"]]) == (
        "processing",
        ["completed", "processing", "cancelled", "cancelled"],
    )
    assert finish_part(outcome_of(part, status="cancelled", units_done=25))
    body = owner.get("/v1/tts/batch/result/", batch_id=batch_id).json()
    assert (body["status"], body["completed"], body["cancelled"], body["credits_charged"]) == ("completed", 1, 3, 0.25)
    assert [item["credits"] for item in body["items"]] == [0.2, 0.05, 0, 0]
    assert (owner.millicredits, ledger_differences()) == (1_000_000 - 250, [])
    assert Delivery.objects.filter(event="batch.completed").count() == 1


def test_cancelling_a_batch_gives_its_freed_slot_to_no_item_of_it(owner: Person) -> None:
    announce(slots=1)
    batch_id, _ = start_batch(owner, count=5)
    cancel(owner, batch_id)
    assert list(Part.objects.values_list("attempts", flat=True).order_by("id")) == [1, 0, 0, 0, 0]
    assert set(Part.objects.values_list("state", flat=True)) == {PartState.CANCELLED}


def test_a_batch_that_is_over_cannot_be_cancelled(owner: Person) -> None:
    batch_id, _ = start_batch(owner, count=1)
    work_off()
    answer = cancel(owner, batch_id)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["status"]) == (409, "batch_finished", "completed")


@pytest.mark.parametrize("wrong", ["0" * 32, "nonsense", "result"])
def test_unknown_batch_cannot_be_cancelled_and_others_stay(owner: Person, wrong: str) -> None:
    _, batch = start_batch(owner, count=1)
    assert cancel(owner, wrong).status_code == 404
    batch.refresh_from_db()
    assert batch.ended_count == 0
