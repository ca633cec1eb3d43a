"""Keeps programs running: prints their output, restarts those that die, stops all in order.

While the instance starts, a program that keeps dying ends it and its last output is shown. Afterwards no program ends the others: restarts
are delayed more and more, and what it needs may come back (disk space, for example).
"""

import select
import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.orphans import write_record
from ttsai.supervisor.output import Log
from ttsai.supervisor.program import Child, Program, spawn

DEATHS_ALLOWED: Final = 5
DEATHS_SECONDS: Final = 60.0
PAUSES_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses before the first, second, … restart of a program that died recently; the last applies to all further ones."""

POLL_SECONDS: Final = 0.5
"""Longest delay until an exit is noticed if another process holds the program's pipe open; every other event wakes the loop."""
SILENT_POLL_SECONDS: Final = 0.02

KILLED_SECONDS: Final = 5.0


@dataclass(slots=True)
class _SupervisedProgram:
    program: Program
    child: Child | None = None
    restart_at: float | None = None
    deaths: deque[float] = field(default_factory=deque)
    last_lines: tuple[str, ...] = ()
    last_code: int = 0


class Supervisor:
    """Used from one thread: the kernel ties a child's life to the thread that started it."""

    def __init__(self, *, log: Log, record: Path) -> None:
        self._log = log
        self._record = record
        self._parts: list[_SupervisedProgram] = []
        self._stops_asked = 0
        self._woken: socket.socket | None = None

    @property
    def is_stopping(self) -> bool:
        """True if a stop was requested, or nobody reads the output any more."""
        return self._stops_asked > 0 or self._log.is_broken

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Context in which SIGINT, SIGTERM and SIGHUP request a stop; a second signal kills the programs at once."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
            numbers.append(signal.SIGHUP)
        known = {number: signal.signal(number, self._ask_to_stop) for number in numbers}
        waker, self._woken = socket.socketpair()
        waker.setblocking(False)  # noqa: FBT003 (its only parameter)
        wakeup = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            waker.close()
            self._woken.close()
            self._woken = None
            for number, handler in known.items():
                signal.signal(number, handler)

    def start(self, program: Program) -> None:
        part = _SupervisedProgram(program)
        self._parts.append(part)
        self._spawn(part)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float, what: str) -> bool:
        """Wait for a condition; False if a stop was requested. Raises InstanceError on timeout or if a program keeps dying."""
        deadline = time.monotonic() + seconds
        while not self.is_stopping:
            if condition():
                return True
            self._check_crash_loop()
            if time.monotonic() > deadline:
                raise InstanceError("not_ready", f"{what} was not ready after {seconds:.0f} s")
            self.pump(0.05)
        return False

    def run_once(self, program: Program, *, seconds: float) -> bool:
        """Run a program to its end while the others run; False if a stop was requested. Raises InstanceError if it fails."""
        child = spawn(program)
        deadline = time.monotonic() + seconds
        while child.process.poll() is None and not self.is_stopping and time.monotonic() < deadline:
            self.pump(0.1, also=child)
            self._check_crash_loop()
        self._print(child, child.read_rest())
        code = child.process.poll()
        if code is None:
            self._kill(child)
        child.close()
        if self.is_stopping:
            return False
        if code != 0:
            reason = "took too long" if code is None else f"ended with {code}"
            raise InstanceError("part_failed", f"{program.name} {reason}: {_last_output(tuple(child.last_lines))}")
        return True

    def run(self) -> None:
        """Keep the programs running until a stop is requested."""
        while not self.is_stopping:
            self.pump(POLL_SECONDS)

    def pump(self, seconds: float, *, also: Child | None = None) -> None:
        """Wait for output or exits for at most so long, and handle what is due."""
        children = [part.child for part in self._parts if part.child] + ([also] if also else [])
        readable = {child.descriptor: child for child in children if not child.is_silent}
        if len(readable) < len(children):
            seconds = min(seconds, SILENT_POLL_SECONDS)  # the end of a child's output comes a moment before its own
        woken = {self._woken.fileno(): self._woken} if self._woken else {}
        found, _, _ = select.select([*woken, *readable], [], [], min(seconds, self._seconds_to_restart()))
        for descriptor in found:
            if descriptor in readable:
                self._read(readable[descriptor])
            else:
                woken[descriptor].recv(4096)
        for part in self._parts:
            self._check_part(part)

    def stop(self) -> None:
        """Stop all programs, the highest stage first, those of one stage together, each in bounded time."""
        asked = self._stops_asked
        for stage in sorted({part.program.stage for part in self._parts}, reverse=True):
            stopping = [part for part in self._parts if part.program.stage == stage]
            for part in stopping:
                part.restart_at = None
                if part.child:
                    part.child.signal(part.program.stop_signal)
            asked_at = time.monotonic()
            for part in stopping:
                if part.child:
                    self._await_end(part.child, deadline=asked_at + part.program.stop_seconds, is_hurried=lambda: self._stops_asked > asked)
                    part.child = None
        self._parts.clear()
        self._record.unlink(missing_ok=True)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._stops_asked += 1

    def _spawn(self, part: _SupervisedProgram) -> None:
        part.restart_at = None
        try:
            part.child = spawn(part.program)
            write_record(self._record, [other.child for other in self._parts if other.child])
        except OSError as error:  # no room on the disk for the record, no memory for a process
            self._log.say(f"{part.program.name}: {error.strerror or error}")
            if part.child is None:
                part.restart_at = time.monotonic() + PAUSES_SECONDS[-1]

    def _read(self, child: Child) -> None:
        lines = child.read_lines()
        if lines is None:
            child.is_silent = True
        else:
            self._print(child, lines)

    def _print(self, child: Child, lines: list[str]) -> None:
        for line in lines:
            self._log.line(child.program.name, line)

    def _check_part(self, part: _SupervisedProgram) -> None:
        if part.child and part.child.process.poll() is not None:
            self._handle_exit(part, part.child)
        elif part.restart_at is not None and time.monotonic() >= part.restart_at:
            self._log.say(f"restarting {part.program.name}")
            self._spawn(part)

    def _handle_exit(self, part: _SupervisedProgram, child: Child) -> None:
        """Record an exit and schedule the restart."""
        self._print(child, child.read_rest())
        child.signal_group(signal.SIGKILL)  # what it left behind
        child.close()
        part.child, part.last_lines = None, tuple(child.last_lines)
        now = time.monotonic()
        part.deaths.append(now)
        while part.deaths[0] < now - DEATHS_SECONDS:
            part.deaths.popleft()
        part.last_code = child.process.returncode
        pause = PAUSES_SECONDS[min(len(part.deaths), len(PAUSES_SECONDS)) - 1]
        part.restart_at = now + pause
        self._log.say(f"{part.program.name} ended with {_describe(part.last_code)}; restarting in {pause:g} s")

    def _check_crash_loop(self) -> None:
        """Raise InstanceError if a program keeps dying."""
        for part in self._parts:
            if len(part.deaths) >= DEATHS_ALLOWED:
                times = f"{part.program.name} ended {len(part.deaths)} times within {DEATHS_SECONDS:.0f} s"
                message = f"{times}, the last time with {_describe(part.last_code)}: {_last_output(part.last_lines)}"
                raise InstanceError("part_keeps_dying", message)

    def _seconds_to_restart(self) -> float:
        due = [part.restart_at for part in self._parts if part.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else POLL_SECONDS

    def _await_end(self, child: Child, *, deadline: float, is_hurried: Callable[[], bool]) -> None:
        """Wait for a stopping child, and kill it after the timeout."""
        while child.process.poll() is None and time.monotonic() < deadline and not is_hurried():
            self._drain(child)
        if child.process.poll() is None:
            self._log.say(f"{child.program.name} does not stop; killing it")
            self._kill(child)
        child.signal_group(signal.SIGKILL)  # what it left behind
        self._print(child, child.read_rest())
        child.close()

    def _drain(self, stopping: Child) -> None:
        """Read the output of all programs while one of them stops: a full pipe would block it."""
        readable = {part.child.descriptor: part.child for part in self._parts if part.child and not part.child.is_silent}
        # Its end shows as the end of its output, unless it closed that before.
        found, _, _ = select.select(list(readable), [], [], SILENT_POLL_SECONDS if stopping.is_silent else 0.1)
        for descriptor in found:
            self._read(readable[descriptor])

    def _kill(self, child: Child) -> None:
        child.signal_group(signal.SIGKILL)
        child.process.wait(KILLED_SECONDS)


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _last_output(lines: tuple[str, ...]) -> str:
    return " / ".join(lines[-3:]) or "it said nothing"
