"""Small programs for a supervisor, and their traces."""

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ttsai.supervisor.identity import process_identity
from ttsai.supervisor.output import Log
from ttsai.supervisor.program import Program
from ttsai.supervisor.supervisor import Supervisor

SECONDS = 60.0


class Watched:
    """Supervisor with recorded output."""

    def __init__(self, folder: Path) -> None:
        self.printed = io.StringIO()
        self.folder = folder
        self.supervisor = Supervisor(log=Log(self.printed), record=folder / "parts.json")

    @property
    def lines(self) -> list[str]:
        return self.printed.getvalue().splitlines()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Run the supervisor until the condition holds."""
        assert self.supervisor.wait_for(condition, seconds=SECONDS, what="the test's condition")

    def wait_for_line(self, text: str, *, count: int = 1) -> None:
        """Wait until so many lines contain the text."""
        self.wait_until(lambda: sum(text in line for line in self.lines) >= count)

    def shell(self, name: str, script: str, *, stage: int = 0, stop_seconds: float = 5.0) -> Program:
        """Program that is a line of shell."""
        return Program(
            name=name,
            command=("/bin/sh", "-c", script),
            environment={"PATH": "/usr/bin:/bin"},
            folder=self.folder,
            stop_seconds=stop_seconds,
            stage=stage,
        )


def python_part(script: str, *, folder: Path, name: str = "part") -> Program:
    """Program that is a Python script."""
    return Program(name=name, command=(sys.executable, "-c", script), environment={"PATH": "/usr/bin:/bin"}, folder=folder)


def wait_gone(pids: list[int], *, seconds: float = 60.0) -> None:
    """Wait until none of the processes runs."""
    deadline = time.monotonic() + seconds
    while any(process_identity(pid) for pid in pids):
        assert time.monotonic() < deadline, f"{[pid for pid in pids if process_identity(pid)]} still run"
        time.sleep(0.02)
