"""POST /v1/uploads/: the upload URL, the state of the file, access."""

import contextlib
import resource
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.utils import timezone

from apps.accounts.models import AccountStatus
from apps.uploads.models import Upload
from apps.uploads.services import expire_uploads, order_source
from apps.uploads.services.sources import SourceLimits
from tests.flows.following import wait_until
from tests.uploads.people import Person, files_below, person, put, take_source


def test_a_file_is_announced_sent_and_described(owner: Person, song: bytes, objects: Path, home: Path) -> None:
    address = owner.announce(len(song), file_name="song.mp3", content_type="audio/mpeg")
    assert address["method"] == "PUT"
    assert address["headers"] == {"Content-Type": "audio/mpeg"}
    assert address["max_bytes"] == len(song)
    waiting = owner.look(address["upload_id"]).json()
    assert (waiting["status"], waiting["audio"], waiting["bytes"]) == ("waiting", None, len(song))
    answer = put(address, song)
    assert answer.status_code == 200
    shape = answer.json()
    assert shape == owner.look(address["upload_id"]).json()
    assert (shape["status"], shape["file_name"], shape["bytes"]) == ("ready", "song.mp3", len(song))
    seconds = shape["audio"].pop("audio_seconds")
    assert seconds == pytest.approx(2.0, abs=0.06)
    assert shape["audio"] == {"container": "mp3", "codec": "mp3", "sample_rate": 44100, "channels": 1}
    (stored,) = files_below(objects)
    assert stored == f"account-{owner.account.pk}/uploads/{address['upload_id']}/{shape['sha256']}"
    assert (objects / stored).read_bytes() == song
    assert files_below(home) == []


def test_a_colleague_sees_and_deletes_an_upload(owner: Person, colleague: Person, song: bytes) -> None:
    upload_id = owner.send(song)
    assert colleague.look(upload_id).json()["status"] == "ready"
    assert colleague.ask("DELETE", f"/v1/uploads/{upload_id}/").json() == {"upload_id": upload_id, "deleted": True}
    assert owner.look(upload_id).status_code == 404


@pytest.mark.parametrize("upload_id", ["1", "x" * 32, UUID(int=7).hex, str(UUID(int=7)), "%2E%2E%2F", "%00", "a" * 3000])
def test_a_malformed_upload_id_is_not_found(owner: Person, upload_id: str) -> None:
    assert owner.look(upload_id).status_code in {400, 404}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"bytes": 0},
        {"bytes": -1},
        {"bytes": "many"},
        {"bytes": None},
        {"bytes": True},
        {"bytes": 10, "content_type": "audio/mpeg\r\nX-Evil: 1"},
        {"bytes": 10, "content_type": "audio"},
        {"bytes": 10, "file_name": "x" * 300},
        {"bytes": 10, "file_name": 5},
        [],
        "text",
    ],
)
def test_a_body_that_announces_nothing_sensible_is_refused(owner: Person, body: Any) -> None:
    answer = owner.ask("POST", "/v1/uploads/", json=body)
    assert answer.status_code == 400
    assert not Upload.objects.exists()


def test_server_and_plan_limit_the_size(owner: Person, settings: Any) -> None:
    answer = owner.ask("POST", "/v1/uploads/", json={"bytes": settings.TTSAI_UPLOAD_BYTES + 1})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["param"]) == (413, "too_large", "bytes")
    small = person(owner.url, max_upload_bytes=1000)
    assert small.ask("POST", "/v1/uploads/", json={"bytes": 1001}).status_code == 413
    assert small.announce(1000)["max_bytes"] == 1000
    assert owner.ask("POST", "/v1/uploads/", json={"bytes": 10**40}).status_code == 413


def test_an_account_cannot_exceed_its_upload_quota(owner: Person, outsider: Person, settings: Any) -> None:
    settings.TTSAI_UPLOAD_QUOTA_BYTES = 1000
    first = owner.announce(600)
    refused = owner.ask("POST", "/v1/uploads/", json={"bytes": 500})
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "upload_quota_exceeded")
    assert outsider.announce(600)
    owner.ask("DELETE", f"/v1/uploads/{first['upload_id']}/")
    assert owner.announce(500)


def test_only_the_signed_address_takes_the_file(owner: Person, outsider: Person, song: bytes) -> None:
    address, other = owner.announce(len(song)), outsider.announce(len(song))
    base, _, signature = address["url"].partition("?")
    for url in (base, f"{base}?signature=", f"{address['url']}x", f"{base}?{other['url'].partition('?')[2]}"):
        refused = put({**address, "url": url}, song)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "invalid_signature")
    assert owner.look(address["upload_id"]).json()["status"] == "waiting"
    dashed = f"{owner.url}/api/v1/uploads/{UUID(address['upload_id'])}/content?{signature}"
    assert put({**address, "url": dashed}, song).status_code == 200


def test_an_address_takes_one_file(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    assert put(address, song).status_code == 200
    again = put(address, song)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "upload_complete")


def test_a_suspended_account_sends_nothing(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    owner.account.status = AccountStatus.SUSPENDED
    owner.account.save()
    assert put(address, song).json()["error"]["code"] == "account_suspended"


def test_more_than_was_announced_is_refused_before_it_is_read(owner: Person) -> None:
    address = urlsplit(owner.announce(1000)["url"])
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")  # not one byte of the body was sent


def test_a_stranger_cannot_fill_the_disk(owner: Person) -> None:
    address = urlsplit(owner.url)
    head = f"PUT /v1/uploads/{UUID(int=5).hex}/content/ HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(("content", "code"), [(b"", "size_mismatch"), (b"x" * 999, "size_mismatch"), (b"x" * 1000, "unsupported_format")])
def test_a_file_that_is_refused_leaves_nothing_and_may_be_sent_again(
    owner: Person, content: bytes, code: str, song: bytes, tmp_path: Path
) -> None:
    address = owner.announce(1000)
    refused = put(address, content)
    assert (refused.status_code, refused.json()["error"]["code"], refused.json()["error"]["param"]) == (400, code, "file")
    shape = owner.look(address["upload_id"]).json()
    assert (shape["status"], shape["refusal"]["code"], shape["sha256"]) == ("refused", code, None)
    assert files_below(tmp_path) == []
    again = owner.announce(len(song))
    assert put(again, b"x" * len(song)).status_code == 400
    assert put(again, song).json()["status"] == "ready"
    assert owner.look(again["upload_id"]).json()["refusal"] is None


def count_open_spools(home: Path) -> int:
    """Files without a name that this process, which runs the server, has open below the folder."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            count += descriptor.readlink().is_relative_to(home)
    return count


def test_an_upload_that_breaks_off_leaves_nothing(owner: Person, song: bytes, objects: Path, home: Path) -> None:
    address = owner.announce(5_000_000)
    parts = urlsplit(address["url"])
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
        connection.sendall(head.encode() + bytes(3_000_000))
        wait_until(lambda: count_open_spools(home) == 1)
    wait_until(lambda: count_open_spools(home) == 0)
    assert owner.look(address["upload_id"]).json()["status"] == "waiting"
    assert files_below(objects) == files_below(home) == []


def test_full_disk_is_reported_and_leaves_no_file(owner: Person, settings: Any, objects: Path, home: Path) -> None:
    address = owner.announce(5_000_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))  # what writing to a full disk looks like
    try:
        answer = put(address, bytes(5_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["type"]) == (
        503,
        "insufficient_storage",
        "server_error",
    )
    assert files_below(objects) == files_below(home) == []
    settings.TTSAI_DISK_RESERVE_BYTES = 10**18
    assert owner.ask("POST", "/v1/uploads/", json={"bytes": 10}).status_code == 503
    assert put(address, bytes(5_000_000)).status_code == 503


def test_upload_while_the_store_is_away_is_a_503_and_can_be_repeated(owner: Person, song: bytes, objects: Path) -> None:
    address = owner.announce(len(song))
    objects.rename(objects.with_name("elsewhere"))
    answer = put(address, song)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_unavailable")
    objects.with_name("elsewhere").rename(objects)
    assert owner.look(address["upload_id"]).json()["status"] == "waiting"
    assert put(address, song).status_code == 200


def test_an_expired_upload_is_refused_and_then_deleted(owner: Person, song: bytes, objects: Path) -> None:
    upload_id, other = owner.send(song), owner.send(song)
    Upload.objects.filter(uuid=upload_id).update(expires_at=timezone.now())
    assert owner.look(upload_id).status_code == 410
    assert expire_uploads() == 0
    Upload.objects.filter(uuid=upload_id).update(kept_until=timezone.now())
    assert expire_uploads() == 1
    assert [name.split("/")[2] for name in files_below(objects)] == [other]
    assert owner.look(upload_id).status_code == 404


def test_a_deleted_upload_is_kept_for_its_running_job(owner: Person, song: bytes, objects: Path) -> None:
    unused, used = owner.send(song), owner.send(song)
    source = take_source(order_source(owner.caller, file=None, file_url=None, upload_id=used, limits=SourceLimits()))
    for upload_id in (unused, used):
        assert owner.ask("DELETE", f"/v1/uploads/{upload_id}/").status_code == 200
        assert owner.look(upload_id).status_code == 404
    assert files_below(objects) == [source.key]
    Upload.objects.filter(uuid=used).update(kept_until=timezone.now() - timedelta(seconds=1))
    assert expire_uploads() == 1
    assert files_below(objects) == []
