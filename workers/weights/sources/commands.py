"""Runs a package manager as a child process and reports the growth of its download."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from workers.weights.sources.base import Progress, SourceError

POLL_SECONDS: Final = 0.2


def run_client(
    command: Sequence[str], *, folder: Path, progress: Progress, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run the command with its temporary files below folder. Raises SourceError with the last informative line of its output."""
    folder.mkdir(parents=True, exist_ok=True)
    process_environment = {**os.environ, **(environment or {}), "TMPDIR": str(folder)}
    output = folder / "output.log"
    with output.open("wb") as sink:
        try:
            process = subprocess.Popen(command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, env=process_environment, cwd=cwd)
        except OSError as error:
            raise SourceError(f"{command[0]} cannot be run: {error.strerror}") from error
        try:
            _watch(process, folder=folder, progress=progress)
        finally:
            _end(process)
    if process.returncode != 0:
        raise SourceError(_reason(output.read_text(errors="replace")) or f"{command[0]} ended with {process.returncode}")


def pip_download(arguments: Sequence[str], *, target: Path, progress: Progress) -> None:
    """`pip download` of exactly the named wheels, without installing and without dependencies."""
    command = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input")
    quiet = ("--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off", "--retries", "2", "--dest", str(target))
    run_client([*command, *quiet, *arguments], folder=target, progress=progress)


def _watch(process: subprocess.Popen[bytes], *, folder: Path, progress: Progress) -> None:
    while True:
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            progress.set_done(_folder_bytes(folder))
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()


def _folder_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # the client renames and removes while we look
            total += path.stat().st_size
    return total


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "enospc" in line.lower()]
    return (errors or lines or [""])[-1]
