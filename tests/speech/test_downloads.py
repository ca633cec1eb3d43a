"""/static/downloads/<uuid>/<name>, through the real shell."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.plans import PartPlan
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import AUDIO, caller, outcome_of, part_of, started, store_output, submit, work_off
from tests.s3 import S3Server
from tests.speech.people import Person, working
from tests.web.shell import RunningShell
from tests.workers.tasks.stems import KIND, OUTPUTS, StemsWork


@pytest.fixture
def job(owner: Person) -> Job:
    """Completed job."""
    uuid = owner.say("Hello.").json()["uuid"]
    work_off()
    return Job.objects.get(uuid=uuid)


def address(server: RunningShell, job: Job, name: str = "output.mp3") -> str:
    return f"{server.url}/static/downloads/{job.uuid.hex}/{name}"


def test_a_download_needs_no_key_and_ignores_credentials(server: RunningShell, job: Job) -> None:
    for headers in ({}, {"Authorization": "Bearer sk-tts-wrong"}, {"X-API-Key": "x"}):
        answer = httpx.get(address(server, job), headers=headers)
        assert (answer.status_code, answer.content) == (200, AUDIO)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["content-disposition"] == 'inline; filename="output.mp3"'
    assert answer.headers["content-length"] == str(len(AUDIO))
    assert {"x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(answer.headers)


def test_the_slash_and_the_dashes_are_optional(server: RunningShell, job: Job) -> None:
    for spelled in (f"{job.uuid}/output.mp3", f"{job.uuid.hex}/output.mp3/", f"{job.uuid.hex.upper()}/tts_output.mp3"):
        assert httpx.get(f"{server.url}/static/downloads/{spelled}").content == AUDIO


def test_downloads_support_ranges_etags_and_head(server: RunningShell, job: Job) -> None:
    url = address(server, job)
    part = httpx.get(url, headers={"Range": "bytes=4-6"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, AUDIO[4:7], f"bytes 4-6/{len(AUDIO)}")
    etag = part.headers["etag"]
    assert etag == f'"{job.outputs[0].sha256}"'
    assert httpx.get(url, headers={"Range": "bytes=4-6", "If-Range": etag}).status_code == 206
    assert httpx.get(url, headers={"Range": "bytes=4-6", "If-Range": '"other"'}).content == AUDIO
    assert httpx.get(url, headers={"Range": f"bytes={len(AUDIO)}-"}).status_code == 416
    assert httpx.get(url, headers={"Range": f"bytes={len(AUDIO)}-"}).json()["error"]["code"] == "invalid_range"
    unchanged = httpx.get(url, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    head = httpx.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(AUDIO)))


def stems_job(owner: Person) -> Job:
    """An unfinished job that makes three files."""
    return submit(caller(owner.account), parts=(PartPlan(KIND, StemsWork(), OUTPUTS, units=6),), output_format="wav").job


def test_each_output_of_a_job_is_downloaded_by_its_name(server: RunningShell, owner: Person) -> None:
    job = stems_job(owner)
    waiting = httpx.get(address(server, job, "sections.json"))
    assert (waiting.status_code, waiting.json()["error"]["code"]) == (409, "not_completed")
    contents = {"vocals.wav": AUDIO, "sections.json": b"[7]", "stems.zip": b"PK"}
    part = started(part_of(job))
    finish_part(outcome_of(part, manifest=store_output(part, others={"sections": b"[7]", "stems": b"PK"})))
    answers = {name: httpx.get(address(server, job, name)) for name in ("output.wav", *contents)}
    assert {name: answer.content for name, answer in answers.items()} == {"output.wav": AUDIO, **contents}
    assert answers["stems.zip"].headers["content-type"] == "application/zip"
    assert answers["stems.zip"].headers["content-disposition"] == 'inline; filename="stems.zip"'
    listed = owner.result(job.uuid.hex).json()["outputs"]
    assert [(one["name"], one["content_type"], one["bytes"]) for one in listed] == [
        ("vocals", "audio/wav", len(AUDIO)),
        ("sections", "application/json", 3),
        ("stems", "application/zip", 2),
    ]
    assert [httpx.get(one["url"].replace("http://testserver", server.url)).content for one in listed] == list(contents.values())
    assert [answers[f"{one['name']}.{ext}"].headers["etag"] for one, ext in zip(listed, ("wav", "json", "zip"), strict=True)] == [
        f'"{one["sha256"]}"' for one in listed
    ]


@pytest.mark.parametrize("name", ["drums.wav", "vocals.mp3", "scratch.json", "lyrics.json", "output.zip", "manifest.json"])
def test_unknown_file_of_a_job_is_a_404_that_names_its_files(server: RunningShell, owner: Person, name: str) -> None:
    job = stems_job(owner)
    part = started(part_of(job))
    finish_part(outcome_of(part, manifest=store_output(part)))
    answer = httpx.get(address(server, job, name))
    assert answer.status_code == 404
    assert "output.wav" in answer.json()["error"]["message"]


def test_download_in_another_format_is_encoded_once(server: RunningShell, job: Job) -> None:
    with working("codec", pause_seconds=0.3), ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: httpx.get(address(server, job, "tts_output.wav"), timeout=60), range(3)))
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, AUDIO)] * 3
    assert answers[0].headers["content-type"] == "audio/wav"
    made = Job.objects.get(kind="rendition")
    assert (made.output_format, made.price_millicredits, made.is_internal) == ("wav", 0, True)
    again = httpx.get(address(server, job, "tts_output.wav"), headers={"Range": "bytes=0-1"})
    assert (again.status_code, again.content) == (206, AUDIO[:2])


def test_format_that_is_not_converted_in_time_is_a_504(server: RunningShell, job: Job, settings: Any) -> None:
    settings.TTSAI_SPEECH_WAIT_SECONDS = 0.3
    answer = httpx.get(address(server, job, "output.flac"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "timeout")


@pytest.mark.parametrize("name", ["output.exe", "other.mp3", "output", "output.mp3.bak", "%2e%2e", "..%2foutput.mp3", "output.mp3%00"])
def test_any_other_name_is_a_404_or_400(server: RunningShell, job: Job, name: str) -> None:
    answer = httpx.get(address(server, job, name))
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["message"]


def test_downloading_an_unfinished_job_is_a_409_and_a_failed_one_a_404(server: RunningShell, owner: Person) -> None:
    job = Job.objects.get(uuid=owner.say().json()["uuid"])
    waiting = httpx.get(address(server, job))
    assert (waiting.status_code, waiting.json()["error"]["code"], waiting.headers["retry-after"]) == (409, "not_completed", "1")
    Job.objects.filter(uuid=job.uuid).update(state="failed", error_code="timed_out", error_message="It took too long.")
    failed = httpx.get(address(server, job))
    assert (failed.status_code, failed.json()["error"]["code"]) == (404, "timed_out")
    assert httpx.get(f"{server.url}/static/downloads/{'0' * 32}/output.mp3").status_code == 404
    assert httpx.get(f"{server.url}/static/downloads/nonsense/output.mp3").status_code == 400


def test_a_file_that_is_gone_is_a_410(server: RunningShell, job: Job) -> None:
    get_storage().delete(job.outputs[0].key)
    assert httpx.get(address(server, job)).status_code == 410


def test_downloads_do_not_use_up_the_requests_a_minute(server: RunningShell, job: Job) -> None:
    remaining = {httpx.get(address(server, job)).headers["x-ratelimit-remaining"] for _ in range(5)}
    assert len(remaining) == 1


def test_download_from_s3_redirects_to_a_presigned_url(
    settings: Any,
    s3_server: S3Server,
    server: RunningShell,
    owner: Person,
) -> None:
    storage = s3_server.storage()
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_ENDPOINT_URL = storage.bucket, storage.endpoint_url, ""
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = storage.access_key_id, storage.secret_access_key
    settings.S3_ADDRESSING_STYLE = "path"
    get_storage.cache_clear()
    job = Job.objects.get(uuid=owner.say("Hello.").json()["uuid"])
    work_off()
    redirect = httpx.get(address(server, job))
    assert redirect.status_code == 302
    assert redirect.headers["location"].startswith(storage.endpoint_url)
    # As the official SDK does: with its key, which the object store must not see as a second signature.
    answer = httpx.get(address(server, job), follow_redirects=True, headers={"Authorization": "Bearer sk-tts-x"})
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, AUDIO, "audio/mpeg")


def test_static_files_of_the_pages_are_served_beside_them(server: RunningShell) -> None:
    answer = httpx.get(f"{server.url}/static/documentation/css/docs.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, 'text/css; charset="utf-8"')
