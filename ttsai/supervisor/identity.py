"""Identity of a recorded process: process ids are reused."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

POLL_SECONDS: Final = 0.02
PROC: Final = Path("/proc")


def process_identity(pid: int) -> str | None:
    """Identity that distinguishes a process from every other with the same id; None if it does not exist or is a zombie."""
    if not PROC.joinpath("self", "stat").exists():
        return _identity_by_ps(pid)
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if state in {"Z", "X"} else f"{boot} {fields[18]}"  # field 22 of proc(5): when it started, in ticks since the boot


def command_line(pid: int) -> list[str]:
    """Command line of a process; empty if it is gone or hidden."""
    try:
        return [os.fsdecode(word) for word in (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")]
    except OSError:
        return []


def end_process(pid: int, known: str, *, signal_number: int, seconds: float) -> None:
    """Signal the process if it still is the known one, wait, and kill it if it does not exit."""
    for number, patience in ((signal_number, seconds), (signal.SIGKILL, seconds)):
        if process_identity(pid) != known:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while process_identity(pid) == known and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _identity_by_ps(pid: int) -> str | None:
    found = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = found.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
