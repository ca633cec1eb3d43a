"""Reads the tensors of PyTorch checkpoints, in the old single-file format and as an archive, without PyTorch and without running the code they
name.
"""

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

MAGIC_NUMBER: Final = 0x1950A86A20F9469CFC6C
"""torch.serialization.MAGIC_NUMBER, which a file of the old format begins with."""
STORAGE_TYPES: Final = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8", "IntStorage": "<i4"}


class CheckpointError(Exception):
    pass


@dataclass(slots=True)
class _Storage:
    """Numbers that tensors are views of; they follow the pickles."""

    dtype: str
    numbers: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    """Both counted in elements."""

    def to_array(self) -> NDArray[Any]:
        if self.storage.numbers is None:
            raise CheckpointError("a tensor has no numbers")
        last = self.offset + sum((length - 1) * stride for length, stride in zip(self.shape, self.strides, strict=True))
        if min((self.offset, last, *self.shape, *self.strides)) < 0 or last >= len(self.storage.numbers):
            raise CheckpointError("a tensor lies outside its storage")
        numbers = self.storage.numbers[self.offset :]
        strides = [stride * numbers.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(numbers, self.shape, strides, writeable=False).copy()


class _TensorUnpickler(pickle.Unpickler):
    """Unpickler of tensors and plain containers; every other class becomes an empty stand-in, so that the file can run nothing."""

    def __init__(self, file: BinaryIO, *, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a class of the file to its stand-in."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        return _BUILDERS.get((module, name), _build_none)

    def persistent_load(self, identifier: Any) -> _Storage:
        """Resolve a storage: ("storage", its type, its key, …)."""
        _, dtype, key, *_ = identifier
        return self._storages.setdefault(key, _Storage(dtype))


def read_tensors(path: Path, *, entry: str = "") -> dict[str, NDArray[Any]]:
    """Tensors by name of the checkpoint's dictionary, or of its `entry`. Raises CheckpointError, OSError."""
    try:
        checkpoint = _read_archive(path) if zipfile.is_zipfile(path) else _read_single_file(path)
        named = checkpoint[entry] if entry else checkpoint
        return {name: tensor.to_array() for name, tensor in named.items()}
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, KeyError, TypeError, AttributeError, ValueError, struct.error) as error:
        raise CheckpointError(f"{path.name} is no checkpoint of this format: {error}") from error


def _read_single_file(path: Path) -> Any:
    """Pickles of a magic number, a version, the system, the checkpoint and the keys of its storages, then the storages."""
    storages: dict[str, _Storage] = {}
    with path.open("rb") as file:
        magic, _version, _system = (_load(file, storages=storages) for _ in range(3))
        if magic != MAGIC_NUMBER:
            raise CheckpointError(f"{path.name} is no checkpoint of this format")
        checkpoint = _load(file, storages=storages)
        for key in _load(file, storages=storages):
            storages[key].numbers = _read_numbers(file, dtype=storages[key].dtype)
    return checkpoint


def _read_archive(path: Path) -> Any:
    """Zip archive of one folder: data.pkl, and each storage as data/<key>."""
    storages: dict[str, _Storage] = {}
    with zipfile.ZipFile(path) as archive:
        folder = PurePosixPath(archive.namelist()[0]).parts[0]
        with archive.open(f"{folder}/data.pkl") as file:
            checkpoint = _load(file, storages=storages)
        for key, storage in storages.items():
            storage.numbers = np.frombuffer(archive.read(f"{folder}/data/{key}"), storage.dtype)
    return checkpoint


def _load(file: Any, *, storages: dict[str, _Storage]) -> Any:
    return _TensorUnpickler(file, storages=storages).load()


def _read_numbers(file: BinaryIO, *, dtype: str) -> NDArray[Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * np.dtype(dtype).itemsize), dtype)


def _tensor(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def _parameter(tensor: _Tensor, *_: Any) -> _Tensor:
    return tensor


def _build_none(*_: Any, **__: Any) -> None:
    return None


_BUILDERS: Final[dict[tuple[str, str], Callable[..., Any]]] = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
}
