"""Stages: later parts read the outputs of earlier ones."""

import json

import pytest
import redis

from apps.core.storage import get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, Part
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.retention import discard_joined_parts
from apps.jobs.services.stages import output_of, timings_of
from apps.jobs.services.submit import PartPlan
from tests.factories_jobs import announce, caller, engine_spec, outcome_of, part_of, reread, started, store_output, submit

pytestmark = pytest.mark.django_db(transaction=True)


def staged_job() -> Job:
    """Job that is prepared, transcribed in two pieces, translated by another engine, and spoken."""
    announce(engine_spec(), engine_spec("scribe", kind="translate", voices=()))
    parts = (
        PartPlan("prepare", {"format": "wav"}, units=0),
        PartPlan("listen", {"format": "json", "audio": output_of(0), "survey": timings_of(0), "piece": 0}, units=5, stage=1),
        PartPlan("listen", {"format": "json", "audio": output_of(0), "survey": timings_of(0), "piece": 1}, units=5, stage=1),
        PartPlan("translate", {"format": "json", "pieces": [output_of(1), output_of(2)]}, units=0, stage=2, queue="scribe", is_kept=True),
        PartPlan("speak", {"format": "mp3", "script": output_of(3), "survey": timings_of(3)}, units=0, stage=3),
    )
    return submit(caller(), "0123456789", parts=parts, join=None).job


def states(job: Job) -> list[str]:
    return list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("state", flat=True))


def finish(job: Job, index: int, *, has_timings: bool = False) -> str:
    """Finish the part; returns the key of its output."""
    part = started(part_of(job, index))
    assert finish_part(outcome_of(part, manifest=store_output(part, has_timings=has_timings)))
    name = "audio.wav" if part.work["format"] == "wav" else "document.json" if part.work["format"] == "json" else "audio.mp3"
    return f"{job.tenant.replace(':', '-')}/{job.uuid.hex}/{index}-{part.token.hex}/{name}"  # type: ignore[union-attr]


def test_a_stage_waits_until_all_of_the_one_before_is_done() -> None:
    job = staged_job()
    assert states(job) == ["admitted", "waiting", "waiting", "waiting", "waiting"]
    finish(job, 0, has_timings=True)
    assert states(job) == ["done", "admitted", "admitted", "waiting", "waiting"]
    finish(job, 1)
    assert states(job) == ["done", "done", "admitted", "waiting", "waiting"]
    finish(job, 2)
    assert states(job) == ["done", "done", "done", "admitted", "waiting"]
    finish(job, 3)
    assert states(job) == ["done", "done", "done", "done", "admitted"]
    finish(job, 4)
    assert (reread(job).state, reread(job).charged_millicredits) == ("completed", 20)


def test_a_later_part_reads_what_the_earlier_ones_made() -> None:
    job = staged_job()
    prepared = finish(job, 0, has_timings=True)
    survey = prepared.replace("audio.wav", "timings.json")
    for index in (1, 2):
        work = part_of(job, index).work
        assert (work["audio"], work["survey"]) == ({"$key": prepared}, {"$key": survey})
    heard = [finish(job, 1), finish(job, 2)]
    assert part_of(job, 3).work["pieces"] == [{"$key": key} for key in heard]
    written = finish(job, 3)
    assert (part_of(job, 4).work["script"], part_of(job, 4).work["survey"]) == ({"$key": written}, None)


def test_the_result_holds_the_audio_and_what_was_written() -> None:
    job = staged_job()
    keys = [finish(job, index) for index in range(5)]
    result = reread(job).result or {}
    assert (result["key"], result["document_key"], result["file_name"]) == (keys[4], keys[3], "output.mp3")


def test_only_what_belongs_to_the_result_is_kept() -> None:
    job = staged_job()
    keys = [finish(job, index) for index in range(5)]
    discard_joined_parts(job.uuid)
    assert [get_storage().stat(key) is not None for key in keys] == [False, False, False, True, True]


def test_cancelling_a_job_deletes_its_intermediate_outputs(valkey: redis.Redis) -> None:
    job = staged_job()
    prepared, heard = finish(job, 0, has_timings=True), finish(job, 1)
    assert discard_joined_parts(job.uuid) == 0
    running = started(part_of(job, 2))
    valkey.delete("platform")
    cancel_job(job, reason="Cancelled by its owner.")
    finish_part(outcome_of(running, status="cancelled", units_done=2))
    assert (reread(job).state, reread(job).charged_millicredits) == ("cancelled", 14)
    [raw] = valkey.lrange("platform", 0, -1)
    assert json.loads(raw)["headers"]["task"] == "platform.discard_joined_parts"
    assert discard_joined_parts(job.uuid) == 2
    assert [get_storage().stat(key) for key in (prepared, prepared.replace("audio.wav", "timings.json"), heard)] == [None, None, None]


def test_a_part_that_fails_ends_the_stages_behind_it() -> None:
    job = staged_job()
    finish(job, 0)
    assert finish_part(outcome_of(started(part_of(job, 1)), status="failed", error_code="bad_audio", error_message="It is damaged."))
    assert states(job) == ["done", "failed", "cancelled", "cancelled", "cancelled"]
    assert (reread(job).state, reread(job).charged_millicredits) == ("failed", 0)


def test_a_part_of_another_engine_waits_for_its_own_workers() -> None:
    job = staged_job()
    for index in range(3):
        finish(job, index)
    assert (part_of(job, 3).queue, part_of(job, 3).state) == ("scribe", "admitted")
    assert dispatch("kokoro") == 0
