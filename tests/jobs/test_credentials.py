"""Results signed with content credentials when their last part ends."""

import hashlib
import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job, Part, Rendition
from apps.jobs.objects import output_key, part_folder
from apps.jobs.services import finish
from apps.jobs.services.finish import finish_part
from apps.jobs.services.renditions import request_rendition
from apps.speech.results import result_shape
from tests.factories_jobs import announce, caller, outcome_of, part_of, reread, speak_plan, started, store_output, submit
from workers.audio.encoding import encode_file
from workers.contract.messages import PartOutcome

WAV = "audio/wav"


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"
    settings.TTSAI_C2PA = True


def test_signed_result_takes_the_place_of_the_stored_output() -> None:
    job, part = spoken()
    assert finish_part(outcome_of(part, manifest=store_output(part, audio=tone())))
    (output,) = reread(job).outputs
    data = get_storage().read_bytes(output.key)
    assert (output.bytes, output.sha256, output.audio_seconds) == (len(data), hashlib.sha256(data).hexdigest(), 1.5)
    assert is_valid(data)
    assert result_shape(reread(job), base="", has_words=False)["content_credentials"] is True
    assert output.key.startswith(f"{part_folder(part)}/audio-")
    assert get_storage().stat(output_key(part, "audio")) is None


def test_job_of_a_plan_without_credentials_keeps_its_output() -> None:
    by = caller()
    by.plan.content_credentials = False
    job, part = spoken(by=by)
    finish_part(outcome_of(part, manifest=store_output(part, audio=tone())))
    assert reread(job).outputs[0].key == output_key(part, "audio")
    assert get_storage().read_bytes(output_key(part, "audio")) == tone()
    assert "content_credentials" not in result_shape(reread(job), base="", has_words=False)


def test_plan_with_credentials_overrides_the_operators_setting(settings: Any) -> None:
    settings.TTSAI_C2PA = False
    by = caller()
    by.plan.content_credentials = True
    job, part = spoken(by=by)
    finish_part(outcome_of(part, manifest=store_output(part, audio=tone())))
    assert is_valid(get_storage().read_bytes(reread(job).outputs[0].key))


def test_outcome_that_arrives_twice_at_once_leaves_one_signed_file(monkeypatch: pytest.MonkeyPatch) -> None:
    job, part = spoken()
    outcome = outcome_of(part, manifest=store_output(part, audio=tone()))
    sign = finish.sign_outputs

    def sign_while_another_process_is_first(given: Any, *, part: Part) -> Any:
        signed = sign(given, part=part)
        monkeypatch.setattr(finish, "sign_outputs", sign)
        assert finish_part(outcome)
        return signed

    monkeypatch.setattr(finish, "sign_outputs", sign_while_another_process_is_first)
    assert not finish_part(outcome)
    folder = get_storage().local_path(part_folder(part))
    assert folder is not None
    assert [path.name for path in folder.glob("*.wav")] == [Path(reread(job).outputs[0].key).name]


def test_worker_cannot_name_a_signed_file_itself(settings: Any) -> None:
    settings.TTSAI_C2PA = False
    job, part = spoken()
    outcome = outcome_of(part, manifest=store_output(part, audio=tone())).to_dict()
    outcome["manifest"]["outputs"][0]["signed_name"] = "../../another/audio.wav"
    finish_part(PartOutcome.from_dict(outcome))
    assert reread(job).outputs[0].key == output_key(part, "audio")


def test_output_that_cannot_be_signed_is_delivered_unsigned_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    job, part = spoken()
    finish_part(outcome_of(part, manifest=store_output(part, audio=b"no audio at all")))
    assert (reread(job).state, reread(job).outputs[0].key) == ("completed", output_key(part, "audio"))
    assert "result_not_signed" in caplog.text
    assert result_shape(reread(job), base="", has_words=False)["content_credentials"] is False


def test_format_that_takes_no_credentials_is_a_warning() -> None:
    announce()
    job = submit(caller(), parts=(speak_plan("Hello.", audio_format="ogg"),), output_format="ogg").job
    assert job.warnings == ["format: ogg cannot hold content credentials; wav, mp3, m4a, flac can."]


def test_work_that_makes_speech_carries_the_plans_watermark(settings: Any) -> None:
    settings.TTSAI_WATERMARK = "all"
    announce()
    by = caller()
    assert part_of(submit(by).job).work["watermark"] == "all"
    by.plan.watermark = "cloned"
    long = submit(by, "One.", "Two.").job
    assert [part_of(long, index).work.get("watermark") for index in range(3)] == ["cloned", "cloned", None]
    by.plan.watermark = "off"
    assert part_of(submit(by).job).work["watermark"] == ""


def test_rendition_is_signed_as_what_its_source_is() -> None:
    job, part = spoken()
    finish_part(outcome_of(part, manifest=store_output(part, audio=tone())))
    for kind, source_type in (("audio-enhance", "algorithmicallyEnhanced"), ("speech", "trainedAlgorithmicMedia"), ("audio-convert", "")):
        Rendition.objects.all().delete()
        Job.objects.filter(pk=job.pk).update(kind=kind, engine_id="maker")
        rendition = request_rendition(reread(job), format="wav")
        converted = started(part_of(rendition))
        finish_part(outcome_of(converted, manifest=store_output(converted, audio=tone())))
        assert made_statement(get_storage().read_bytes(reread(rendition).outputs[0].key)) == (source_type, "maker" if source_type else "")


def made_statement(data: bytes) -> tuple[str, str]:
    """Last segment of the source type, and the model, that a file's credentials name; empty without credentials."""
    try:
        reader = c2pa.Reader(WAV, io.BytesIO(data))
    except c2pa.C2paError.ManifestNotFound:
        return "", ""
    with reader:
        read = json.loads(reader.json())
    [action] = [action for one in read["manifests"][read["active_manifest"]]["assertions"] for action in one["data"].get("actions", [])]
    return action["digitalSourceType"].rpartition("/")[2], action.get("softwareAgent", {}).get("name", "")


def spoken(*, by: Any = None) -> tuple[Job, Part]:
    """A job for a WAV, and its part with a worker."""
    announce()
    job = submit(by or caller(), parts=(speak_plan("Hello.", audio_format="wav"),), output_format="wav").job
    return job, started(part_of(job))


@cache
def tone() -> bytes:
    """A WAV file of half a second."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        encode_file(Path(file.name), [0.1 * np.sin(np.arange(12_000) * 0.05).astype(np.float32)], audio_format="wav", input_rate=24_000)
        return file.read()


def is_valid(data: bytes) -> bool:
    with c2pa.Reader(WAV, io.BytesIO(data)) as reader:
        return bool(json.loads(reader.json())["validation_state"] == "Valid")
