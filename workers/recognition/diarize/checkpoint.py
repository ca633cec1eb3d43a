"""Reads the tensors of a PyTorch checkpoint in the old single-file format, without PyTorch and without running the code it names."""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

MAGIC_NUMBER: Final = 0x1950A86A20F9469CFC6C
"""torch.serialization.MAGIC_NUMBER, which a file of this format begins with."""
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


def read_tensors(path: Path, *, entry: str) -> dict[str, NDArray[Any]]:
    """Tensors of the checkpoint's dictionary `entry` by name. Raises CheckpointError, OSError."""
    storages: dict[str, _Storage] = {}
    with path.open("rb") as file:
        try:
            magic, _version, _system = (_load(file, storages=storages) for _ in range(3))
            if magic != MAGIC_NUMBER:
                raise CheckpointError(f"{path.name} is no checkpoint of this format")
            checkpoint = _load(file, storages=storages)
            for key in _load(file, storages=storages):
                storages[key].numbers = _read_numbers(file, dtype=storages[key].dtype)
            return {name: tensor.to_array() for name, tensor in checkpoint[entry].items()}
        except (pickle.UnpicklingError, EOFError, KeyError, TypeError, AttributeError, ValueError, struct.error) as error:
            raise CheckpointError(f"{path.name} is no checkpoint of this format: {error}") from error


def _load(file: BinaryIO, *, storages: dict[str, _Storage]) -> Any:
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
