"""Description of a program of the instance, and its running child process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LAUNCHER: Final = Path(__file__).with_name("launch.py")
SAME_USER: Final = "same"
LAST_LINES: Final = 20
READ_BYTES: Final = 1 << 16
LINE_BYTES: Final = 1 << 16
"""Longest line; a longer one is split."""


DEFAULT_STOP_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    user: str = SAME_USER
    """Value of launch.py's USER."""
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = DEFAULT_STOP_SECONDS
    death_signal: int = signal.SIGKILL
    """Signal that the kernel sends to the program when the supervisor dies."""
    stage: int = 0
    """Higher stages stop first; programs of one stage stop together."""


@dataclass(slots=True)
class Child:
    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    is_silent: bool = False
    """The child closed its output."""
    _rest: bytes = b""

    @property
    def descriptor(self) -> int:
        assert self.process.stdout is not None  # noqa: S101 (spawn asked for it)
        return self.process.stdout.fileno()

    def read_lines(self) -> list[str] | None:
        """Complete lines written since the last call; None at the end of the output."""
        block = self._read_block()
        if block == b"":
            return None
        return self._split(block or b"")

    def read_rest(self) -> list[str]:
        """Remaining lines in the pipe of an ended child, whose own children may still hold the pipe open."""
        lines: list[str] = []
        while block := self._read_block():
            lines += self._split(block)
        rest, self._rest = self._rest, b""
        return lines + self._keep([rest] if rest else [])

    def _read_block(self) -> bytes | None:
        try:
            return os.read(self.descriptor, READ_BYTES)
        except BlockingIOError:
            return None

    def _split(self, block: bytes) -> list[str]:
        *whole, self._rest = (self._rest + block).split(b"\n")
        if len(self._rest) > LINE_BYTES:
            whole.append(self._rest)
            self._rest = b""
        return self._keep(whole)

    def signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def signal(self, number: int) -> None:
        """Signal the child alone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _keep(self, lines: list[bytes]) -> list[str]:
        texts = [line.decode(errors="replace").rstrip("\r") for line in lines]
        self.last_lines.extend(text for text in texts if text.strip())
        return texts


def spawn(program: Program) -> Child:
    """Start a program in a session of its own, so that Ctrl-C reaches the supervisor only."""
    prefix = (sys.executable, "-I", "-S", str(LAUNCHER), str(int(program.death_signal)), str(os.getpid()), program.user)
    process = subprocess.Popen(
        [*prefix, *program.command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(program.environment),
        cwd=program.folder,
        start_new_session=True,
    )
    child = Child(program, process, time.monotonic())
    os.set_blocking(child.descriptor, False)
    return child
