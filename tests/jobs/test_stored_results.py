"""Jobs whose result is stored already: no parts, completed and charged as soon as they are accepted."""

from typing import Any

import pytest
import redis

from apps.billing.models import LedgerEntry
from apps.core.errors import ApplicationError
from apps.core.storage import get_storage
from apps.jobs.models import Part
from apps.jobs.results import ResultOutput
from apps.jobs.services.retention import delete_result
from apps.webhooks.models import Delivery
from apps.webhooks.services import create_endpoint
from tests.factories import AccountFactory
from tests.factories_jobs import announce, caller, reread, submit
from tests.jobs.observing import events

OUTPUTS = (
    ResultOutput("audio", "cache/3f/audio.mp3", "mp3", bytes=5, sha256="a" * 64, audio_seconds=1.5, sample_rate=24000),
    ResultOutput("timings", "cache/3f/timings.json", "json", bytes=2, sha256="b" * 64),
)
CACHED: dict[str, Any] = {"parts": (), "outputs": OUTPUTS}


def test_a_job_with_a_stored_result_is_completed_and_charged_at_once(valkey: redis.Redis) -> None:
    by = caller()
    create_endpoint(by.account, url="https://example.com/hook", events=[])
    submission = submit(by, "Hello.", price=7, **CACHED)
    job = reread(submission.job)
    assert (job.state, job.part_count, job.charged_millicredits, job.outputs) == ("completed", 0, 7, OUTPUTS)
    assert (job.is_refusal, job.started_at, job.finished_at is not None, job.expires_at is not None) == (False, None, True, True)
    assert not Part.objects.exists()
    entries = LedgerEntry.objects.filter(job_uuid=job.uuid).values_list("kind", "amount_millicredits")
    assert sorted(entries) == [("charge", -7), ("release", 7), ("reservation", -7)]
    assert list(Delivery.objects.values_list("event", flat=True)) == ["job.completed"]
    assert [event["type"] for event in events(valkey, job)] == ["end"]


def test_a_stored_result_takes_no_place_among_the_running_jobs() -> None:
    announce(slots=1)
    by = caller(concurrent_jobs=1)
    running = submit(by).job
    with pytest.raises(ApplicationError):
        submit(by)
    assert reread(submit(by, **CACHED).job).state == "completed"
    assert reread(running).state == "queued"


def test_a_repeat_with_the_same_key_is_the_same_completed_job() -> None:
    by = caller()
    first, again = submit(by, key="k", **CACHED), submit(by, key="k", **CACHED)
    assert (again.is_replay, again.job.uuid, again.job.state) == (True, first.job.uuid, "completed")


def test_deleting_the_job_leaves_the_shared_objects_alone() -> None:
    get_storage().put_bytes(OUTPUTS[0].key, b"audio", content_type="audio/mpeg")
    job = submit(caller(AccountFactory(credits=1000)), **CACHED).job
    delete_result(reread(job))
    assert get_storage().read_bytes(OUTPUTS[0].key) == b"audio"


@pytest.mark.parametrize("changes", [{"parts": ()}, {"outputs": OUTPUTS}])
def test_a_plan_has_either_parts_or_stored_outputs(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a job has parts that make its result, or outputs that are stored already"):
        submit(caller(), **changes)
