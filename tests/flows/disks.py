"""Small disk for a platform, to be filled."""

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

DISK_BYTES = 512 << 20
BLOCK = bytes(1 << 20)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a memory disk of DISK_BYTES at the folder. Without the right to mount the folder stays an ordinary one."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)], capture_output=True, check=False)
    try:
        yield
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def is_small(folder: Path) -> bool:
    """True if a disk is mounted at the folder."""
    return os.path.ismount(folder)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk within the block."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            _write_all(file.fileno(), BLOCK)
            _write_all(file.fileno(), BLOCK[:4096])
        yield
    finally:
        filler.unlink()


def _write_all(descriptor: int, block: bytes) -> None:
    while True:
        try:
            os.write(descriptor, block)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return
