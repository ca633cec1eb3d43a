"""Outputs of a part on their way to the store, and the manifest that lists them."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.workers.tasks.stems import OUTPUTS
from workers.contract.errors import WorkError
from workers.contract.messages import Manifest, PartMessage
from workers.contract.outputs import OutputTarget, StoredOutput
from workers.contract.references import Address, StoredObject
from workers.storage import Storage
from workers.tasks.results import OutputWriter


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with httpx.Client() as http:
        (tmp_path / "objects").mkdir()
        made = Storage(objects=tmp_path / "objects", scratch=tmp_path / "scratch", http=http)
        made.prepare()
        yield made


def message() -> PartMessage:
    targets = [OutputTarget(one.name, one.media_type, Address("folder", one.file_name), one.is_optional) for one in OUTPUTS]
    return PartMessage(
        job="j",
        part=3,
        token="t",
        kind="stems",
        work={},
        tenant="a",
        lane="normal",
        job_created_at=0,
        deadline_at=time.time() + 60,
        outputs=tuple(targets),
        manifest=Address("folder", "manifest.json"),
    )


def test_the_manifest_lists_what_was_stored_in_the_order_of_the_message(storage: Storage, tmp_path: Path) -> None:
    outputs = OutputWriter(message(), storage=storage)
    for name in ("scratch", "stems", "sections"):
        outputs.write_json(name, [name])
    with outputs.open("vocals") as vocals:
        vocals.path.write_bytes(b"RIFF")
        vocals.describe_audio(seconds=1.23456, sample_rate=8000)
    manifest = outputs.finish(units_done=5, details={"engine": "x"})
    assert (manifest.job, manifest.part, manifest.token, manifest.units_done, manifest.details) == ("j", 3, "t", 5, {"engine": "x"})
    assert [(output.name, output.media_type, output.bytes) for output in manifest.outputs] == [
        ("vocals", "audio/wav", 4),
        ("sections", "application/json", 12),
        ("stems", "application/zip", 9),
        ("scratch", "application/json", 11),
    ]
    assert manifest.find_output("vocals") == StoredOutput("vocals", "audio/wav", 4, hashlib.sha256(b"RIFF").hexdigest(), 1.2346, 8000)
    assert Manifest.from_dict(json.loads((tmp_path / "objects" / "manifest.json").read_bytes())) == manifest


def test_a_manifest_is_not_written_while_a_required_output_is_missing(storage: Storage, tmp_path: Path) -> None:
    outputs = OutputWriter(message(), storage=storage)
    outputs.write_json("sections", [])
    with pytest.raises(WorkError, match="did not make the output vocals, stems, scratch") as caught:
        outputs.finish()
    assert caught.value.code == "internal_error"
    assert not (tmp_path / "objects" / "manifest.json").exists()


def test_output_that_was_not_requested_cannot_be_written(storage: Storage) -> None:
    outputs = OutputWriter(message(), storage=storage)
    assert [outputs.is_wanted(name) for name in ("vocals", "drums")] == [True, False]
    with pytest.raises(WorkError, match="The platform asks for no output 'drums'"):
        outputs.write_json("drums", [])


def test_an_output_whose_making_fails_is_not_listed(storage: Storage) -> None:
    outputs = OutputWriter(message(), storage=storage)
    with pytest.raises(ZeroDivisionError), outputs.open("vocals"):
        raise ZeroDivisionError
    with pytest.raises(WorkError, match="vocals, sections, stems, scratch"):
        outputs.finish()


def test_a_reference_that_was_not_resolved_cannot_be_read(storage: Storage) -> None:
    with pytest.raises(WorkError, match="a reference in place of an address"), storage.read(StoredObject("key")):
        pass
