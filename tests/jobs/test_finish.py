"""Ends of attempts: idempotent."""

import base64
import json

import pytest
import redis
from django.db import connection

from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.models import JobState, Part, PartState
from apps.jobs.services.attempts import requeue_attempt, start_part
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import AUDIO, announce, caller, finished, outcome_of, part_of, reread, started, store_output, submit, work_off
from tests.jobs.observing import events, everything, together
from workers.contract import names
from workers.contract.errors import NOTHING_TO_SAY, OUT_OF_MEMORY
from workers.contract.messages import PartStarted


def test_a_finished_part_completes_its_job(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    job = submit(by, "Hello.").job
    part = finished(started(part_of(job)))
    job = reread(job)
    assert (job.state, part.state, job.charged_millicredits, part.units_done) == ("completed", "done", 12, 6)
    assert job.result == {
        "outputs": [
            {
                "name": "audio",
                "key": f"account-{by.account.pk}/{job.uuid.hex}/0-{part.token.hex}/audio.mp3",
                "format": "mp3",
                "bytes": len(AUDIO),
                "sha256": part.manifest["outputs"][0]["sha256"],
                "audio_seconds": 1.5,
                "sample_rate": 24000,
                "is_signed": False,
            }
        ]
    }
    assert (job.expires_at - job.finished_at).days == 30
    assert job.created_at <= job.started_at <= job.finished_at
    assert [event["type"] for event in events(valkey, job)] == ["started", "end"]
    assert events(valkey, job)[-1] == {"type": "end", "status": "completed", "job": job.uuid.hex}
    assert available_millicredits(by.account.pk) == 1_000_000 - 12
    assert ledger_differences() == []


def test_a_repeated_finish_changes_nothing(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller()).job
    outcome = outcome_of(started(part_of(job)))
    assert finish_part(outcome)
    before, reported = everything(), events(valkey, job)
    assert not finish_part(outcome)
    assert not finish_part(outcome_of(part_of(job), status="failed", error_code=NOTHING_TO_SAY))
    assert (everything(), events(valkey, job)) == (before, reported)


def test_ten_concurrent_finishes_count_once() -> None:
    announce()
    by = caller()
    outcome = outcome_of(started(part_of(submit(by).job)))
    assert sorted(together(lambda number: finish_part(outcome), count=10)) == [False] * 9 + [True]
    assert LedgerEntry.objects.filter(kind="charge").count() == 1


def test_a_late_finish_with_an_old_token_changes_nothing() -> None:
    announce()
    job = submit(caller()).job
    late = outcome_of(started(part_of(job)))
    assert requeue_attempt(part_of(job).token, delay_seconds=0)
    before = everything()
    assert not finish_part(late)
    assert everything() == before
    assert dispatch("kokoro") == 1
    before = everything()
    assert not finish_part(late)
    assert everything() == before
    assert finished(part_of(job)).attempts == 2


def test_a_finish_without_a_start_counts() -> None:
    announce()
    job = submit(caller()).job
    finished(part_of(job))
    assert reread(job).state == JobState.COMPLETED


@pytest.mark.parametrize("wrong", ["missing", "short", "another"])
def test_output_that_differs_from_its_manifest_is_made_again(wrong: str) -> None:
    announce()
    job = submit(caller()).job
    outcome = outcome_of(started(part_of(job)))
    folder = f"{part_of(job).tenant.replace(':', '-')}/{job.uuid.hex}/0-{outcome.token}"
    if wrong == "missing":
        get_storage().delete(f"{folder}/audio.mp3")
    elif wrong == "short":
        get_storage().put_bytes(f"{folder}/audio.mp3", AUDIO[:-1], content_type="audio/mpeg")
    else:
        outcome = outcome_of(part_of(job), manifest=store_output(finished(started(part_of(submit(caller()).job)))))
    assert finish_part(outcome)
    part = part_of(job)
    assert (part.state, part.token, part.attempts, part.error_code) == ("queued", None, 1, "storage_unavailable")
    assert reread(job).state == JobState.RUNNING


def test_finishing_a_part_while_the_store_is_away_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    announce()
    job = submit(caller()).job
    outcome = outcome_of(started(part_of(job)))

    def away(key: str) -> None:
        raise StorageAwayError("The object store does not answer.")

    monkeypatch.setattr(get_storage(), "stat", away)
    before = everything()
    with pytest.raises(StorageAwayError):
        finish_part(outcome)
    assert everything() == before


def test_a_failure_that_may_pass_is_tried_again_up_to_the_limit(settings) -> None:  # type: ignore[no-untyped-def]
    settings.TTSAI_PART_ATTEMPTS = 3
    announce()
    by = caller()
    job = submit(by).job
    for attempt in (1, 2):
        assert finish_part(outcome_of(started(part_of(job)), status="failed", error_code=OUT_OF_MEMORY, is_retryable=True))
        part = part_of(job)
        assert (part.state, part.attempts, dispatch("kokoro")) == ("queued", attempt, 0), "a retry waits a little"
        Part.objects.update(not_before=part.not_before.replace(year=2020))
        assert dispatch("kokoro") == 1
    last = outcome_of(part_of(job), status="failed", error_code=OUT_OF_MEMORY, error_message="Too large.", is_retryable=True)
    assert finish_part(last)
    job = reread(job)
    assert (job.state, job.error_code, job.error_message, job.charged_millicredits) == ("failed", "out_of_memory", "Too large.", 0)
    assert available_millicredits(by.account.pk) == 1_000_000
    assert list(LedgerEntry.objects.filter(job_uuid=job.uuid).values_list("kind", flat=True)) == ["release", "reservation"]


def test_a_failure_for_good_fails_the_job_and_stops_its_other_parts(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    job = submit(by, "One.", "...", "Three.").job
    other = started(part_of(job, 0))
    outcome = outcome_of(started(part_of(job, 1)), status="failed", error_code=NOTHING_TO_SAY, error_message="Nothing to say.")
    assert finish_part(outcome)
    states = list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("state", flat=True))
    assert states == ["cancelled", "failed", "cancelled", "cancelled"]
    assert (reread(job).state, reread(job).error_code) == ("failed", "nothing_to_say")
    assert valkey.exists(names.cancel_key(other.token.hex)) == 1
    assert available_millicredits(by.account.pk) == 1_000_000
    assert not finish_part(outcome_of(other))


def test_a_speak_part_given_back_by_its_worker_keeps_what_was_spoken() -> None:
    announce()
    job = submit(caller()).job
    assert finish_part(outcome_of(started(part_of(job)), status="cancelled", units_done=3))
    assert (part_of(job).state, part_of(job).units_done, reread(job).state) == ("queued", 3, "running")


def test_a_long_text_is_joined_once_its_parts_are_done(valkey: redis.Redis) -> None:
    announce()
    by = caller()
    job = submit(by, "One.", "Two.", "Three.").job
    assert finish_part(outcome_of(part_of(job, 2), manifest=store_output(part_of(job, 2), others={"timings": b"[]"})))
    finished(started(part_of(job, 0)))
    assert part_of(job, 3).state == PartState.WAITING
    finished(started(part_of(job, 1)))
    join = part_of(job, 3)
    assert (join.state, join.queue, reread(job).state) == ("admitted", "codec", "running")
    keys = [entry["audio"]["key"].rsplit("/", 2)[1:] for entry in join.work["inputs"]]
    assert keys == [[f"{index}-{part_of(job, index).token.hex}", "audio.flac"] for index in range(3)]
    assert [entry["timings"] is None for entry in join.work["inputs"]] == [True, True, False]
    assert [entry["start_character"] for entry in join.work["inputs"]] == [0, 4, 8]
    [raw] = valkey.lrange("engine.codec.normal", 0, -1)
    assert b"stored_object" not in base64.b64decode(json.loads(raw)["body"])
    finished(started(join))
    assert reread(job).state == "completed"
    assert reread(job).main_output.key.endswith(f"3-{join.token.hex}/audio.mp3")
    assert reread(job).charged_millicredits == 28
    progress = [event for event in events(valkey, job) if event["type"] == "progress"]
    assert progress[-1] == {"type": "progress", "units_done": 14, "units_total": 14}


def test_parts_that_finish_at_once_queue_one_join() -> None:
    announce(slots=8)
    job = submit(caller(), *["Some words."] * 8).job
    outcomes = [outcome_of(started(part)) for part in Part.objects.filter(job_id=job.uuid, kind="speak").order_by("index")]
    assert together(lambda number: finish_part(outcomes[number]), count=8) == [True] * 8
    assert part_of(job, 8).state == PartState.ADMITTED
    work_off("codec")
    assert reread(job).state == JobState.COMPLETED


def test_an_attempt_that_is_worth_nothing_is_stopped_when_it_starts(valkey: redis.Redis) -> None:
    announce()
    job = submit(caller()).job
    old = part_of(job).token
    requeue_attempt(old, delay_seconds=0)
    dispatch("kokoro")
    before = everything()
    start_part(PartStarted(token=old.hex, worker="worker-1", boot="boot-1"))
    assert everything() == before
    assert valkey.exists(names.cancel_key(old.hex)) == 1
    assert valkey.exists(names.cancel_key(part_of(job).token.hex)) == 0
    assert connection.in_atomic_block is False
