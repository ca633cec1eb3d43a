"""A job whose part has several named outputs: its worker dies between two of them, and the job completes with all."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from apps.jobs.kinds import JobKind, Unit, job_kinds
from apps.jobs.models import Job
from apps.jobs.params import JobParams
from apps.jobs.plans import PartPlan
from apps.jobs.services.submit import PLATFORM_TENANT, JobPlan, Owner, insert_job
from tests.flows.following import files_of, parts_of, wait_for_end, wait_until
from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform
from tests.workers.tasks.stems import KIND, OUTPUTS, SECTIONS, StemsWork
from workers.contract import names

STEMS: JobKind[JobParams] = JobKind(name=KIND, params=JobParams, units=Unit.MILLISECONDS)


@pytest.fixture(autouse=True)
def _stems_kind(settings: Any) -> Iterator[None]:
    """The kind of job, known to this process alone."""
    settings.TTSAI_JOB_KINDS = (*settings.TTSAI_JOB_KINDS, "tests.flows.test_named_outputs.STEMS")
    job_kinds.cache_clear()
    yield
    job_kinds.cache_clear()


def insert_stems_job(hold: Path) -> Job:
    """The job's rows; the platform's own dispatcher finds them."""
    plan = JobPlan(
        kind=STEMS,
        engine_id="",
        queue=names.CODEC_QUEUE,
        lane="normal",
        parts=(PartPlan(KIND, StemsWork(str(hold)), OUTPUTS, units=1000),),
        units=1000,
        price_millicredits=0,
        output_format="wav",
        params=JobParams(),
    )
    return insert_job(uuid4(), plan=plan, owner=Owner(tenant=PLATFORM_TENANT), request_id="")


def test_a_part_killed_between_two_outputs_completes_with_all_of_them(harmed: RunningPlatform, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    job = in_platform(harmed.instance()["database_url"], lambda: insert_stems_job(hold))
    objects = harmed.home / "objects" / PLATFORM_TENANT / job.uuid.hex
    wait_until(lambda: files_of(harmed, job.uuid.hex) == ["vocals.wav"])
    [killed] = objects.iterdir()
    harmed.kill("engine")
    hold.unlink()
    with harmed.client() as client:
        result = wait_for_end(client, job.uuid.hex)
        contents = {output["name"]: client.get(output["url"]) for output in result["outputs"]}
        main = client.get(result["result_url"])
    done = next(folder for folder in objects.iterdir() if (folder / "manifest.json").exists())
    assert killed != done
    assert [path.name for path in killed.iterdir()] == ["vocals.wav"]
    manifest = json.loads((done / "manifest.json").read_bytes())
    assert [entry["name"] for entry in manifest["outputs"]] == ["vocals", "sections", "stems", "scratch"]
    assert {name: (len(answer.content), hashlib.sha256(answer.content).hexdigest()) for name, answer in contents.items()} == {
        entry["name"]: (entry["bytes"], entry["sha256"]) for entry in manifest["outputs"] if entry["name"] != "scratch"
    }
    assert {name: answer.headers["content-type"] for name, answer in contents.items()} == {
        "vocals": "audio/wav",
        "sections": "application/json",
        "stems": "application/zip",
    }
    assert main.content == contents["vocals"].content
    assert contents["sections"].json() == SECTIONS
    assert zipfile.ZipFile(io.BytesIO(contents["stems"].content)).namelist() == ["drums.txt", "bass.txt"]
    assert parts_of(harmed, job.uuid.hex) == [(KIND, "done", 2)]
    wait_until(lambda: not (done / "scratch.json").exists())
    harmed.wait_until_ready()
