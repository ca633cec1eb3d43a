"""Batches past their retention: items are deleted, and the result is a 410."""

from datetime import timedelta

from django.utils import timezone

from apps.batches.models import Batch, BatchItem
from apps.batches.tasks import delete_expired_batches
from apps.jobs.models import Job
from tests.factories_jobs import work_off
from tests.speech.people import Person

BODY = {"texts": [{"text": "Hello."}, {"text": "Hello.", "voice": "nobody"}], "webhook_url": "https://example.com/hook"}
RESULT = "/v1/tts/batch/result/"


def test_an_expired_batch_is_gone_and_the_others_are_not(owner: Person) -> None:
    expired, kept = (owner.post("/v1/tts/batch/", BODY, Idempotency_Key=key).json()["batch_id"] for key in ("a", "b"))
    work_off()
    Batch.objects.filter(uuid=expired).update(expires_at=timezone.now() - timedelta(seconds=1))
    delete_expired_batches()
    answer = owner.get(RESULT, batch_id=expired)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "expired")
    assert owner.get(RESULT, batch_id=kept).json()["completed"] == 1
    batch = Batch.objects.get(uuid=expired)
    assert (batch.webhook_url, batch.total, BatchItem.objects.filter(batch=batch).count(), Job.objects.count()) == ("", 2, 0, 4)
    assert BatchItem.objects.count() == 2


def test_an_item_whose_audio_was_deleted_first_has_no_address(owner: Person) -> None:
    batch_id = owner.post("/v1/tts/batch/", BODY).json()["batch_id"]
    work_off()
    Job.objects.update(result_deleted_at=timezone.now())
    items = owner.get(RESULT, batch_id=batch_id).json()["items"]
    assert [(item["status"], item["url"]) for item in items] == [("completed", ""), ("failed", "")]
