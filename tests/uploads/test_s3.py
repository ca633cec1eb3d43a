"""Large files bypass the platform if the object store has URLs of its own."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.core.errors import InvalidRequestError
from apps.core.storage import get_storage
from apps.uploads.models import Upload
from apps.uploads.services import expire_uploads, order_source
from apps.uploads.services.sources import SourceLimits
from tests.s3 import ACCESS_KEY, SECRET_KEY, S3Server
from tests.uploads.people import Person, put, take_source


@pytest.fixture(autouse=True)
def _bucket(s3_server: S3Server, settings: Any, server: str) -> Iterator[None]:
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_PUBLIC_ENDPOINT_URL = s3_server.bucket, s3_server.url, s3_server.url
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY, settings.S3_ADDRESSING_STYLE = ACCESS_KEY, SECRET_KEY, "path"
    get_storage.cache_clear()
    yield
    get_storage.cache_clear()


def use(who: Person, upload_id: str) -> Any:
    return take_source(order_source(who.caller, file=None, file_url=None, upload_id=upload_id, limits=SourceLimits()))


def test_presigned_upload_is_stored_and_measured_at_its_first_use(owner: Person, song: bytes, s3_server: S3Server) -> None:
    address = owner.announce(len(song), content_type="audio/mpeg")
    assert address["url"].startswith(f"{s3_server.url}/{s3_server.bucket}/account-{owner.account.pk}/uploads/")
    assert owner.look(address["upload_id"]).json()["status"] == "waiting"
    assert put(address, song).status_code == 200
    shape = owner.look(address["upload_id"]).json()
    assert (shape["status"], shape["bytes"], shape["audio"]["codec"]) == ("ready", len(song), "mp3")
    source = use(owner, address["upload_id"])
    assert get_storage().read_bytes(source.key) == song


def test_the_measured_object_is_used_after_a_later_overwrite(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    put(address, song)
    source = use(owner, address["upload_id"])
    assert put(address, bytes(len(song))).status_code == 200  # the store's own address still takes it
    assert use(owner, address["upload_id"]) == source
    assert get_storage().read_bytes(source.key) == song


def test_presigned_upload_accepts_only_the_announced_size(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    assert put(address, song + b"x").status_code == 403
    assert put({**address, "headers": {"Content-Type": "text/html"}}, song).status_code == 403
    assert owner.look(address["upload_id"]).json()["status"] == "waiting"


def test_a_file_without_audio_is_refused_and_may_be_replaced(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    put(address, bytes(len(song)))
    shape = owner.look(address["upload_id"]).json()
    assert (shape["status"], shape["refusal"]["code"]) == ("refused", "unsupported_format")
    with pytest.raises(InvalidRequestError) as refused:
        use(owner, address["upload_id"])
    assert refused.value.code == "unsupported_format"
    put(address, song)
    assert use(owner, address["upload_id"]).bytes == len(song)
    assert owner.look(address["upload_id"]).json()["status"] == "ready"


def test_deleting_an_upload_empties_the_store(owner: Person, song: bytes) -> None:
    address = owner.announce(len(song))
    put(address, song)
    key = use(owner, address["upload_id"]).key
    folder = key.rpartition("/")[0]
    Upload.objects.update(kept_until="2020-01-01T00:00:00Z")
    assert expire_uploads() == 1
    assert get_storage().stat(key) is None
    assert get_storage().stat(f"{folder}/incoming") is None
    assert (
        httpx.get(f"{owner.url}/v1/uploads/{address['upload_id']}/", headers={"Authorization": f"Bearer {owner.secret}"}).status_code == 404
    )
