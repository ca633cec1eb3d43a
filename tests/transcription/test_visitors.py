"""Visitors without an account use tools of the site: what the plan of anonymous callers opens, by its rows, and nothing else."""

from typing import Any

import httpx
import pytest

from apps.accounts.models import AnonymousUse
from apps.accounts.services import count_anonymous_audio
from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.transcription.conftest import hearing
from tests.visitors import ADDRESS, TOKEN, change_plan, error_of
from tests.web.shell import RunningShell

HOME = "/web/v1/stt/"


@pytest.fixture(autouse=True)
def _proxy(settings: Any) -> None:
    settings.TTSAI_TRUSTED_PROXIES = ["127.0.0.1"]


def send(
    server: RunningShell, path: str, sound: bytes = b"", *, token: str = TOKEN, address: str = ADDRESS, **fields: str
) -> httpx.Response:
    """A form of a page of the site, sent without a session."""
    parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
    return httpx.post(
        f"{server.url}{path}",
        headers={"X-CSRFToken": token, "X-Forwarded-For": address},
        cookies={"csrftoken": TOKEN},
        files={**parts, **({"file": ("a.mp3", sound, "audio/mpeg")} if sound else {})},
        timeout=60,
    )


def test_a_visitor_transcribes_free_of_charge_and_nothing_of_the_recording_stays(server: RunningShell, song: bytes) -> None:
    with hearing():
        answer = send(server, HOME, song)
    assert (answer.status_code, answer.json()["text"], answer.json()["credits_used"]) == (200, "Hello there.", 0)
    job = Job.objects.get()
    assert (job.account_id, job.tenant, job.price_millicredits, job.retention_days) == (None, f"address:{ADDRESS}", 0, 1)
    assert AnonymousUse.objects.get().audio_milliseconds == job.units > 1900
    assert not Upload.objects.exists()


def test_only_pages_of_the_site_are_open_and_only_for_the_services_of_the_plan(server: RunningShell, song: bytes) -> None:
    assert error_of(send(server, HOME, song, token="b" * 32)) == (403, "csrf_failed")
    assert error_of(send(server, "/v1/stt/", song)) == (401, "missing_api_key")
    for closed in ("voice-embed/", "voice-clone/", "voice-chat/", "audio/diarize/", "uploads/", "audio/transcriptions/"):
        assert error_of(send(server, f"/web/v1/{closed}", song))[0] == 401, closed
    change_plan(anonymous_services=["audio-convert"])
    assert error_of(send(server, HOME, song)) == (401, "not_logged_in")
    assert send(server, "/web/v1/audio/convert/?async=1", song, format="wav").status_code == 200
    assert [job.kind for job in Job.objects.all()] == ["audio-convert"]


def test_seconds_that_an_address_sends_in_a_day_are_limited_before_the_file_is_read(server: RunningShell, song: bytes) -> None:
    change_plan(audio_seconds_per_day=5)
    assert [send(server, f"{HOME}?async=1", song, prompt=str(number)).status_code for number in range(2)] == [200, 200]
    Job.objects.update(state="completed")
    answer = send(server, f"{HOME}?async=1", song, prompt="3")
    assert error_of(answer) == (429, "daily_audio_exceeded")
    assert 0 < int(answer.headers["Retry-After"]) <= 86_401
    count_anonymous_audio(ADDRESS, milliseconds=5000 - AnonymousUse.objects.get().audio_milliseconds, limit_seconds=5)
    assert error_of(send(server, f"{HOME}?async=1", b"no sound at all")) == (429, "daily_audio_exceeded")
    assert send(server, f"{HOME}?async=1", song, address="203.0.113.8").status_code == 200
    assert Upload.objects.filter(tenant=f"address:{ADDRESS}").count() == 2


def test_jobs_at_once_of_an_address_and_of_all_visitors_are_limited(server: RunningShell, song: bytes) -> None:
    change_plan(concurrent_jobs=1, total_concurrent_jobs=2)
    sent = [send(server, f"{HOME}?async=1", song, address=f"203.0.113.{last}", prompt=str(last)) for last in (1, 2, 3)]
    assert [one.status_code for one in sent] == [200, 200, 429]
    assert error_of(send(server, f"{HOME}?async=1", song, address="203.0.113.1", prompt="more")) == (429, "concurrency_limit_exceeded")
    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "fields", "expected"),
    [
        (HOME, {"file_url": "https://example.com/a.mp3"}, (401, "not_logged_in")),
        (HOME, {"upload_id": "0" * 32}, (401, "not_logged_in")),
        (HOME, {"webhook_url": "https://example.com/hook"}, (403, "webhook_needs_key")),
        ("/web/v1/speech-translate/", {"target_language": "en", "preserve_voice": "true"}, (400, "model_cannot_clone")),
    ],
)
def test_visitors_send_files_alone_and_neither_name_webhooks_nor_make_voices(
    server: RunningShell, song: bytes, path: str, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    sound = b"" if {"file_url", "upload_id"} & fields.keys() else song
    assert error_of(send(server, path, sound, **fields)) == expected
    assert (Job.objects.count(), Upload.objects.count()) == (0, 0)
    assert not AnonymousUse.objects.exists()


def test_recordings_beyond_the_day_or_the_size_of_a_visitor_are_refused(server: RunningShell, song: bytes) -> None:
    change_plan(audio_seconds_per_day=1, max_upload_bytes=len(song))
    assert error_of(send(server, HOME, song)) == (400, "too_long")
    assert error_of(send(server, HOME, song + bytes(2000)))[0] == 413
    assert not Upload.objects.exists()


def test_a_result_is_read_by_its_uuid_and_never_cancelled_or_listed_by_visitors(server: RunningShell, song: bytes) -> None:
    uuid = send(server, f"{HOME}?async=1", song).json()["uuid"]
    requests = [("GET", ""), ("POST", f"{uuid}/cancel/"), ("GET", f"{uuid}/events/")]
    headers, cookies = {"X-CSRFToken": TOKEN, "X-Forwarded-For": "203.0.113.9"}, {"csrftoken": TOKEN}
    with httpx.Client(base_url=server.url, headers=headers, cookies=cookies) as other:
        assert other.get("/web/v1/speech/results/", params={"uuid": uuid}).json()["status"] == "queued"
        assert other.get("/web/v1/speech/results/", params={"uuid": "0" * 32}).status_code == 404
        assert [other.request(method, f"/web/v1/jobs/{path}").status_code for method, path in requests] == [401] * 3
    assert Job.objects.get().state == "queued"
