"""The store: its location, complete sets, errors of missing files."""

from pathlib import Path

import pytest

from tests.workers.weights.conftest import store_of, weight_file
from workers.contract.errors import WorkError
from workers.weights.store import WeightsMissingError, WeightStore

BODY = b"weights"


def test_a_missing_file_names_itself_and_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingError) as caught:
        WeightStore(tmp_path).path("kokoro", "model.onnx")
    assert isinstance(caught.value, WorkError)
    assert caught.value.code == "engine_unavailable"
    assert caught.value.message == "The weights file kokoro/model.onnx is missing. Get it with: ttsai models pull kokoro"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TTSAI_MODELS": "/models", "TTSAI_HOME": "/home"}, "/models"),
        ({"TTSAI_MODELS": "", "TTSAI_HOME": "/home"}, "/home/models"),
        ({"TTSAI_MODELS": "", "TTSAI_HOME": ""}, str(Path(__file__).parents[3] / "var" / "models")),
    ],
)
def test_the_default_store_is_found_through_the_environment(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # whoever pulls weights may stand anywhere
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert WeightStore.default().root == Path(expected)


def test_weight_set_is_complete_only_with_stamp_and_file_sizes(tmp_path: Path) -> None:
    store = store_of(tmp_path, weight_file("model.bin", BODY))
    weights = store.sets["tiny"]
    assert not store.is_complete("tiny")
    store.folder("tiny").mkdir()
    (store.folder("tiny") / "model.bin").write_bytes(BODY)
    assert not store.is_complete("tiny")
    store.write_stamp(weights)
    assert store.is_complete("tiny")
    (store.folder("tiny") / "model.bin").write_bytes(BODY[:-1])
    assert not store.is_complete("tiny")


def test_a_stamp_of_other_files_does_not_count(tmp_path: Path) -> None:
    earlier = store_of(tmp_path, weight_file("model.bin", b"earlier"))
    earlier.folder("tiny").mkdir()
    earlier.write_stamp(earlier.sets["tiny"])
    (earlier.folder("tiny") / "model.bin").write_bytes(b"WEIGHTS")
    assert earlier.is_complete("tiny")
    assert not store_of(tmp_path, weight_file("model.bin", b"WEIGHTS")).is_complete("tiny")


@pytest.mark.parametrize("stamp", ["", "{", "[]", '{"digest": 1}'])
def test_a_broken_stamp_is_no_stamp(stamp: str, tmp_path: Path) -> None:
    store = store_of(tmp_path, weight_file("model.bin", BODY))
    store.folder("tiny").mkdir()
    (store.folder("tiny") / "model.bin").write_bytes(BODY)
    (store.folder("tiny") / ".complete").write_text(stamp)
    assert not store.is_complete("tiny")


def test_verify_reports_missing_short_and_changed_files_separately(tmp_path: Path) -> None:
    files = [weight_file(name, BODY) for name in ("whole", "missing", "short", "changed")]
    store = store_of(tmp_path, *files)
    store.folder("tiny").mkdir()
    for name, body in {"whole": BODY, "short": BODY[:-1], "changed": b"WEIGHTS"}.items():
        (store.folder("tiny") / name).write_bytes(body)
    assert {problem.file: problem.reason for problem in store.verify("tiny")} == {
        "missing": "is missing",
        "short": "has 6 bytes instead of 7",
        "changed": "has another sha256 than the catalogue says",
    }
