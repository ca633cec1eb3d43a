"""Source of a request: in its form, behind a URL, or an upload. Exactly one, measured, and only its key is passed on."""

import concurrent.futures
import hashlib
import resource
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.accounts.models import Plan
from apps.uploads.models import Upload
from apps.uploads.services import release_source
from tests.uploads.conftest import Elsewhere
from tests.uploads.people import Person, files_below, person
from tests.workers.audio.probe.recordings import film, record, tone, wav_bytes


def listen(who: Person, **arguments: Any) -> httpx.Response:
    return who.ask("POST", "/v1/hear/", **arguments)


def as_form(content: bytes, name: str = "audio.wav") -> dict[str, Any]:
    """Form as sent by the official SDK: every file is called audio.wav."""
    return {"files": {"file": (name, content, "application/octet-stream")}, "data": {"note": "True"}}


def error_of(answer: httpx.Response) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"]


def test_a_file_in_the_form_becomes_a_key(owner: Person, song: bytes, tmp_path: Path) -> None:
    answer = listen(owner, **as_form(song))
    assert answer.status_code == 200, answer.text
    source = answer.json()
    assert source["sha256"] == hashlib.sha256(song).hexdigest()
    assert source["seconds"] == pytest.approx(2.0, abs=0.06)
    assert source["note"] == "True"
    assert files_below(tmp_path) == [f"objects/{source['key']}"]
    assert source["key"].startswith(f"account-{owner.account.pk}/uploads/")
    assert (tmp_path / "objects" / source["key"]).read_bytes() == song


def test_the_type_of_a_form_may_be_written_in_capitals(owner: Person, song: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + song + b"\r\n--x--\r\n"
    headers = {"Content-Type": "Multipart/Form-Data; Boundary=x", "Authorization": f"Bearer {owner.secret}"}
    answer = httpx.post(f"{owner.url}/v1/hear/", content=body, headers=headers, timeout=60)
    assert answer.json()["sha256"] == hashlib.sha256(song).hexdigest()


def test_a_file_behind_an_address_is_fetched(owner: Person, elsewhere: Elsewhere, song: bytes) -> None:
    elsewhere.files["/songs/one.mp3"] = song
    answer = listen(owner, json={"file_url": f"{elsewhere.url}/songs/one.mp3"})
    assert answer.json()["sha256"] == hashlib.sha256(song).hexdigest()
    assert Upload.objects.get().file_name == "one.mp3"
    in_form = listen(owner, data={"file_url": f"{elsewhere.url}/songs/one.mp3"}, files={"x": b""})
    assert in_form.json()["sha256"] == hashlib.sha256(song).hexdigest()


def test_uploaded_file_can_be_used_any_number_of_times(owner: Person, colleague: Person, song: bytes, objects: Path) -> None:
    upload_id = owner.send(song)
    sources = [listen(who, json={"upload_id": upload_id}).json() for who in (owner, owner, colleague)]
    assert sources[0] == sources[1] == sources[2]
    assert files_below(objects) == [sources[0]["key"]]


def test_an_outsider_cannot_use_an_upload(owner: Person, outsider: Person, song: bytes) -> None:
    upload_id = owner.send(song)
    assert error_of(listen(outsider, json={"upload_id": upload_id})) == (400, "upload_not_found", "upload_id")
    assert error_of(listen(owner, json={"upload_id": "nonsense"})) == (400, "upload_not_found", "upload_id")


def test_an_announced_or_refused_upload_cannot_be_used(owner: Person) -> None:
    address = owner.announce(10)
    assert error_of(listen(owner, json={"upload_id": address["upload_id"]})) == (400, "upload_incomplete", "upload_id")
    httpx.put(address["url"], content=b"0123456789")
    assert error_of(listen(owner, json={"upload_id": address["upload_id"]})) == (400, "unsupported_format", "upload_id")


@pytest.mark.parametrize(
    ("arguments", "code", "param"),
    [
        ({"json": {}}, "missing_field", "file"),
        ({"json": {"file_url": ""}}, "missing_field", "file"),
        ({"data": {"note": "x"}, "files": {"other": b"x"}}, "missing_field", "file"),
        ({"json": {"file_url": "http://example.com/", "upload_id": "1"}}, "invalid_request", "upload_id"),
        ({"data": {"upload_id": "1"}, "files": {"file": b"x"}}, "invalid_request", "upload_id"),
        ({"json": {"file_url": 5}}, "invalid_request", "file_url"),
        ({"json": {"file_url": ["http://example.com/"]}}, "invalid_request", "file_url"),
        ({"json": {"upload_id": {"a": 1}}}, "invalid_request", "upload_id"),
        ({"json": {"file": "UklGRg=="}}, "invalid_request", "file"),
        ({"data": {"file": "no file name"}, "files": {"x": b"x"}}, "invalid_request", "file"),
    ],
)
def test_exactly_one_source_field_is_required(owner: Person, arguments: dict[str, Any], code: str, param: str) -> None:
    assert error_of(listen(owner, **arguments)) == (400, code, param)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "invalid_url"),
        ("http://user:secret@example.com/", "invalid_url"),
        ("http://169.254.169.254/latest/meta-data/", "invalid_url"),
        ("http://[::1]:5432/", "invalid_url"),
        ("http://no-such-host.invalid/", "fetch_failed"),
    ],
)
def test_an_address_that_may_not_or_cannot_be_reached_is_refused(owner: Person, url: str, code: str) -> None:
    assert error_of(listen(owner, json={"file_url": url})) == (400, code, "file_url")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", ["/missing", "/inside", "/large", "/page"])
def test_the_response_of_a_file_url_is_validated(owner: Person, elsewhere: Elsewhere, path: str, tmp_path: Path) -> None:
    elsewhere.files |= {"/large": bytes(5_000_001), "/page": b"<html>Not found</html>"}
    code = {"/inside": "invalid_url", "/page": "unsupported_format"}.get(path, "fetch_failed")
    assert error_of(listen(owner, json={"file_url": elsewhere.url + path})) == (400, code, "file_url")
    assert not Upload.objects.exists()
    assert files_below(tmp_path) == []


def test_bad_files_are_refused_by_their_content_and_leave_nothing(owner: Person, song: bytes, tmp_path: Path) -> None:
    silent_film = film(tmp_path / "film.mp4", has_sound=False).read_bytes()
    (tmp_path / "film.mp4").unlink()
    cases = [
        (b"", "empty_file"),
        (b"a letter", "unsupported_format"),
        (song[: len(song) // 2], "truncated_audio"),
        (wav_bytes(b"\0\0"), "too_short"),
        (wav_bytes(bytes(1000), announced=3600 * 32000), "truncated_audio"),
        (wav_bytes(bytes(64 * 2000), channels=64), "too_many_channels"),
        (wav_bytes(bytes(32000), rate=2_000_000_000), "sample_rate_out_of_range"),
        (wav_bytes(tone(61.0, rate=8000).tobytes(), rate=8000), "too_long"),
        (silent_film, "no_audio"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "unsupported_format"),
    ]
    for content, code in cases:
        assert error_of(listen(owner, **as_form(content, "song.mp3"))) == (400, code, "file")
    assert not Upload.objects.exists()
    assert files_below(tmp_path) == []
    assert listen(owner, **as_form(song)).status_code == 200


def test_route_and_plan_limit_the_size(owner: Person, song: bytes) -> None:
    assert error_of(listen(owner, **as_form(bytes(6_000_000)))) == (413, "request_too_large", None)
    assert error_of(listen(owner, **as_form(bytes(5_500_000)))) == (413, "too_large", "file")
    small = person(owner.url, max_upload_bytes=10_000)
    assert error_of(listen(small, **as_form(song))) == (413, "too_large", "file")
    assert error_of(listen(small, **as_form(bytes(1_500_000)))) == (413, "request_too_large", None)


def test_an_endpoint_may_take_less_than_was_sent_in_advance(owner: Person, tmp_path: Path) -> None:
    long = record(tmp_path / "long", "mp3", seconds=65.0).read_bytes()
    upload_id = owner.send(long)
    assert error_of(listen(owner, json={"upload_id": upload_id})) == (400, "too_long", "upload_id")
    assert owner.look(upload_id).json()["status"] == "ready"


def test_a_stranger_is_refused_before_the_file_is_read(owner: Person) -> None:
    for headers in ({}, {"Authorization": "Bearer sk-tts-wrong"}):
        answer = httpx.post(f"{owner.url}/v1/hear/", headers=headers, **as_form(bytes(4_000_000)), timeout=60)
        assert answer.status_code == 401
        assert "X-RateLimit-Limit" in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b"\r\n\r\n\xff\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="note\x00"\r\n\r\n\x00\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n',
        b"\x00" * 1000,
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\n1\r\n' % number for number in range(200))
        + b"--x--\r\n",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number for number in range(2000)) + b"--x--\r\n",
    ],
)
@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=é"])
def test_a_malformed_form_is_a_client_error(owner: Person, body: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type.encode("latin-1"), "Authorization": f"Bearer {owner.secret}".encode()}
    answer = httpx.post(f"{owner.url}/v1/hear/", content=body, headers=headers, timeout=60)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["error"]["message"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", [b'filename="a\x00.wav"', b"filename*=UTF-8''a%00.wav"])
def test_file_whose_name_has_a_nul_character_is_refused_with_that_reason(owner: Person, name: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; ' + name + b"\r\n\r\n1\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Authorization": f"Bearer {owner.secret}"}
    answer = httpx.post(f"{owner.url}/v1/hear/", content=body, headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "The name of a file contains a NUL character.")
    assert not Upload.objects.exists()


def test_a_forms_fields_are_limited_apart_from_its_file(owner: Person, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    answer = listen(owner, data={"note": "x" * 200_000}, files={"file": b"x"})
    assert error_of(answer) == (413, "request_too_large", None)


def test_a_full_disk_is_said_for_forms_too(owner: Person, song: bytes, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))  # what writing to a full disk looks like
    try:
        assert error_of(listen(owner, **as_form(bytes(800_000)))) == (503, "insufficient_storage", None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not Upload.objects.exists()
    assert files_below(tmp_path) == []


def test_a_job_end_deletes_its_file_but_keeps_an_upload(owner: Person, song: bytes, objects: Path) -> None:
    upload_id = owner.send(song)
    keys = [listen(owner, **arguments).json()["key"] for arguments in (as_form(song), {"json": {"upload_id": upload_id}})]
    for key in keys:
        release_source(key)
    assert files_below(objects) == [keys[1]]
    assert Upload.objects.get().uuid.hex == upload_id


def test_slow_webhook_receivers_delay_no_other_account(owner: Person, outsider: Person, elsewhere: Elsewhere, song: bytes) -> None:
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(listen, owner, json={"file_url": f"{elsewhere.url}/slow"}) for _ in range(10)]
        for _ in range(2):  # half of the four threads that fetch
            assert elsewhere.asked_slowly.acquire(timeout=60)
        assert owner.ask("GET", "/v1/webhooks/").status_code == 200
        assert listen(owner, **as_form(song)).status_code == 200
        assert listen(outsider, **as_form(song)).status_code == 200
        assert not any(one.done() for one in slow)
        elsewhere.is_leaving.set()
        assert {error_of(one.result())[1] for one in slow} == {"fetch_failed"}


def test_recordings_beyond_the_accounts_concurrency_are_refused_before_they_are_fetched(
    owner: Person, outsider: Person, elsewhere: Elsewhere, song: bytes
) -> None:
    Plan.objects.filter(pk=owner.account.plan_id).update(concurrent_jobs=1)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(listen, owner, json={"file_url": f"{elsewhere.url}/slow"})
        assert elsewhere.asked_slowly.acquire(timeout=60)
        assert error_of(listen(owner, **as_form(song)))[:2] == (429, "concurrency_limit_exceeded")
        assert listen(outsider, **as_form(song)).status_code == 200
        elsewhere.is_leaving.set()
        slow.result()
    assert listen(owner, **as_form(song)).status_code == 200


def test_recording_whose_intake_breaks_unexpectedly_counts_no_longer(
    owner: Person, song: bytes, monkeypatch: pytest.MonkeyPatch, objects: Path
) -> None:
    Plan.objects.filter(pk=owner.account.plan_id).update(concurrent_jobs=1)

    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("apps.uploads.services.ingestion.probe_file", break_off)
        assert listen(owner, **as_form(song)).status_code == 500
    assert (Upload.objects.count(), files_below(objects)) == (0, [])
    assert listen(owner, **as_form(song)).status_code == 200
