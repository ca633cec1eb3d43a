"""POST /v1/audio/enhance/, dereverb/ and separate/ through sockets, with a worker that stores any audio."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import httpx
import pytest

from apps.audio_tools.stretches import cut
from apps.catalog.models import Engine
from apps.catalog.selectors import clear_catalogue_cache
from apps.jobs.models import Job, Part
from apps.jobs.services.workers import handle_announcement
from tests.factories_jobs import AUDIO, announce, announcement, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import _platform, making, owner, server, song
from tests.web.shell import RunningShell
from workers.contract.audio_processing import DereverbWork, EnhanceWork, SeparateWork

__all__ = ["_platform", "owner", "server", "song"]

OTHER = b"{}"
"""Content that the worker stores for every output but the first."""
NO_VOICES: dict[str, Any] = {"voices": (), "default_voice": "", "languages": ()}
SPLEETER = engine_spec("spleeter", kind="separate", stems=(2,), **NO_VOICES)


@pytest.fixture(autouse=True)
def _engines(_platform: None) -> None:
    announce(engine_spec("deepfilternet", kind="enhance", **NO_VOICES), engine_spec("wpe", kind="dereverb", **NO_VOICES), SPLEETER)


def post(server: RunningShell, somebody: Person, tool: str, content: bytes, **fields: Any) -> httpx.Response:
    headers = {**somebody.headers, **fields.pop("headers", {})}
    return httpx.post(f"{server.url}/v1/audio/{tool}/", files={"file": ("audio.wav", content)}, data=fields, headers=headers, timeout=60)


def queued(server: RunningShell, somebody: Person, tool: str, content: bytes, **fields: Any) -> tuple[dict[str, Any], Job, Part]:
    answer = post(server, somebody, tool, content, headers={"Prefer": "respond-async"}, **fields)
    assert answer.status_code == 200, answer.text
    job = Job.objects.get()
    return answer.json(), job, Part.objects.get()


def test_enhancing_by_default_suppresses_noise_and_makes_speech_clear(server: RunningShell, owner: Person, song: bytes) -> None:
    answer, job, part = queued(server, owner, "enhance", song)
    work = EnhanceWork.from_dict(part.work)
    assert (work.engine, work.strength, work.has_clarity, work.extension_engine) == ("deepfilternet", 2, True, "")
    assert work.finish is not None
    assert (work.finish.format, work.finish.loudness_lufs) == ("mp3", -16.0)
    assert (job.kind, job.queue, job.price_millicredits, answer["credits_used"]) == ("audio-enhance", "deepfilternet", 67, 0.067)
    assert "warnings" not in answer


def test_super_resolution_without_a_model_is_left_out_with_a_warning(server: RunningShell, owner: Person, song: bytes) -> None:
    answer, _, part = queued(server, owner, "enhance", song, super_resolution="True", denoise="False", strength="3", format="wav")
    work = EnhanceWork.from_dict(part.work)
    assert (work.engine, work.extension_engine, work.has_clarity, work.strength) == ("", "", True, 3)
    assert [warning.partition(":")[0] for warning in answer["warnings"]] == ["super_resolution"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"denoise": "false", "enhance_clarity": "false"}, "nothing_to_do"),
        ({"denoise": "false", "enhance_clarity": "false", "super_resolution": "true"}, "model_not_installed"),
        ({"strength": "4"}, "invalid_request"),
        ({"format": "exe"}, "invalid_request"),
    ],
)
def test_enhancement_that_cannot_be_done_is_refused(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], code: str
) -> None:
    answer = post(server, owner, "enhance", song, **fields)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), answer.text
    assert not Job.objects.exists()


@pytest.mark.parametrize(("fields", "expected"), [({}, ("both", 3)), ({"type": "echo", "intensity": "5"}, ("echo", 5))])
def test_dereverberation_passes_type_and_intensity_on(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], expected: tuple[str, int]
) -> None:
    _, job, part = queued(server, owner, "dereverb", song, **fields)
    work = DereverbWork.from_dict(part.work)
    assert (work.target, work.intensity) == expected
    assert (job.kind, job.queue, job.price_millicredits) == ("audio-dereverb", "wpe", 67)


@pytest.mark.parametrize("fields", [{"type": "noise"}, {"intensity": "0"}, {"intensity": "6"}, {"intensity": "two"}])
def test_dereverberation_with_invalid_fields_is_refused(server: RunningShell, owner: Person, song: bytes, fields: dict[str, str]) -> None:
    answer = post(server, owner, "dereverb", song, **fields)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, next(iter(fields))), answer.text


def test_separation_answers_with_an_archive_of_the_stems(server: RunningShell, owner: Person, song: bytes) -> None:
    with making({}):
        answer = post(server, owner, "separate", song)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip"), answer.text
    assert (answer.headers["X-Model-Used"], answer.headers["X-Credits-Used"]) == ("spleeter", "0.1")
    assert "demucs is not installed here" in answer.headers["X-Warning"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {"vocals.wav": AUDIO, "accompaniment.wav": OTHER}
    job = Job.objects.get()
    assert (job.kind, job.price_millicredits, job.charged_millicredits) == ("audio-separate", 100, 100)


def test_separation_answers_with_addresses_where_json_is_accepted(server: RunningShell, owner: Person, song: bytes) -> None:
    with making({}):
        answer = post(server, owner, "separate", song, model="spleeter", format="flac", headers={"Accept": "application/json"})
    body = answer.json()
    assert (body["status"], body["credits_used"], "model_used" in body) == ("completed", 0.1, False)
    outputs = {output["name"]: output["url"] for output in body["outputs"]}
    assert list(outputs) == ["vocals", "accompaniment"]
    assert [httpx.get(url).content for url in outputs.values()] == [AUDIO, OTHER]
    assert outputs["accompaniment"].endswith("/accompaniment.flac")


@pytest.mark.parametrize(("model", "stems"), [("demucs", "4"), ("demucs", "6"), ("spleeter", "5")])
def test_stems_that_nothing_installed_makes_are_refused_with_the_command(
    server: RunningShell, owner: Person, song: bytes, model: str, stems: str
) -> None:
    handle_announcement(replace(announcement(SPLEETER), missing={"demucs": "Demucs needs its library: pip install demucs."}))
    answer = post(server, owner, "separate", song, model=model, stems=stems)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "stems_not_installed", "stems"), answer.text
    assert f"makes {stems} stems. Installed: spleeter (2 stems). Demucs needs its library: pip install demucs." in error["message"]
    assert not Job.objects.exists()


def test_more_stems_than_the_named_model_makes_come_from_another(server: RunningShell, owner: Person, song: bytes) -> None:
    announce(SPLEETER, engine_spec("demucs", kind="separate", stems=(2, 4, 6), **NO_VOICES))
    answer, job, part = queued(server, owner, "separate", song, model="spleeter", stems="4")
    assert (answer["model"], answer["model_used"], job.engine_id) == ("spleeter", "demucs", "demucs")
    assert answer["warnings"] == ["model: spleeter does not make 4 stems here; demucs was used."]
    assert SeparateWork.from_dict(part.work).stems == 4
    assert job.price_millicredits == 134


def test_a_tool_without_an_engine_is_refused_with_what_is_missing(server: RunningShell, owner: Person, song: bytes) -> None:
    Engine.objects.filter(kind="dereverb").delete()
    clear_catalogue_cache()
    answer = post(server, owner, "dereverb", song)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "model_not_installed")


@pytest.mark.parametrize(
    ("seconds", "channels", "expected"),
    [
        (0.05, 1, [(0.0, 0.0)]),
        (750.0, 1, [(0.0, 0.0)]),
        (375.0, 2, [(0.0, 0.0)]),
        (750.1, 1, [(0.0, 375.05), (375.05, 0.0)]),
        (900.0, 2, [(0.0, 300.0), (300.0, 600.0), (600.0, 0.0)]),
    ],
)
def test_a_recording_is_cut_into_stretches_of_equal_length(seconds: float, channels: int, expected: list[tuple[float, float]]) -> None:
    assert cut(seconds, channels=channels) == expected


def test_a_long_recording_is_processed_in_stretches_and_every_stem_assembled(
    server: RunningShell, owner: Person, song: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.audio_tools.stretches.STRETCH_CHANNEL_SECONDS", 1)
    with making({}):
        answer = post(server, owner, "separate", song, model="spleeter", headers={"Accept": "application/json"})
    body = answer.json()
    assert body["status"] == "completed", answer.text
    kinds = list(Part.objects.order_by("index").values_list("kind", "stage", "queue"))
    assert kinds == [("separate", 0, "spleeter")] * (len(kinds) - 2) + [("assemble", 1, "codec")] * 2
    assert [output["name"] for output in body["outputs"]] == ["vocals", "accompaniment"]
    assert len(kinds) > 3
    assert Job.objects.get().charged_millicredits == 100


def test_all_stems_are_downloaded_together_as_an_archive(server: RunningShell, owner: Person, song: bytes) -> None:
    answer, job, _ = queued(server, owner, "separate", song)
    address = f"{server.url}/static/downloads/{answer['uuid']}/archive.zip"
    early = httpx.get(address)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_completed")
    with making({}):
        post(server, owner, "separate", song, headers={"Cache-Control": "no-store"})
    completed = Job.objects.filter(state="completed").first()
    assert completed is not None
    archive = httpx.get(address.replace(job.uuid.hex, completed.uuid.hex))
    assert (archive.status_code, archive.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert {name: files.read(name) for name in files.namelist()} == {"vocals.wav": AUDIO, "accompaniment.wav": OTHER}
    assert httpx.get(f"{server.url}/static/downloads/{'0' * 32}/archive.zip").status_code == 404
