"""Stages: later parts read the outputs of earlier ones."""

import json
from dataclasses import dataclass

import pytest
import redis

from apps.core.storage import get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, Part
from apps.jobs.plans import PartPlan
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.retention import discard_joined_parts
from tests.factories_jobs import announce, caller, engine_spec, outcome_of, part_of, reread, started, store_output, submit
from workers.contract.codec import Message
from workers.contract.outputs import ANALYSIS, AUDIO, TEXT, TIMINGS, OutputSpec, audio_outputs, text_outputs
from workers.contract.references import PartOutput, Reference, StoredObject
from workers.contract.transcription import ListenWork, PrepareWork

pytestmark = pytest.mark.django_db(transaction=True)


PIECES = (PartOutput(1, TEXT), PartOutput(2, TEXT))
WRITTEN = (OutputSpec(TEXT, "json", is_kept=True), OutputSpec(TIMINGS, "json", is_optional=True))


@dataclass(frozen=True, slots=True)
class Gathering(Message):
    """Work that reads several outputs."""

    pieces: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Saying(Message):
    """Work that reads an output that is there, and perhaps one that may be missing."""

    script: Reference
    analysis: Reference | None
    engine: str = "kokoro"


def staged_job() -> Job:
    """Job that is prepared, transcribed in two pieces, translated by another engine, and spoken."""
    announce(engine_spec(), engine_spec("scribe", kind="translate", voices=()))
    prepare, audio, analysis = PrepareWork(StoredObject("source.mp3"), "whisper", pieces=2), PartOutput(0, AUDIO), PartOutput(0, ANALYSIS)
    pieces = tuple(ListenWork("whisper", audio, analysis=analysis, piece=piece) for piece in range(2))
    parts = (
        PartPlan("prepare", prepare, (OutputSpec(AUDIO, "wav"), OutputSpec(ANALYSIS, "json")), units=0),
        *(PartPlan("listen", work, text_outputs(is_kept=False), units=5, stage=1) for work in pieces),
        PartPlan("translate", Gathering(PIECES), WRITTEN, units=0, stage=2, queue="scribe"),
        PartPlan("speak", Saying(PartOutput(3, TEXT), PartOutput(3, TIMINGS)), audio_outputs("mp3", is_kept=True), units=0, stage=3),
    )
    return submit(caller(), "0123456789", parts=parts).job


def states(job: Job) -> list[str]:
    return list(Part.objects.filter(job_id=job.uuid).order_by("index").values_list("state", flat=True))


def finish(job: Job, index: int) -> str:
    """Finish the part; returns the key of its main output."""
    part = started(part_of(job, index))
    assert finish_part(outcome_of(part, manifest=store_output(part)))
    name = {"prepare": "audio.wav", "speak": "audio.mp3"}.get(part.kind, "document.json")
    return f"{job.tenant.replace(':', '-')}/{job.uuid.hex}/{index}-{part.token.hex}/{name}"  # type: ignore[union-attr]


def stored(key: str) -> dict[str, str]:
    return {"key": key, "kind": "stored_object"}


def test_a_stage_waits_until_all_of_the_one_before_is_done() -> None:
    job = staged_job()
    assert states(job) == ["admitted", "waiting", "waiting", "waiting", "waiting"]
    finish(job, 0)
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
    prepared = finish(job, 0)
    analysis = prepared.replace("audio.wav", "survey.json")
    for index in (1, 2):
        work = part_of(job, index).work
        assert (work["audio"], work["survey"]) == (stored(prepared), stored(analysis))
    heard = [finish(job, 1), finish(job, 2)]
    assert part_of(job, 3).work["pieces"] == [stored(key) for key in heard]
    written = finish(job, 3)
    assert (part_of(job, 4).work["script"], part_of(job, 4).work["analysis"]) == (stored(written), None)


def test_result_holds_the_audio_and_the_written_words() -> None:
    job = staged_job()
    keys = [finish(job, index) for index in range(5)]
    assert [(output.name, output.key) for output in reread(job).outputs] == [("audio", keys[4]), ("document", keys[3])]


def test_only_what_belongs_to_the_result_is_kept() -> None:
    job = staged_job()
    keys = [finish(job, index) for index in range(5)]
    discard_joined_parts(job.uuid)
    assert [get_storage().stat(key) is not None for key in keys] == [False, False, False, True, True]


def test_cancelling_a_job_deletes_its_intermediate_outputs(valkey: redis.Redis) -> None:
    job = staged_job()
    prepared, heard = finish(job, 0), finish(job, 1)
    assert discard_joined_parts(job.uuid) == 0
    running = started(part_of(job, 2))
    valkey.delete("platform")
    cancel_job(job, reason="Cancelled by its owner.")
    finish_part(outcome_of(running, status="cancelled", units_done=2))
    assert (reread(job).state, reread(job).charged_millicredits) == ("cancelled", 14)
    [raw] = valkey.lrange("platform", 0, -1)
    assert json.loads(raw)["headers"]["task"] == "platform.discard_joined_parts"
    assert discard_joined_parts(job.uuid) == 2
    assert [get_storage().stat(key) for key in (prepared, prepared.replace("audio.wav", "survey.json"), heard)] == [None, None, None]


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
