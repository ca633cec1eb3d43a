"""Compiling, finding and loading the shared library of `residual_block.c`."""

import ctypes
import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from workers.weights.store import WeightStore

FOLDER: Final = Path(__file__).parent
SOURCE: Final = FOLDER / "residual_block.c"
FLAGS: Final = ("-O3", "-std=gnu11", "-fPIC", "-shared", "-pthread")
"""Flags without -march: vector functions name their instructions, so that a library compiled here may be run elsewhere."""
COMPILERS: Final = ("cc", "gcc", "clang")
COMPILE_SECONDS: Final = 60
MACHINES: Final = frozenset({"x86_64", "AMD64"})


class KernelError(Exception):
    """The kernels cannot be used here; the message says why."""


class ConvolutionStruct(ctypes.Structure):
    """`Convolution` of residual_block.c."""

    _fields_ = (
        ("taps", ctypes.c_int32),
        ("dilation", ctypes.c_int32),
        ("weights", ctypes.c_void_p),
        ("scales", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
        ("quantum", ctypes.c_float),
        ("zero_point", ctypes.c_int32),
        ("alpha", ctypes.c_void_p),
    )


@cache
def load_kernels() -> Any:
    """The loaded library; compiled first, into the weights' folder, if there is none and a compiler is here. Raises KernelError."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        raise KernelError(f"they are written for Linux on x86-64, not {sys.platform} on {platform.machine()}")
    compiled = _name()
    cached = WeightStore.default().root / ".kernels"
    path = next((folder / compiled for folder in (FOLDER, cached) if (folder / compiled).is_file()), None)
    try:
        library = ctypes.CDLL(str(path or compile_into(cached)))
    except OSError as error:
        raise KernelError(f"the library cannot be loaded: {error}") from error
    library.residual_block.argtypes = (
        ctypes.c_void_p,
        ctypes.c_long,
        ctypes.c_int,
        ctypes.POINTER(ConvolutionStruct),
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_void_p,
    )
    library.residual_block.restype = None
    library.residual_block_barrier_size.restype = ctypes.c_long
    library.residual_block_barrier_open.argtypes = (ctypes.c_void_p, ctypes.c_int)
    library.residual_block_barrier_close.argtypes = (ctypes.c_void_p,)
    library.residual_block_scratch.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_int)
    library.residual_block_scratch.restype = ctypes.c_long
    if not library.residual_block_is_supported():
        raise KernelError("the processor has no AVX-512 VNNI")
    return library


def compile_into(folder: Path) -> Path:
    """Compile into a folder, atomically, so that several processes may; returns the library's path. Raises KernelError."""
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise KernelError("there is no C compiler; install gcc, or compile them in the image: python -m workers.kokoro.kernels")
    target = folder / _name()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".compiling-") as temporary:
            made = Path(temporary) / target.name
            command = [compiler, *FLAGS, "-o", str(made), str(SOURCE)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_SECONDS, check=False)
            if done.returncode != 0:
                reason = next((line for line in done.stderr.splitlines() if "error" in line), f"{compiler} ended with {done.returncode}")
                raise KernelError(f"they do not compile: {reason[:300]}")
            made.replace(target)
    except subprocess.TimeoutExpired as error:
        raise KernelError(f"{compiler} took longer than {COMPILE_SECONDS} seconds") from error
    except OSError as error:
        raise KernelError(f"they cannot be written to {folder}: {error.strerror}") from error
    return target


def _name() -> str:
    """Name of the library of this source, so that a changed source is compiled anew."""
    digest = hashlib.sha256(" ".join(FLAGS).encode() + SOURCE.read_bytes()).hexdigest()
    return f"residual_block-{digest[:16]}.so"
