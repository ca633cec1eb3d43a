"""Parts with several named outputs: all that are not optional must be stored, kept ones become the result, others are deleted."""

from dataclasses import replace
from typing import Any

import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.objects import output_key
from apps.jobs.plans import PartPlan, check_plans
from apps.jobs.services.finish import finish_part
from apps.jobs.services.reap import reap
from apps.jobs.services.retention import discard_joined_parts
from tests.factories_jobs import announce, caller, outcome_of, part_of, reread, speak_plan, started, store_output, submit
from tests.jobs.observing import age_leases
from tests.workers.tasks.stems import KIND, OUTPUTS, StemsWork
from workers.contract.messages import JoinInput, JoinWork
from workers.contract.outputs import OutputSpec
from workers.contract.references import PartOutput

MADE = {"sections": b"[]", "stems": b"PK", "scratch": b"{}"}
STEMS = PartPlan(KIND, StemsWork(), OUTPUTS, units=6)


def stems_job() -> Job:
    announce()
    return submit(caller(), parts=(STEMS,), output_format="wav").job


def names_of(job: Job) -> list[str]:
    return [output.name for output in reread(job).outputs]


def test_result_lists_all_stored_outputs_that_are_kept() -> None:
    job = stems_job()
    part = started(part_of(job))
    assert finish_part(outcome_of(part, manifest=store_output(part, audio=b"RIFF", others=MADE)))
    assert (reread(job).state, names_of(job)) == ("completed", ["vocals", "sections", "stems"])
    assert [output.file_name for output in reread(job).outputs] == ["vocals.wav", "sections.json", "stems.zip"]
    assert [output.media_type for output in reread(job).outputs] == ["audio/wav", "application/json", "application/zip"]


def test_an_optional_output_that_was_stored_is_in_the_result_too() -> None:
    job = stems_job()
    part = started(part_of(job))
    finish_part(outcome_of(part, manifest=store_output(part, others={**MADE, "lyrics": b"[1]"})))
    assert names_of(job) == ["vocals", "sections", "stems", "lyrics"]


@pytest.mark.parametrize("name", ["vocals", "sections", "stems", "scratch"])
def test_a_manifest_without_a_required_output_is_a_failed_attempt(name: str) -> None:
    job = stems_job()
    part = started(part_of(job))
    manifest = store_output(part, others=MADE)
    lacking = replace(manifest, outputs=tuple(output for output in manifest.outputs if output.name != name))
    assert finish_part(outcome_of(part, manifest=lacking))
    assert (part_of(job).state, part_of(job).error_code) == ("queued", "storage_unavailable")


@pytest.mark.parametrize("name", ["vocals", "sections", "stems", "scratch"])
def test_an_output_that_is_not_in_the_store_is_a_failed_attempt(name: str) -> None:
    job = stems_job()
    part = started(part_of(job))
    manifest = store_output(part, others=MADE)
    get_storage().delete(output_key(part, name))
    assert finish_part(outcome_of(part, manifest=manifest))
    assert (part_of(job).state, reread(job).outputs) == ("queued", ())


def test_the_reaper_adopts_all_outputs_of_a_lost_finish(_awake: None) -> None:
    job = stems_job()
    store_output(started(part_of(job)), others=MADE)
    age_leases()
    assert reap() == 1
    assert (reread(job).state, names_of(job), part_of(job).attempts) == ("completed", ["vocals", "sections", "stems"], 1)


def test_outputs_that_are_not_kept_are_deleted_after_the_end() -> None:
    job = stems_job()
    part = started(part_of(job))
    finish_part(outcome_of(part, manifest=store_output(part, others=MADE)))
    assert discard_joined_parts(job.uuid) == 1
    left = {name for name in ("vocals", *MADE) if get_storage().stat(output_key(part_of(job), name))}
    assert left == {"vocals", "sections", "stems"}


def join_of(*inputs: PartOutput, stage: int = 1, outputs: tuple[OutputSpec, ...] = (OutputSpec("audio", "mp3", is_kept=True),)) -> PartPlan:
    return PartPlan("join", JoinWork(tuple(JoinInput(one) for one in inputs)), outputs, units=0, stage=stage)


SPOKEN = speak_plan("Hello.", is_kept=False)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ((speak_plan("Hello."), join_of(PartOutput(0, "audio"))), "have the same name"),
        ((SPOKEN,), "is not kept"),
        ((speak_plan("Hello.", outputs=()),), "declares no output"),
        ((speak_plan("Hello.", outputs=(OutputSpec("audio", "mp3", is_kept=True),) * 2),), "have the same name"),
        ((speak_plan("Hello.", outputs=(OutputSpec("manifest", "json", is_kept=True),)),), "is no name for an output"),
        ((speak_plan("Hello.", outputs=(OutputSpec("a/b", "json", is_kept=True),)),), "is no name for an output"),
        ((SPOKEN, join_of(PartOutput(0, "vocals"))), "no output of a part of an earlier stage"),
        ((SPOKEN, join_of(PartOutput(7, "audio"))), "no output of a part of an earlier stage"),
        ((SPOKEN, join_of(PartOutput(1, "audio"))), "no output of a part of an earlier stage"),
    ],
)
def test_a_plan_that_could_not_be_carried_out_is_refused(parts: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        check_plans(parts)


def test_a_plan_whose_references_exist_is_accepted() -> None:
    check_plans((SPOKEN, join_of(PartOutput(0, "audio"), PartOutput(0, "timings"))))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_of_the_last_stage_may_end_in_any_order(order: tuple[int, ...]) -> None:
    announce()
    plans = [replace(STEMS, outputs=(replace(OUTPUTS[0], name=name),)) for name in ("vocals", "drums")]
    job = submit(caller(), parts=tuple(plans), output_format="wav").job
    files = {}
    for index in order:
        assert reread(job).state != "completed"
        part = started(part_of(job, index))
        assert finish_part(outcome_of(part, manifest=store_output(part, audio=b"RIFF")))
        files[index] = output_key(part, part.output_specs[0].name)
    assert reread(job).state == "completed"
    assert [output.key for output in reread(job).outputs] == [files[1], files[0]]
