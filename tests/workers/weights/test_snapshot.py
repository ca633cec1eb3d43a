"""A translation model from a hub at a fixed revision, verified by the hub's own digests."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.workers.weights.conftest import RecordedProgress
from tests.workers.weights.hub_server import Hub
from workers.weights import snapshot
from workers.weights.snapshot import KNOWN, NAME, git_digest, pull_snapshot
from workers.weights.sources.base import SourceError

REVISION = "a" * 40
NAMED = f"someone/opus-mt-en-es-ct2@{REVISION}"
FILES = {
    "model.bin": b"weights" * 1000,
    "config.json": b"{}",
    "source.spm": b"pieces",
    "target.spm": b"pieces",
    "shared_vocabulary.json": b"[]",
}


def serve(
    hub: Hub, files: dict[str, bytes], *, listed: dict[str, bytes] | None = None, repository: str = "someone/opus-mt-en-es-ct2"
) -> None:
    """Put the files on the hub, listed with the digests of `listed`."""
    rows: list[dict[str, object]] = [{"type": "directory", "path": "onnx", "oid": "0", "size": 0}]
    for name, body in (listed or files).items():
        row: dict[str, object] = {"type": "file", "path": name, "size": len(body), "oid": sha1(body)}
        if name == "model.bin":
            row["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 134}
        rows.append(row)
    hub.files = {f"{repository}/resolve/{REVISION}/{name}": body for name, body in files.items()}
    hub.files[f"api/models/{repository}/tree/{REVISION}"] = json.dumps(rows).encode()


def sha1(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def _hub_address(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HUB", hub.url(""))


def test_only_the_files_of_a_model_are_downloaded(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    serve(hub, {**FILES, "README.md": b"read me", "pytorch_model.bin": b"torch"})
    folder = pull_snapshot(tmp_path, NAMED, progress=progress)
    assert folder == tmp_path / "translation" / "someone--opus-mt-en-es-ct2"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "snapshot.json"} == FILES
    record = json.loads((folder / "snapshot.json").read_text())
    assert (record["repository"], record["revision"]) == ("someone/opus-mt-en-es-ct2", REVISION)
    assert record["sha256"]["config.json"] == hashlib.sha256(b"{}").hexdigest()
    assert [path.name for path in (tmp_path / "translation").iterdir()] == [folder.name]


def test_the_hub_receives_no_token_and_no_facts_about_the_machine(
    tmp_path: Path, hub: Hub, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    serve(hub, FILES)
    pull_snapshot(tmp_path, NAMED, progress=progress)
    assert len(hub.headers) == 1 + len(FILES)
    assert all("authorization" not in headers and headers["user-agent"] == "ttsai" for headers in hub.headers)
    assert [path.name for path in tmp_path.iterdir()] == ["translation"]


def test_a_second_pull_sends_no_request(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    serve(hub, FILES)
    pull_snapshot(tmp_path, NAMED, progress=progress)
    asked = len(hub.ranges)
    pull_snapshot(tmp_path, NAMED, progress=progress)
    assert len(hub.ranges) == asked


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
def test_a_file_that_is_not_the_revisions_is_never_put_in_place(tmp_path: Path, hub: Hub, progress: RecordedProgress, name: str) -> None:
    serve(hub, {**FILES, name: FILES[name][:-1] + b"!"}, listed=FILES)
    with pytest.raises(SourceError, match=f"gave a {name} that is not the one of its revision aaaaaaaaaaaa"):
        pull_snapshot(tmp_path, NAMED, progress=progress)
    assert list((tmp_path / "translation").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"config.json": b"{}"}, "holds no CTranslate2 model: it has no model.bin"),
        ({"model.bin": b"weights", "config.json": b"{}"}, "holds no model that is known here"),
        ({"model.bin": b"w", "../../evil": b"x", "sub/config.json": b"{}"}, "holds no model that is known here"),
    ],
)
def test_a_repository_without_a_model_is_refused(
    tmp_path: Path, hub: Hub, progress: RecordedProgress, files: dict[str, bytes], reason: str
) -> None:
    serve(hub, files)
    with pytest.raises(SourceError, match=reason):
        pull_snapshot(tmp_path, NAMED, progress=progress)
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.parametrize("listing", [b"{}", b"nothing", b"[1]", b'[{"type": "file"}]'])
def test_a_malformed_listing_is_a_clear_error(tmp_path: Path, hub: Hub, progress: RecordedProgress, listing: bytes) -> None:
    hub.files = {f"api/models/someone/opus-mt-en-es-ct2/tree/{REVISION}": listing}
    with pytest.raises(SourceError, match=r"does not list files|has no model\.bin"):
        pull_snapshot(tmp_path, NAMED, progress=progress)


def test_an_unknown_revision_is_a_clear_error(tmp_path: Path, progress: RecordedProgress) -> None:
    with pytest.raises(SourceError, match="answers 404"):
        pull_snapshot(tmp_path, NAMED, progress=progress)


@pytest.mark.parametrize("name", ["someone/model", "someone/model@main", f"../etc@{REVISION}", f"a/b/c@{REVISION}", "unknown"])
def test_only_a_fixed_revision_is_taken(tmp_path: Path, hub: Hub, progress: RecordedProgress, name: str) -> None:
    with pytest.raises(SourceError, match="is neither nllb nor opus-mt-en-es nor owner/name@revision"):
        pull_snapshot(tmp_path, name, progress=progress)
    assert hub.ranges == []


def test_every_short_name_is_a_fixed_revision() -> None:
    assert all(NAME.fullmatch(name) for name in KNOWN.values())


def test_git_digest_of_an_empty_file_is_that_of_git(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert git_digest(tmp_path / "empty") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert snapshot.FOLDER == "translation"
