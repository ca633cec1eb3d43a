"""Both stores behave identically."""

import os
from pathlib import Path

import httpx
import pytest

from apps.core.storage import MissingObjectError, Storage, StorageAwayError
from apps.core.storage.folder import FolderStorage
from tests.s3 import S3Server
from tests.servers import free_port

KEY = "account-7/0a1b/0-c0ffee/audio.mp3"


def test_a_stored_object_is_read_back(storage: Storage) -> None:
    storage.put_bytes(KEY, b"first", content_type="audio/mpeg")
    storage.put_bytes(KEY, b"second time", content_type="audio/mpeg")
    assert storage.read_bytes(KEY) == b"second time"
    stat = storage.stat(KEY)
    assert stat is not None
    assert stat.bytes == 11


def test_a_file_is_stored_whole(storage: Storage, tmp_path: Path) -> None:
    data = os.urandom(9 << 20)  # over the size at which S3 uploads in several parts
    source = tmp_path / "long.wav"
    source.write_bytes(data)
    storage.put_file(KEY, source, content_type="audio/wav")
    assert storage.read_bytes(KEY) == data
    stream = storage.open_stream(KEY)
    assert [len(stream.read(5 << 20)), len(stream.read(5 << 20)), stream.read(1)] == [5 << 20, 4 << 20, b""]
    stream.close()
    assert source.read_bytes() == data


def test_reading_an_unknown_key_raises_missing_object(storage: Storage) -> None:
    missing = "account-7/nothing/audio.mp3"
    assert storage.stat(missing) is None
    with pytest.raises(MissingObjectError):
        storage.read_bytes(missing)
    with pytest.raises(MissingObjectError):
        storage.open_stream(missing)
    storage.delete(missing)
    storage.delete_prefix("account-7/nothing")


def test_deleting_removes_one_object(storage: Storage) -> None:
    storage.put_bytes("a/1/audio.mp3", b"1", content_type="audio/mpeg")
    storage.put_bytes("a/1/timings.json", b"2", content_type="application/json")
    storage.delete("a/1/audio.mp3")
    assert storage.stat("a/1/audio.mp3") is None
    assert storage.read_bytes("a/1/timings.json") == b"2"


def test_deleting_a_prefix_spares_its_neighbours(storage: Storage) -> None:
    for key in ("account-1/job/a", "account-1/job/deep/b", "account-10/job/c"):
        storage.put_bytes(key, b"x", content_type="text/plain")
    storage.delete_prefix("account-1")
    assert storage.stat("account-1/job/a") is None
    assert storage.stat("account-1/job/deep/b") is None
    assert storage.read_bytes("account-10/job/c") == b"x"


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/.hidden", "a/b/", "a b", "a\x00b", "a\\..\\b", "é"])
def test_a_key_names_nothing_outside_the_store(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        storage.put_bytes(key, b"x", content_type="text/plain")
    with pytest.raises(ValueError, match="not a key"):
        storage.reading_address(key)
    with pytest.raises(ValueError, match="not a key"):
        storage.local_path(key) or storage.public_url(key, file_name="x", content_type="text/plain")


def test_worker_reads_and_writes_only_through_presigned_addresses(storage: Storage, tmp_path: Path) -> None:
    target = storage.writing_address(KEY, content_type="audio/mpeg")
    if target.kind == "folder":
        path = tmp_path / "objects" / target.location
        path.parent.mkdir(parents=True)
        path.write_bytes(b"spoken")
    else:
        assert httpx.put(target.location, content=b"spoken").status_code == 200
    assert storage.read_bytes(KEY) == b"spoken"
    source = storage.reading_address(KEY)
    if source.kind == "folder":
        assert (tmp_path / "objects" / source.location).read_bytes() == b"spoken"
    else:
        assert httpx.get(source.location).content == b"spoken"


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "objects")
    storage.create()
    with pytest.raises(StorageAwayError):
        storage.put_file(KEY, tmp_path / "not there", content_type="audio/mpeg")
    assert storage.stat(KEY) is None
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


def test_the_folder_sends_files_itself(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put_bytes(KEY, b"spoken", content_type="audio/mpeg")
    assert storage.public_url(KEY, file_name="output.mp3", content_type="audio/mpeg") is None
    assert storage.local_path(KEY) == tmp_path / KEY


def test_a_client_downloads_from_s3_by_a_presigned_address(s3_server: S3Server) -> None:
    storage = s3_server.storage(public_url=s3_server.url.replace("127.0.0.1", "localhost"))
    storage.put_bytes(KEY, b"0123456789", content_type="application/octet-stream")
    url = storage.public_url(KEY, file_name="output.mp3", content_type="audio/mpeg")
    assert url is not None
    assert url.startswith(s3_server.url.replace("127.0.0.1", "localhost"))
    whole = httpx.get(url)
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert whole.headers["content-type"] == "audio/mpeg"
    assert whole.headers["content-disposition"] == 'inline; filename="output.mp3"'
    part = httpx.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert httpx.get(url.replace("audio.mp3", "other.mp3")).status_code in {403, 404}


def test_a_server_that_refuses_or_is_away_is_a_503(s3_server: S3Server) -> None:
    with pytest.raises(StorageAwayError) as refused:
        s3_server.storage(secret="wrong").read_bytes(KEY)
    assert refused.value.status == 503
    with pytest.raises(StorageAwayError):
        s3_server.storage(url=f"http://127.0.0.1:{free_port()}").put_bytes(KEY, b"x", content_type="text/plain")


def test_a_working_store_passes_its_check_and_one_that_is_away_does_not(storage: Storage, s3_server: S3Server, tmp_path: Path) -> None:
    storage.check()
    away: Storage = s3_server.storage(url=f"http://127.0.0.1:{free_port()}")
    if isinstance(storage, FolderStorage):
        away = FolderStorage(tmp_path / "volume")
    with pytest.raises(StorageAwayError):
        away.check()


def test_missing_store_folder_is_an_outage_and_not_an_empty_store(tmp_path: Path) -> None:
    store = FolderStorage(tmp_path / "objects")
    store.create()
    store.put_bytes(KEY, b"x", content_type="audio/mpeg")
    (tmp_path / "objects").rename(tmp_path / "elsewhere")
    started_meanwhile = FolderStorage(tmp_path / "objects")
    with pytest.raises(StorageAwayError):
        started_meanwhile.check()
    for use in (lambda: store.stat(KEY), lambda: store.read_bytes(KEY), lambda: store.put_bytes(KEY, b"y", content_type="audio/mpeg")):
        with pytest.raises(StorageAwayError):
            use()
    (tmp_path / "elsewhere").rename(tmp_path / "objects")
    assert store.read_bytes(KEY) == b"x"
