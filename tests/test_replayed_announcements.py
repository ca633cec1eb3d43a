"""The rows of a replayed announcement are those of the first one, with times of now."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.catalog.models import Worker, WorkerQueue
from apps.catalog.selectors import list_models
from tests.factories_jobs import announce, announcement, engine_spec
from tests.replayed_announcements import MODELS

pytestmark = pytest.mark.django_db
TIMES = ("first_seen_at", "last_seen_at", "last_sent_at", "announced_sent_at", "first_announced_at", "last_announced_at")


def take_rows() -> list[list[dict[str, Any]]]:
    """All rows without numbers and times; the tables are empty afterwards."""
    changing = dict.fromkeys((*TIMES, "worker_id"))
    rows = [[{**row, **changing, "id": str(row["id"])} for row in model.objects.order_by("pk").values()] for model in MODELS]
    for model in reversed(MODELS):
        model.objects.all().delete()
    return [[{**row, "id": "" if row["id"].isdecimal() else row["id"]} for row in table] for table in rows]


def test_replayed_announcement_has_the_rows_of_the_first_one() -> None:
    specs = (engine_spec(), engine_spec("piper", voices=(), default_voice="", suggested_tier="free"))
    announce(*specs, slots=3, reserved=1)
    first = take_rows()
    announce(*specs, slots=3, reserved=1)
    assert take_rows() == first
    assert [len(table) for table in first] == [1, 2, 3, 3]


def test_replayed_announcement_is_of_now_and_its_model_is_available() -> None:
    announce()
    take_rows()
    message = announcement()
    announce(sent_at=message.sent_at + 5)
    worker = Worker.objects.get()
    assert (worker.last_sent_at, worker.announced_sent_at) == (message.sent_at + 5, message.sent_at + 5)
    assert timezone.now() - worker.last_seen_at < timedelta(minutes=1)
    assert WorkerQueue.objects.filter(worker=worker).count() == 2
    assert [model.was_seen_lately for model in list_models() if model.id == "kokoro"] == [True]
