"""Reading inputs and writing outputs: the shared folder, and a small HTTP object store."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import workers.storage
from tests.workers.object_server import ObjectServer
from workers.contract.errors import WorkError
from workers.contract.references import Address
from workers.storage import Storage, disk_failure


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    monkeypatch.setattr(workers.storage, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    with httpx.Client() as http:
        (tmp_path / "objects").mkdir()
        made = Storage(objects=tmp_path / "objects", scratch=tmp_path / "scratch", http=http)
        made.prepare()
        yield made


def folder(location: str) -> Address:
    return Address("folder", location)


def write_half(storage: Storage, *, error: Exception) -> None:
    with storage.write(folder("a")) as path:
        path.write_bytes(b"half")
        raise error


def leftovers(tmp_path: Path) -> list[str]:
    return sorted(path.name for name in ("scratch", "objects/.unfinished") for path in (tmp_path / name).glob("*"))


def test_a_file_appears_whole_below_the_shared_folder(storage: Storage, tmp_path: Path) -> None:
    with storage.write(folder("account/job/audio.mp3")) as path:
        path.write_bytes(b"sound")
        assert not (tmp_path / "objects/account/job/audio.mp3").exists()
    assert (tmp_path / "objects/account/job/audio.mp3").read_bytes() == b"sound"
    assert leftovers(tmp_path) == []
    with storage.read(folder("account/job/audio.mp3")) as path:
        assert path.read_bytes() == b"sound"


def test_a_later_write_replaces_an_earlier_one(storage: Storage, tmp_path: Path) -> None:
    storage.write_bytes(folder("manifest.json"), data=b"one")
    storage.write_bytes(folder("manifest.json"), data=b"two")
    assert (tmp_path / "objects/manifest.json").read_bytes() == b"two"


def test_failed_write_leaves_no_file_behind(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half way"):
        write_half(storage, error=ValueError("half way"))
    assert not (tmp_path / "objects/a").exists()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", "a/../../secret", "link/secret", ".", "a/.."])
def test_no_address_leaves_the_shared_folder(storage: Storage, tmp_path: Path, location: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "objects/link").symlink_to(tmp_path)
    with pytest.raises(WorkError) as read, storage.read(folder(location)):
        pass
    with pytest.raises(WorkError) as written:
        storage.write_bytes(folder(location), data=b"mine")
    assert (read.value.code, written.value.code) == ("storage_unavailable", "storage_unavailable")
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_a_missing_object_is_a_failure_with_a_code(storage: Storage, server: ObjectServer) -> None:
    for address in (folder("nothing"), server.address("nothing")):
        with pytest.raises(WorkError) as caught, storage.read(address):
            pass
        assert caught.value.code == "storage_unavailable"
    assert server.requests == [("GET", "nothing")]  # a 404 is not tried again


def test_worker_without_a_shared_folder_reports_it(tmp_path: Path) -> None:
    with httpx.Client() as http, pytest.raises(WorkError) as caught:
        Storage(objects=None, scratch=tmp_path, http=http).write_bytes(folder("a"), data=b"")
    assert caught.value.code == "storage_unavailable"


def test_objects_travel_to_and_from_urls(storage: Storage, server: ObjectServer, tmp_path: Path) -> None:
    body = os.urandom(1 << 20)
    storage.write_bytes(server.address("audio"), data=body)
    assert server.objects == {"audio": body}
    with storage.read(server.address("audio")) as path:
        assert path.read_bytes() == body
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_range_of_an_object_is_read_without_the_rest(storage: Storage, server: ObjectServer, tmp_path: Path, *, knows_ranges: bool) -> None:
    body = bytes(range(256)) * 4096
    server.knows_ranges = knows_ranges
    for address in (folder("sound"), server.address("sound")):
        storage.write_bytes(address, data=body)
        assert storage.read_range(address, start=300_000, stop=300_010) == body[300_000:300_010]
        assert storage.read_range(address, start=0, stop=4) == body[:4]
        assert storage.read_range(address, start=len(body) - 3, stop=len(body) + 9) == body[-3:]
        assert storage.read_range(address, start=len(body) + 5, stop=len(body) + 9) == b""
        assert storage.read_range(address, start=7, stop=7) == b""
    assert leftovers(tmp_path) == []


def test_range_of_a_missing_object_or_outside_it_fails_with_a_code(storage: Storage, server: ObjectServer) -> None:
    for address in (folder("nothing"), folder("../secret"), server.address("nothing")):
        with pytest.raises(WorkError) as caught:
            storage.read_range(address, start=0, stop=10)
        assert caught.value.code == "storage_unavailable"


def test_a_server_that_stumbles_in_a_range_is_asked_again(storage: Storage, server: ObjectServer) -> None:
    server.objects["sound"] = b"0123456789"
    server.failures = [503, 500]
    assert storage.read_range(server.address("sound"), start=2, stop=5) == b"234"


def test_a_server_that_stumbles_is_asked_again(storage: Storage, server: ObjectServer) -> None:
    server.failures = [503, 500, 429]
    storage.write_bytes(server.address("audio"), data=b"sound")
    assert server.objects == {"audio": b"sound"}
    assert len(server.requests) == 4
    server.failures = [502]
    with storage.read(server.address("audio")) as path:
        assert path.read_bytes() == b"sound"


def test_unreachable_server_is_a_failure_without_its_address_in_the_log(
    storage: Storage, server: ObjectServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.failures = [503] * 4
    with pytest.raises(WorkError) as caught:
        storage.write_bytes(server.address("audio"), data=b"sound")
    assert (caught.value.code, caught.value.is_retryable) == ("storage_unavailable", True)
    with pytest.raises(WorkError):
        storage.write_bytes(Address("url", "http://127.0.0.1:9/key?X-Amz-Signature=secret"), data=b"sound")
    assert [record.getMessage() for record in caplog.records if record.name == "workers.storage"] == [
        "storage_failed action=put reason=503 host=127.0.0.1",
        "storage_failed action=put reason=ConnectError host=127.0.0.1",
    ]
    assert leftovers(tmp_path) == []


def test_an_expired_signature_is_not_tried_again(storage: Storage, server: ObjectServer) -> None:
    server.failures = [403]
    with pytest.raises(WorkError):
        storage.write_bytes(server.address("audio"), data=b"sound")
    assert len(server.requests) == 1


def test_full_disk_fails_with_a_code_and_leaves_no_file(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(WorkError) as caught:
        write_half(storage, error=OSError(errno.ENOSPC, "No space left on device"))
    assert caught.value.code == "storage_unavailable"
    assert leftovers(tmp_path) == []


def test_system_errors_other_than_the_disks_are_not_disk_errors() -> None:
    assert disk_failure(OSError(errno.EINVAL, "Invalid argument")) is None


def test_incomplete_files_of_earlier_processes_are_deleted_after_a_day(storage: Storage, tmp_path: Path) -> None:
    old, new = tmp_path / "objects/.unfinished/old.out", tmp_path / "objects/.unfinished/new.out"
    old.parent.mkdir()
    old.write_bytes(b"")
    new.write_bytes(b"")
    os.utime(old, (0, time.time() - 90_000))
    storage.prepare()
    assert leftovers(tmp_path) == ["new.out"]


def test_worker_start_creates_no_object_folder_in_place_of_a_missing_volume(tmp_path: Path) -> None:
    with httpx.Client() as http:
        storage = Storage(objects=tmp_path / "objects", scratch=tmp_path / "scratch", http=http)
        storage.prepare()
        assert not (tmp_path / "objects").exists()
        with pytest.raises(WorkError) as refused:
            storage.write_bytes(folder("a"), data=b"")
        assert (refused.value.is_outage, (tmp_path / "objects").exists()) == (True, False)
        (tmp_path / "objects").mkdir()
        storage.write_bytes(folder("a"), data=b"spoken")
    assert (tmp_path / "objects" / "a").read_bytes() == b"spoken"


def test_worker_start_without_a_shared_folder_removes_old_scratch_files(tmp_path: Path) -> None:
    scratch = tmp_path / "worker-1.scratch"
    with httpx.Client() as http:
        storage = Storage(objects=None, scratch=scratch, http=http)
        storage.prepare()
        for name in ("a.in", "b.out", "notes.txt"):
            (scratch / name).write_bytes(b"")
        storage.prepare()
    assert [path.name for path in scratch.iterdir()] == ["notes.txt"]
