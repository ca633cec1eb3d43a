"""Webhooks of a job's end are written in its transaction: recipients and content."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from apps.jobs.models import Job
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.previews import request_preview
from apps.jobs.services.renditions import request_rendition
from apps.jobs.services.retention import delete_result
from apps.jobs.services.terminal_states import complete_job, expire_job, fail_job, lock_job
from apps.webhooks.events import EXAMPLES
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.services import create_endpoint
from tests.factories_jobs import caller, nobody, submit, work_off
from tests.speech.people import Person, person

pytestmark = pytest.mark.usefixtures("working_platform")

HOOK = "https://example.com/own"


def listening(account: Any) -> Endpoint:
    return create_endpoint(account, url="https://example.com/hook", events=[])


def reported() -> list[tuple[str, dict[str, Any]]]:
    """Events and their data, by URL and order."""
    rows = Delivery.objects.order_by("url", "created_at")
    return [(delivery.event, json.loads(delivery.body)["data"]) for delivery in rows]


@pytest.fixture
def owner() -> Person:
    return person(credits=1000)


def test_the_event_of_a_completed_job_equals_the_polled_result(owner: Person) -> None:
    listening(owner.account)
    uuid = owner.say("Hello there.", webhook_url=HOOK).json()["uuid"]
    assert Delivery.objects.count() == 0
    work_off()
    answer = owner.result(uuid).json()
    assert answer["status"] == "completed"
    assert reported() == [("job.completed", answer)] * 2
    assert set(Delivery.objects.values_list("url", flat=True)) == {HOOK, "https://example.com/hook"}
    assert answer["result_url"] == f"http://testserver/static/downloads/{uuid}/output.mp3"
    assert set(answer) == set(EXAMPLES["job.completed"])


def test_the_public_address_comes_before_the_request_s_own(owner: Person, settings: Any) -> None:
    settings.TTSAI_PUBLIC_URL = "https://speech.example.com/"
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    work_off()
    ((_, data),) = reported()
    assert data["result_url"] == f"https://speech.example.com/static/downloads/{uuid}/output.mp3"


def test_a_job_without_a_request_links_to_this_machine(settings: Any) -> None:
    settings.TTSAI_LOCAL_URL = "http://127.0.0.1:8123"
    by = caller()
    listening(by.account)
    job = submit(by).job
    work_off()
    ((_, data),) = reported()
    assert data["result_url"] == f"http://127.0.0.1:8123/static/downloads/{job.uuid.hex}/output.mp3"


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        (lambda job: fail_job(job, code="bad_text", message="It cannot be said."), "failed", "bad_text"),
        (lambda job: expire_job(job, message="No worker took the job up in time."), "failed", "expired"),
    ],
)
def test_the_event_of_a_failed_job_has_its_reason(owner: Person, end: Any, status: str, code: str) -> None:
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    with transaction.atomic():
        end(lock_job(UUID(uuid)))
    answer = owner.result(uuid).json()
    assert reported() == [("job.failed", answer)]
    assert (answer["status"], answer["code"], answer["credits_used"]) == (status, code, 0.0)
    assert set(answer) == set(EXAMPLES["job.failed"])


def test_the_event_of_a_cancelled_job_has_its_status(owner: Person) -> None:
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    cancel_job(Job.objects.get(uuid=uuid), reason="Cancelled by its owner.")
    work_off()
    ((event, data),) = reported()
    assert (event, data["status"], data["code"]) == ("job.failed", "cancelled", "cancelled")


def test_a_rolled_back_job_end_sends_no_event(owner: Person) -> None:
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    with transaction.atomic():
        fail_job(lock_job(UUID(uuid)), code="internal_error", message="")
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)  # as where the server dies now
    assert Delivery.objects.count() == 0
    assert not Job.objects.get(uuid=uuid).is_over


def test_internal_jobs_of_the_platform_send_no_event(owner: Person) -> None:
    listening(owner.account)
    uuid = owner.say().json()["uuid"]
    work_off()
    Delivery.objects.all().delete()
    request_rendition(Job.objects.get(uuid=uuid), format="wav")
    request_preview("kokoro", voice_id="af_bella")
    work_off("codec")
    work_off()
    assert Job.objects.filter(state="completed", is_internal=True).count() == 2
    assert reported() == []


def test_batch_items_notify_endpoints_and_the_batch_its_own_address_too(owner: Person) -> None:
    listening(owner.account)
    owner.post("/v1/tts/batch/", {"texts": [{"text": "One."}, {"text": "Two."}, {"text": ""}], "webhook_url": HOOK})
    work_off()
    assert sorted(event for event, _ in reported()) == ["batch.completed"] * 2 + ["job.completed"] * 2
    batch = next(data for event, data in reported() if event == "batch.completed")
    assert set(batch) == set(EXAMPLES["batch.completed"])
    assert {name for item in batch["items"] for name in item} == {name for item in EXAMPLES["batch.completed"]["items"] for name in item}


def test_an_account_receives_no_events_of_other_accounts(owner: Person) -> None:
    listening(person().account)
    owner.say()
    work_off()
    assert reported() == []


def test_a_job_of_an_anonymous_caller_sends_no_event() -> None:
    submit(nobody())
    work_off()
    assert reported() == []


def test_a_repeated_job_end_sends_one_event(owner: Person) -> None:
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    work_off()
    with pytest.raises(RuntimeError, match="had ended"), transaction.atomic():
        complete_job(lock_job(UUID(uuid)), result={})
    assert len(reported()) == 1


@pytest.mark.parametrize(
    ("changes", "omitted"),
    [
        ({"params": {"timestamps": True}}, ["words"]),
        ({"kind": "transcription"}, ["result"]),
        ({"kind": "voice-chat", "params": {"timestamps": True}}, ["result"]),
    ],
)
def test_stored_results_are_listed_as_omitted(changes: dict[str, Any], omitted: list[str]) -> None:
    by = caller()
    listening(by.account)
    submit(by, **changes)
    work_off()
    ((_, data),) = reported()
    assert data["omitted"] == omitted
    assert not {"words", "result"} & set(data)


def test_retention_clears_the_webhook_url_with_the_text(owner: Person) -> None:
    uuid = owner.say(webhook_url=HOOK).json()["uuid"]
    work_off()
    delete_result(Job.objects.get(uuid=uuid))
    job = Job.objects.get(uuid=uuid)
    assert (job.webhook_url, "text" in job.params) == ("", False)
