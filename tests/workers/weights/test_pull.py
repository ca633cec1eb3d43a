"""Pulling weights: complete files or none, resumed, from the first source that has them."""

import errno
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers.weights.conftest import RecordedProgress, store_of, weight_file
from tests.workers.weights.hub_server import Hub
from workers.weights.pull import PullResult, WeightsError, pull
from workers.weights.sources import hub as hub_source
from workers.weights.sources.hub import UrlFile

BODY = bytes(range(256)) * 4000
OTHER = b"another file"


def names_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_pull_brings_every_file_and_leaves_nothing_else(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY, "voice.bin": OTHER}
    store = store_of(
        tmp_path,
        weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))),
        weight_file("voices/voice.bin", OTHER, UrlFile(hub.url("voice.bin"))),
    )
    assert pull(store, ["tiny"], progress=progress) == [PullResult("tiny", 2, len(BODY) + len(OTHER))]
    assert store.path("tiny", "model.bin").read_bytes() == BODY
    assert store.path("tiny", "voices/voice.bin").read_bytes() == OTHER
    assert store.is_complete("tiny")
    assert names_below(tmp_path) == [".lock", "tiny/.complete", "tiny/model.bin", "tiny/voices/voice.bin"]


def test_a_second_pull_sends_no_request(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    pull(store, ["tiny"], progress=progress)
    assert pull(store, ["tiny"], progress=progress) == [PullResult("tiny", 0, len(BODY))]
    assert len(hub.ranges) == 1


def test_interrupted_download_resumes_where_it_broke(
    tmp_path: Path, hub: Hub, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.file_download.time", SimpleNamespace(sleep=lambda seconds: None))
    hub.files = {"model.bin": BODY}
    hub.cut_after_bytes = 400_000
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == BODY
    assert hub.ranges == ["", "bytes=393216-", "bytes=786432-"]  # whole chunks of 64 KiB


def test_a_reset_connection_does_not_end_a_download(
    tmp_path: Path, hub: Hub, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_source, "PAUSE_SECONDS", 0.01)
    hub.files = {"model.bin": BODY}
    hub.resets = 2
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == BODY
    assert len(hub.ranges) == 3


def test_an_interrupted_download_is_finished_by_the_next_pull(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    file = weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))
    downloads = tmp_path / ".downloads"
    downloads.mkdir()
    (downloads / f"{file.sha256}.part").write_bytes(BODY[:500_000])
    pull(store_of(tmp_path, file), ["tiny"], progress=progress)
    assert (tmp_path / "tiny" / "model.bin").read_bytes() == BODY
    assert hub.ranges == ["bytes=500000-"]


def test_a_damaged_beginning_is_thrown_away_and_fetched_anew(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    file = weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))
    (tmp_path / ".downloads").mkdir()
    (tmp_path / ".downloads" / f"{file.sha256}.part").write_bytes(b"x" * 500_000)
    pull(store_of(tmp_path, file), ["tiny"], progress=progress)
    assert (tmp_path / "tiny" / "model.bin").read_bytes() == BODY
    assert hub.ranges == ["bytes=500000-", ""]


def test_a_hub_without_ranges_gives_the_whole_file_again(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    hub.knows_ranges = False
    file = weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))
    (tmp_path / ".downloads").mkdir()
    (tmp_path / ".downloads" / f"{file.sha256}.part").write_bytes(BODY[:500_000])
    pull(store_of(tmp_path, file), ["tiny"], progress=progress)
    assert (tmp_path / "tiny" / "model.bin").read_bytes() == BODY


def test_a_busy_hub_is_asked_again(tmp_path: Path, hub: Hub, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_source, "PAUSE_SECONDS", 0.01)
    hub.files = {"model.bin": BODY}
    hub.failures = 2
    pull(store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))), ["tiny"], progress=progress)
    assert hub.ranges == ["", "", ""]


def test_a_file_with_another_digest_is_never_put_in_place(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY[:-1] + b"!"}
    file = weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))
    store = store_of(tmp_path, file)
    with pytest.raises(WeightsError) as caught:
        pull(store, ["tiny"], progress=progress)
    assert caught.value.code == "no_source"
    reason = f"{hub.url('model.bin')} gave a file with another sha256 than {file.sha256}"
    assert caught.value.message == f"No source has tiny/model.bin: {reason}"
    assert not (tmp_path / "tiny").exists()
    assert not store.is_complete("tiny")
    assert names_below(tmp_path) == [".lock"]


def test_a_file_that_is_too_long_is_refused(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY + b"!"}
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    with pytest.raises(WeightsError, match="more than the 1024000 bytes"):
        pull(store, ["tiny"], progress=progress)


def test_the_next_source_is_tried_when_one_has_no_such_file(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"mirror.bin": BODY}
    sources = (UrlFile(hub.url("gone.bin")), UrlFile(hub.url("mirror.bin")))
    store = store_of(tmp_path, weight_file("model.bin", BODY, *sources))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == BODY


def test_failed_pull_names_the_file_and_each_sources_error(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    sources = (UrlFile(hub.url("gone.bin")), UrlFile(hub.url("lost.bin")))
    with pytest.raises(WeightsError) as caught:
        pull(store_of(tmp_path, weight_file("model.bin", BODY, *sources)), ["tiny"], progress=progress)
    expected = f"No source has tiny/model.bin: {hub.url('gone.bin')} answers 404; {hub.url('lost.bin')} answers 404"
    assert caught.value.message == expected
    assert list((tmp_path / ".downloads").iterdir()) == []


def test_an_unknown_set_is_named_with_those_that_exist(tmp_path: Path, progress: RecordedProgress) -> None:
    with pytest.raises(WeightsError) as caught:
        pull(store_of(tmp_path), ["huge"], progress=progress)
    assert (caught.value.code, caught.value.message) == ("unknown_set", "There is no weight set huge. Available: tiny")


def test_a_derived_file_is_what_was_fetched_and_what_is_appended(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"raw.bin": BODY}
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("raw.bin")), appended=b"tail"))
    pull(store, ["tiny"], progress=progress)
    assert store.path("tiny", "model.bin").read_bytes() == BODY + b"tail"
    assert store.verify("tiny") == []


@pytest.mark.parametrize("held", [BODY + b"tail", BODY], ids=["as it is used", "as it was published"])
def test_a_folder_comes_before_the_hub(held: bytes, tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    given = tmp_path / "given"
    (given / "tiny").mkdir(parents=True)
    (given / "tiny" / "model.bin").write_bytes(held)
    store = store_of(tmp_path / "models", weight_file("model.bin", BODY, UrlFile(hub.url("raw.bin")), appended=b"tail"))
    pull(store, ["tiny"], progress=progress, folder=given)
    assert store.path("tiny", "model.bin").read_bytes() == BODY + b"tail"
    assert hub.ranges == []


def test_the_environment_names_a_folder(tmp_path: Path, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "given" / "tiny").mkdir(parents=True)
    (tmp_path / "given" / "tiny" / "model.bin").write_bytes(BODY)
    monkeypatch.setenv("TTSAI_WEIGHTS_FROM", str(tmp_path / "given"))
    pull(store_of(tmp_path / "models", weight_file("model.bin", BODY)), ["tiny"], progress=progress)
    assert (tmp_path / "models" / "tiny" / "model.bin").read_bytes() == BODY


def test_two_pulls_at_once_fetch_each_file_once(tmp_path: Path, hub: Hub) -> None:
    hub.files = {"model.bin": BODY}
    hub.pause = threading.Event()
    file = weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))
    reported = [RecordedProgress(), RecordedProgress()]
    results: list[list[PullResult]] = []
    threads = [threading.Thread(target=lambda p=p: results.append(pull(store_of(tmp_path, file), ["tiny"], progress=p))) for p in reported]
    for thread in threads:
        thread.start()
    while not hub.ranges or not any(progress.notes for progress in reported):
        threading.Event().wait(0.01)
    hub.pause.set()
    for thread in threads:
        thread.join()
    assert sorted(done.fetched_files for result in results for done in result) == [0, 1]
    assert hub.ranges == [""]
    assert [progress.notes for progress in reported if progress.notes] == [["Another pull is running; waiting for it."]]


def test_complete_files_are_not_downloaded_again(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY, "voice.bin": OTHER}
    store = store_of(
        tmp_path,
        weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))),
        weight_file("voice.bin", OTHER, UrlFile(hub.url("voice.bin"))),
    )
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.bin").write_bytes(BODY)
    assert pull(store, ["tiny"], progress=progress) == [PullResult("tiny", 1, len(BODY) + len(OTHER))]
    assert progress.begun == ["voice.bin"]


def test_a_damaged_file_is_mended_after_verify_found_it(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    pull(store, ["tiny"], progress=progress)
    store.path("tiny", "model.bin").write_bytes(BODY[:-1] + b"!")
    assert [(problem.file, problem.reason) for problem in store.verify("tiny")] == [
        ("model.bin", "has another sha256 than the catalogue says")
    ]
    assert pull(store, ["tiny"], progress=progress)[0].fetched_files == 1
    assert store.verify("tiny") == []


def test_a_full_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, hub: Hub, progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage: Any = os.statvfs(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 12 << 20, "total": usage.f_blocks})())
    with pytest.raises(WeightsError) as caught:
        pull(store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin")))), ["tiny"], progress=progress)
    assert caught.value.code == "disk_full"
    assert caught.value.message == f"The disk of {tmp_path} is full: 12 MB are free and 65 MB are needed."
    assert hub.ranges == []


def test_a_disk_that_fills_up_half_way_is_one_clear_line(tmp_path: Path, progress: RecordedProgress) -> None:
    class Full:
        label = "a full disk"

        def fetch(self, target: Path, *, size_bytes: int, workspace: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    with pytest.raises(WeightsError) as caught:
        pull(store_of(tmp_path, weight_file("model.bin", BODY, Full())), ["tiny"], progress=progress)
    assert (caught.value.code, caught.value.message) == ("disk_full", f"The disk of {tmp_path} is full.")


def test_a_complete_set_in_a_read_only_folder_is_good_enough(tmp_path: Path, hub: Hub, progress: RecordedProgress) -> None:
    hub.files = {"model.bin": BODY}
    store = store_of(tmp_path, weight_file("model.bin", BODY, UrlFile(hub.url("model.bin"))))
    pull(store, ["tiny"], progress=progress)
    (tmp_path / ".lock").unlink()
    assert pull(store, ["tiny"], progress=progress)[0].fetched_files == 0
    assert not (tmp_path / ".lock").exists()
