"""Messages through the broker, and the beat schedule."""

import json
from typing import Any

import pytest
import redis
from celery import current_app
from django.db import OperationalError, connections

from apps.core.storage import StorageAwayError, get_storage
from apps.jobs import dispatch as dispatcher
from apps.jobs import tasks
from apps.jobs.bulk_insert import insert_rows
from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, Part, PartState
from apps.jobs.services.acceptance import submit_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.retention import expire_results
from apps.jobs.services.workers import handle_heartbeat
from tests.factories_jobs import (
    announce,
    caller,
    engine_spec,
    finished,
    job_plan,
    nobody,
    outcome_of,
    part_of,
    reread,
    started,
    submit,
    work_off,
)
from tests.jobs.observing import everything
from workers.contract import names
from workers.contract.messages import Announcement, Heartbeat, PartStarted, QueueSlots


def through_the_broker(message: Any) -> dict[str, Any]:
    """Decode a message as if sent by a newer version with further fields."""
    return {**json.loads(json.dumps(message.to_dict())), "unknown": 1}


def test_job_completes_by_worker_messages_without_the_reaper() -> None:
    queues = (QueueSlots("kokoro", slots=1),)
    announcement = Announcement(worker="worker-1", boot="boot-1", device="cpu", engines=(engine_spec(),), queues=queues, sent_at=100.0)
    tasks.announce(through_the_broker(announcement))
    job = submit(caller()).job
    tasks.part_started(through_the_broker(PartStarted(token=part_of(job).token.hex, worker="worker-1", boot="boot-1")))
    assert reread(job).state == "running"
    tasks.heartbeat(through_the_broker(Heartbeat(worker="worker-1", boot="boot-1", sent_at=101.0)))
    tasks.part_finished(through_the_broker(outcome_of(part_of(job))))
    assert reread(job).state == "completed"


def test_every_task_of_the_beat_schedule_exists() -> None:
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert asked <= set(current_app.tasks)
    assert {"platform.dispatch", "platform.reap", "platform.reconcile_ledger"} <= asked
    assert {names.ANNOUNCE, names.HEARTBEAT, names.PART_STARTED, names.PART_FINISHED} <= set(current_app.tasks)


def test_periodic_tasks_repair_lost_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    job = submit(caller()).job
    with monkeypatch.context() as patch:
        patch.setattr("apps.jobs.services.workers.dispatch_soon", lambda queue: None)
        announce()
    assert part_of(job).state == PartState.QUEUED
    tasks.dispatch_queues()
    assert part_of(job).state == PartState.ADMITTED


def test_outcome_of_an_unknown_part_changes_nothing() -> None:
    announce()
    part = started(part_of(submit(caller()).job))
    before = everything()
    for wrong in ({"token": "nonsense"}, {"job": "0" * 32}, {"part": 7}, {"token": "0" * 32}):
        assert not finish_part(outcome_of(part, **wrong))
    assert everything() == before


def test_joined_parts_are_discarded_and_the_result_is_kept(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller(), "One.", "Two.").job
    work_off()
    work_off("codec")
    [raw] = valkey.lrange("platform", 0, -1)
    assert json.loads(raw)["headers"]["task"] == "platform.discard_joined_parts"
    key = part_of(job, 1).work["text"] and f"account-{job.account_id}/{job.uuid.hex}/1-{part_of(job, 1).token.hex}/audio.flac"
    assert get_storage().stat(key) is not None
    tasks.discard(job.uuid.hex)
    assert (get_storage().stat(key), get_storage().stat(reread(job).main_output.key) is not None) == (None, True)


def test_an_announcement_that_its_heartbeat_overtook_still_counts() -> None:
    announce(sent_at=100.0)
    handle_heartbeat(Heartbeat(worker="worker-1", boot="boot-2", sent_at=200.01))
    announce(engine_spec("hibari"), boot="boot-2", sent_at=200.0)
    assert part_of(submit(caller(), queue="hibari").job).state == PartState.ADMITTED


def test_the_address_of_a_caller_without_a_key_goes_with_the_result() -> None:
    announce()
    job = submit(nobody("2001:db8::1")).job
    work_off()
    assert reread(job).main_output.key.startswith(f"address-2001-db8---64/{job.uuid.hex}/")
    Job.objects.update(expires_at=job.created_at)
    assert expire_results() == 1
    assert (reread(job).tenant, get_storage().stat(reread(job).main_output.key)) == ("address:", None)


def test_a_repeated_wait_joins_a_job_only_while_it_is_active() -> None:
    announce()
    by = caller()
    wait = Idempotency(key="wait", body_digest="same", ends_with_job=True)
    first, again = (submit_job(by, job_plan(), idempotency=wait, request_id="") for _ in range(2))
    assert (first.job.uuid, again.is_replay) == (again.job.uuid, True)
    finished(started(part_of(first.job)))
    later = submit_job(by, job_plan(), idempotency=wait, request_id="")
    assert (later.is_replay, later.job.uuid != first.job.uuid) == (False, True)


def test_job_is_accepted_while_the_dispatcher_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    announce()
    monkeypatch.setattr(dispatcher, "LOCK", dispatcher.LOCK.replace("5s", "50ms"))
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('dispatch:kokoro', 0))")
        job = submit(caller()).job
        assert part_of(job).state == PartState.QUEUED
        with pytest.raises(OperationalError):
            dispatch("kokoro")
    finally:
        other.close()
    assert dispatch("kokoro") == 1


def test_parts_stay_queued_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(key: str, *, content_type: str) -> None:
        raise StorageAwayError("The object store does not answer.")

    announce()
    monkeypatch.setattr(get_storage(), "writing_address", away)
    part = part_of(submit(caller()).job)
    assert (part.state, part.attempts, part.token) == ("queued", 0, None)


def test_rows_are_inserted_as_the_orm_would() -> None:
    by = caller()
    job = submit(by).job
    part = part_of(job)
    second = Job.objects.create(
        **{field.attname: getattr(reread(job), field.attname) for field in Job._meta.concrete_fields if field.name != "uuid"}
    )
    values = {field.attname: getattr(part, field.attname) for field in Part._meta.concrete_fields if field.name not in {"id", "job"}}
    insert_rows([Part(**{**values, "index": index, "job_id": second.uuid}) for index in range(1200)])
    assert Part.objects.filter(job_id=second.uuid).count() == 1200
    last = Part.objects.get(job_id=second.uuid, index=1199)
    assert {name: getattr(last, name) for name in ("work", "tenant", "token", "state")} == {
        name: getattr(part, name) for name in ("work", "tenant", "token", "state")
    }
