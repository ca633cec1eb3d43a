"""Resumable uploads: the tus protocol 1.0.0 at /v1/uploads/resumable/, with plain requests."""

import base64
import contextlib
import hashlib
import random
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Role
from apps.core.storage import get_storage
from apps.uploads.models import Upload
from tests.factories import MembershipFactory, bearer
from tests.flows.following import wait_until
from tests.uploads.people import Person, files_below, person

PATH = "/v1/uploads/resumable/"
VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = {**VERSION, "Content-Type": "application/offset+octet-stream"}


def ask(person: Person, method: str, path: str, content: bytes | None = None, **headers: str) -> httpx.Response:
    """A request of the protocol; underscores in the names of headers are dashes."""
    named = {**VERSION, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.request(method, f"{person.url}{path}", headers={**bearer(person.secret), **named}, content=content, timeout=60)


def begin(person: Person, size: int, name: str = "song.mp3") -> str:
    """Path of a new file."""
    metadata = ", ".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in {"filename": name, "filetype": "audio/mpeg"}.items()
    )
    answer = ask(person, "POST", PATH, Upload_Length=str(size), Upload_Metadata=metadata)
    assert (answer.status_code, answer.headers["Tus-Resumable"], answer.headers["Upload-Offset"]) == (201, "1.0.0", "0")
    return answer.headers["Location"]


def append(person: Person, path: str, content: bytes, *, offset: int, **headers: str) -> httpx.Response:
    return ask(person, "PATCH", path, content, **{"Upload_Offset": str(offset), "Content_Type": PIECE["Content-Type"], **headers})


def stored(person: Person, path: str) -> int:
    answer = ask(person, "HEAD", path)
    assert (answer.status_code, answer.headers["Cache-Control"], answer.content) == (200, "no-store", b"")
    return int(answer.headers["Upload-Offset"])


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_file_in_pieces_becomes_an_upload_that_requests_take(owner: Person, song: bytes, objects: Path, home: Path) -> None:
    path, half = begin(owner, len(song)), len(song) // 2
    first = append(owner, path, song[:half], offset=0)
    assert (first.status_code, first.headers["Upload-Offset"], first.content) == (204, str(half), b"")
    assert stored(owner, path) == half
    upload_id = path.rstrip("/").rpartition("/")[2]
    assert owner.look(upload_id).json()["status"] == "waiting"
    assert append(owner, path, song[half:], offset=half).headers["Upload-Offset"] == str(len(song))
    heard = owner.ask("POST", "/v1/hear/", json={"upload_id": upload_id}).json()
    assert heard["sha256"] == hashlib.sha256(song).hexdigest()
    shape = owner.look(upload_id).json()
    assert (shape["status"], shape["file_name"], shape["bytes"]) == ("ready", "song.mp3", len(song))
    assert files_below(objects) == [f"account-{owner.account.pk}/uploads/{upload_id}/{heard['sha256']}"]
    assert files_below(home) == []
    assert stored(owner, path) == len(song)


def test_an_acknowledged_piece_is_in_the_store_whatever_becomes_of_the_process(owner: Person, song: bytes) -> None:
    path = begin(owner, len(song))
    append(owner, path, song[:1000], offset=0)
    upload = Upload.objects.get()
    (piece,) = upload.pieces
    assert get_storage().read_bytes(f"account-{owner.account.pk}/uploads/{upload.uuid.hex}/pieces/{piece}") == song[:1000]
    assert (upload.received_bytes, upload.announced_bytes) == (1000, len(song))


def test_a_piece_for_another_offset_is_a_conflict_that_says_where_to_continue(owner: Person) -> None:
    path = begin(owner, 100)
    append(owner, path, b"x" * 40, offset=0)
    for offset in (0, 39, 41, 100):
        refused = append(owner, path, b"y" * 10, offset=offset)
        assert (*code_of(refused), refused.headers["Upload-Offset"]) == (409, "upload_offset_mismatch", "40")
    assert stored(owner, path) == 40


def test_exactly_one_of_the_pieces_sent_at_once_is_taken(owner: Person) -> None:
    path, answers = begin(owner, 400_000), []
    content = [bytes([number]) * 200_000 for number in range(6)]
    threads = [threading.Thread(target=lambda one=one: answers.append(append(owner, path, one, offset=0).status_code)) for one in content]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, *[409] * 5]
    upload = Upload.objects.get()
    assert (upload.received_bytes, len(upload.pieces)) == (200_000, 1)
    folder = f"account-{owner.account.pk}/uploads/{upload.uuid.hex}/pieces"
    kept = get_storage().read_bytes(f"{folder}/{upload.pieces[0]}")
    assert kept in content
    assert len(files_below(Path(configured.OBJECTS_FOLDER))) == 1


def test_more_bytes_than_announced_are_too_large(owner: Person) -> None:
    path = begin(owner, 100)
    assert append(owner, path, b"x" * 101, offset=0).status_code == 413
    assert append(owner, path, b"x" * 60, offset=0).status_code == 204
    assert append(owner, path, b"x" * 41, offset=60).status_code == 413
    assert stored(owner, path) == 60


def test_limits_of_plan_and_quota_hold_as_for_other_uploads(server: str, settings: Any) -> None:
    small = person(server, max_upload_bytes=1000)
    assert code_of(ask(small, "POST", PATH, Upload_Length="1001")) == (413, "too_large")
    settings.TTSAI_UPLOAD_QUOTA_BYTES = 1500
    begin(small, 1000)
    assert code_of(ask(small, "POST", PATH, Upload_Length="501")) == (413, "upload_quota_exceeded")


def test_only_the_owners_account_reaches_a_file(owner: Person, colleague: Person, outsider: Person) -> None:
    path = begin(owner, 100)
    assert append(colleague, path, b"x" * 10, offset=0).status_code == 204
    assert code_of(append(outsider, path, b"x" * 10, offset=10)) == (404, "upload_not_found")
    assert ask(outsider, "HEAD", path).status_code == 404
    assert ask(outsider, "DELETE", path).status_code == 404
    assert httpx.request("PATCH", f"{owner.url}{path}", headers={**PIECE, "Upload-Offset": "10"}, content=b"x").status_code == 401
    reader = person(owner.url, account=owner.account, scopes=["uploads:read"])
    assert code_of(append(reader, path, b"x", offset=10)) == (403, "missing_scope")


def test_an_expired_file_is_gone(owner: Person) -> None:
    path = begin(owner, 100)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(owner, "HEAD", path).status_code == 410
    assert code_of(append(owner, path, b"x", offset=0)) == (410, "upload_expired")


def test_ending_a_file_deletes_its_pieces(owner: Person, objects: Path) -> None:
    path = begin(owner, 100)
    append(owner, path, b"x" * 10, offset=0)
    assert len(files_below(objects)) == 1
    assert ask(owner, "DELETE", path).status_code == 204
    assert (files_below(objects), Upload.objects.count(), ask(owner, "HEAD", path).status_code) == ([], 0, 404)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_piece_is_refused_by_its_checksum(owner: Person, algorithm: str) -> None:
    path = begin(owner, 100)
    digest = base64.b64encode(hashlib.new(algorithm, b"right").digest()).decode()
    damaged = append(owner, path, b"wrong", offset=0, Upload_Checksum=f"{algorithm} {digest}")
    assert code_of(damaged) == (460, "checksum_mismatch")
    assert stored(owner, path) == 0
    assert append(owner, path, b"right", offset=0, Upload_Checksum=f"{algorithm} {digest}").status_code == 204


def test_a_file_that_is_no_recording_is_refused_and_may_be_sent_again(owner: Person, song: bytes, objects: Path) -> None:
    path = begin(owner, len(song))
    append(owner, path, b"x" * len(song), offset=0)
    upload_id = path.rstrip("/").rpartition("/")[2]
    refused = owner.look(upload_id).json()
    assert (refused["status"], refused["refusal"]["code"]) == ("refused", "unsupported_format")
    assert (stored(owner, path), files_below(objects)) == (0, [])
    append(owner, path, song, offset=0)
    assert owner.look(upload_id).json()["status"] == "ready"


WRONG: list[tuple[dict[str, str], int, str]] = [
    ({"Upload_Length": "many"}, 400, "invalid_request"),
    ({"Upload_Length": "-1"}, 400, "invalid_request"),
    ({"Upload_Length": "0"}, 400, "invalid_request"),
    ({"Upload_Length": "9" * 30}, 400, "invalid_request"),
    ({"Upload_Length": "9" * 15}, 413, "too_large"),
    ({}, 400, "invalid_request"),
    ({"Upload_Defer_Length": "1"}, 400, "invalid_request"),
    ({"Upload_Length": "5", "Upload_Metadata": "filename ???"}, 400, "invalid_request"),
    ({"Upload_Length": "5", "Upload_Metadata": "x" * 5000}, 400, "invalid_request"),
    ({"Upload_Length": "5", "Tus_Resumable": "0.2.2"}, 412, "unsupported_tus_version"),
]


def test_headers_that_make_no_sense_are_refused(owner: Person) -> None:
    assert [code_of(ask(owner, "POST", PATH, **headers)) for headers, _, _ in WRONG] == [(status, code) for _, status, code in WRONG]
    path = begin(owner, 100)
    assert code_of(append(owner, path, b"x", offset=0, Content_Type="text/plain")) == (415, "unsupported_media_type")
    assert code_of(append(owner, path, b"x", offset=0, Upload_Offset="first")) == (400, "invalid_request")
    assert code_of(append(owner, path, b"x", offset=0, Upload_Checksum="crc32 AA==")) == (400, "unsupported_checksum")
    assert code_of(append(owner, path, b"x", offset=0, Upload_Checksum="sha1 ???")) == (400, "invalid_request")
    assert Upload.objects.count() == 1


def test_a_file_has_a_bounded_number_of_pieces(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.uploads.services.resumable.MOST_PIECES", 2)
    path = begin(owner, 100)
    assert [append(owner, path, b"x", offset=offset).status_code for offset in range(3)] == [204, 204, 400]


def test_options_name_the_versions_and_extensions(owner: Person) -> None:
    answer = httpx.options(f"{owner.url}{PATH}")
    assert answer.status_code == 200
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert answer.headers["Tus-Max-Size"] == str(configured.TTSAI_UPLOAD_BYTES)


def test_a_page_sends_pieces_by_its_session(owner: Person) -> None:
    browser = Client()
    browser.force_login(MembershipFactory(account=owner.account, role=Role.DEVELOPER).user)
    answer = browser.post("/web/v1/uploads/resumable/", headers={**VERSION, "Upload-Length": "5"})
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith("/web/v1/uploads/resumable/")
    cookies = {configured.SESSION_COOKIE_NAME: browser.cookies[configured.SESSION_COOKIE_NAME].value}
    piece = {**PIECE, "Upload-Offset": "0"}
    refused = httpx.patch(f"{owner.url}{answer.headers['Location']}", headers=piece, cookies=cookies, content=b"12345")
    assert code_of(refused) == (403, "csrf_failed")
    token = "a" * 32
    allowed = httpx.patch(
        f"{owner.url}{answer.headers['Location']}",
        headers={**piece, "X-CSRFToken": token},
        cookies={**cookies, configured.CSRF_COOKIE_NAME: token},
        content=b"12345",
    )
    assert allowed.status_code == 204


def send_and_break(person: Person, path: str, content: bytes, *, offset: int, announced: int, headers: str = "") -> None:
    """Send the beginning of a piece over a connection that then breaks."""
    address = urlsplit(person.url)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {person.secret}\r\nTus-Resumable: 1.0.0\r\n"
        f"Content-Type: {PIECE['Content-Type']}\r\nUpload-Offset: {offset}\r\nContent-Length: {announced}\r\n{headers}\r\n"
    )
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=60) as connection:
        connection.sendall(head.encode() + content)


@pytest.mark.parametrize("arrived", [1, 70_000, 3_000_000])
def test_bytes_that_arrived_before_a_broken_connection_are_kept(owner: Person, arrived: int) -> None:
    content = random.Random(5).randbytes(4_000_000)
    path = begin(owner, len(content))
    append(owner, path, content[:10], offset=0)
    send_and_break(owner, path, content[10 : 10 + arrived], offset=10, announced=len(content) - 10)
    wait_until(lambda: stored(owner, path) == 10 + arrived)
    assert append(owner, path, content[10 + arrived :], offset=10 + arrived).headers["Upload-Offset"] == str(len(content))
    upload = Upload.objects.get()
    folder = f"account-{owner.account.pk}/uploads/{upload.uuid.hex}/pieces"
    assert b"".join(get_storage().read_bytes(f"{folder}/{piece}") for piece in upload.pieces) == content
    assert len(upload.pieces) == 3


def test_a_broken_piece_with_a_checksum_or_a_wrong_offset_or_key_keeps_nothing(owner: Person, outsider: Person, objects: Path) -> None:
    path = begin(owner, 1000)
    digest = base64.b64encode(hashlib.sha1(b"whole", usedforsecurity=False).digest()).decode()
    send_and_break(owner, path, b"x" * 100, offset=0, announced=1000, headers=f"Upload-Checksum: sha1 {digest}\r\n")
    send_and_break(owner, path, b"x" * 100, offset=5, announced=900)
    send_and_break(outsider, path, b"x" * 100, offset=0, announced=1000)
    send_and_break(owner, path, b"last", offset=0, announced=1000)
    wait_until(lambda: stored(owner, path) == len(b"last"))
    (piece,) = Upload.objects.get().pieces
    assert [name.rpartition("/")[2] for name in files_below(objects)] == [piece]


def test_a_piece_that_stops_arriving_is_a_408_and_its_bytes_are_kept(owner: Person, settings: Any) -> None:
    settings.TTSAI_BODY_SECONDS, settings.TTSAI_BODY_BYTES_PER_SECOND = 1, 1_000_000
    path = begin(owner, 1000)
    resume = threading.Event()

    def stalled() -> Iterator[bytes]:
        yield b"x" * 300
        resume.wait(60)

    def send() -> None:
        with contextlib.suppress(httpx.HTTPError):
            append(owner, path, stalled(), offset=0)  # type: ignore[arg-type]

    sender = threading.Thread(target=send)
    sender.start()
    try:
        wait_until(lambda: stored(owner, path) == 300)
    finally:
        resume.set()
        sender.join()


def test_broken_pieces_leave_half_of_the_places_to_whole_ones(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.uploads.services.resumable.MOST_PIECES", 4)
    path = begin(owner, 1000)
    for count in (1, 2):
        send_and_break(owner, path, b"x", offset=count - 1, announced=900)
        wait_until(lambda: stored(owner, path) == count)  # noqa: B023 - called within the loop's turn
    send_and_break(owner, path, b"x", offset=2, announced=900)
    assert append(owner, path, b"yy", offset=2).headers["Upload-Offset"] == "4"
    assert (len(Upload.objects.get().pieces), stored(owner, path)) == (3, 4)
