"""Pool of Pico's child processes: one per concurrent call, reused, replaced when one hangs or dies."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final

from workers.contract.errors import INTERNAL_ERROR, WorkError

PROGRAM: Final = Path(__file__).with_name("program.py")
ANSWER_SECONDS: Final = 20.0
"""Time limit of a call; the longest sentence that the engine sends takes about a second on a busy core."""

ZEROED_MEMORY: Final = {"MALLOC_PERTURB_": "255"}
"""Makes glibc fill new memory with zeros. Pico reads memory that it never wrote, so that a sentence would sound different each time."""


class PicoProcesses:
    """A pool of child processes that grows to the number of concurrent calls. Thread-safe."""

    def __init__(self, program: Path = PROGRAM, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._program = program
        self._answer_seconds = answer_seconds
        self._lock = threading.Lock()
        self._idle: list[subprocess.Popen[bytes]] = []

    def speak(self, text: str, *, voice: str, speed: float, volume: float) -> bytes:
        """Samples as 16-bit little-endian, mono, 16 kHz. Raises WorkError (internal_error) if the child hangs, dies or refuses the text."""
        request = json.dumps({"text": text, "voice": voice, "speed": speed, "volume": volume}).encode() + b"\n"
        process = self._take()
        try:
            samples = self._ask(process, request)
        except BaseException:
            _end(process)
            raise
        with self._lock:
            self._idle.append(process)
        return samples

    def close(self) -> None:
        """End the idle child processes; the next call starts another."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            _end(process)

    def _take(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.poll() is None:
                    return process
                _end(process)
        environment = {**os.environ, **ZEROED_MEMORY}
        return subprocess.Popen([sys.executable, str(self._program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def _ask(self, process: "subprocess.Popen[bytes]", request: bytes) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child process without pipes")
        watchdog = threading.Timer(self._answer_seconds, process.kill)  # a read from a pipe has no time limit of its own
        watchdog.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            return _read_answer(process.stdout)
        except BrokenPipeError:
            raise _ended_unexpectedly() from None
        finally:
            watchdog.cancel()


def _read_answer(output: IO[bytes]) -> bytes:
    header = output.readline()
    if not header.endswith(b"\n"):
        raise _ended_unexpectedly()
    answer = json.loads(header)
    if answer["error"]:
        raise WorkError(INTERNAL_ERROR, f"Pico could not speak a sentence: {answer['error']}")
    samples = output.read(answer["bytes"])
    if len(samples) != answer["bytes"]:
        raise _ended_unexpectedly()
    return samples


def _ended_unexpectedly() -> WorkError:
    return WorkError(INTERNAL_ERROR, "Pico's process ended unexpectedly.")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    with contextlib.suppress(BrokenPipeError):
        process.communicate()
