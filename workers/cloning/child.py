"""Runs a fit in a child process, which limits itself (program.py), ends with its worker and is stopped within a second."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.cloning.devices import jax_environment
from workers.contract.errors import INTERNAL_ERROR, OUT_OF_MEMORY, WorkError

PROGRAM: Final = "workers.cloning.program"
CHECKOUT: Final = Path(__file__).resolve().parents[2]
POLL_SECONDS: Final = 0.2
END_SECONDS: Final = 5.0
TAIL_LINES: Final = 5
_compiling: Final[list["subprocess.Popen[bytes]"]] = []


@dataclass(frozen=True, slots=True)
class FitProgress:
    """A progress line of the child."""

    phase: str
    done: int
    total: int


def run_fit(
    folder: Path,
    *,
    check: Callable[[], None],
    on_progress: Callable[[FitProgress], None] = lambda _: None,
    program: str = PROGRAM,
) -> None:
    """Fit the job in the folder. check: called five times a second; the exception that it raises ends the child and is raised here.

    Raises WorkError (internal_error, out_of_memory) if the child fails.
    """
    for compiling in tuple(_compiling):
        compiling.kill()
    with _started([program, str(folder)]) as process:
        reader = _LineReader(process)
        while process.poll() is None:
            check()
            reader.wait(POLL_SECONDS)
            for progress in reader.take():
                on_progress(progress)
        reader.finish()
        for progress in reader.take():
            on_progress(progress)
        if process.returncode != 0:
            raise _failure(process.returncode, reader.tail)


def compile_functions(*, program: str = PROGRAM) -> int:
    """Fill the cache of compiled functions in a child, at idle priority; its exit code. A fit that starts meanwhile ends it and compiles itself."""
    process = _start([program], sink=subprocess.DEVNULL)
    _compiling.append(process)
    try:
        return process.wait()
    finally:
        _compiling.remove(process)


@contextmanager
def _started(arguments: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = _start(arguments, sink=subprocess.PIPE)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(END_SECONDS)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _start(arguments: list[str], *, sink: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=sink,
        stderr=sink,
        cwd=CHECKOUT,
        env={**os.environ, **jax_environment()},
    )


class _LineReader:
    """Reads the child's lines in threads, since a read from a pipe has no time limit."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._changed = threading.Condition()
        self._found: list[FitProgress] = []
        self.tail: list[str] = []
        """Last lines of its standard error."""
        self._threads = [
            threading.Thread(target=work, args=(stream,), daemon=True)
            for work, stream in ((self._read_progress, process.stdout), (self._read_errors, process.stderr))
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._found), seconds)

    def take(self) -> list[FitProgress]:
        with self._changed:
            found, self._found = self._found, []
            return found

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(END_SECONDS)

    def _read_progress(self, stream: Iterator[bytes]) -> None:
        for line in stream:
            try:
                progress = FitProgress(**json.loads(line))
            except (ValueError, TypeError):  # a library that prints
                continue
            with self._changed:
                self._found.append(progress)
                self._changed.notify_all()

    def _read_errors(self, stream: Iterator[bytes]) -> None:
        for line in stream:
            self.tail = [*self.tail[1 - TAIL_LINES :], line.decode(errors="replace").strip()]


def _failure(code: int, tail: list[str]) -> WorkError:
    reason = tail[-1] if tail else f"exit code {code}"
    if any(sign in line for line in tail for sign in ("MemoryError", "bad_alloc", "RESOURCE_EXHAUSTED", "Out of memory")):
        return WorkError(OUT_OF_MEMORY, "The fit of the voice needs more memory than the worker may use.")
    return WorkError(INTERNAL_ERROR, f"The fit of the voice ended unexpectedly: {reason[:200]}")
