"""The child process of a fit: progress, cancelling, failures, the end of its parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workers.cloning.child import FitProgress, compile_functions, run_fit
from workers.contract.errors import WorkError
from workers.parts import PartStoppedError

PROGRAM = "tests.workers.cloning.fit_programs"


def is_alive(pid: int) -> bool:
    """True for a process that runs; False for a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_dead(pid: int, *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def test_progress_lines_are_passed_on_and_other_lines_ignored(tmp_path: Path) -> None:
    seen: list[FitProgress] = []
    run_fit(folder(tmp_path, "finishing"), check=lambda: None, on_progress=seen.append, program=PROGRAM)
    assert seen == [FitProgress("fitting", done, 2) for done in range(3)]


def test_a_stopped_part_ends_its_child(tmp_path: Path) -> None:
    place = folder(tmp_path, "sleeping")

    def check() -> None:
        if (place / "pid").exists():
            raise PartStoppedError

    with pytest.raises(PartStoppedError):
        run_fit(place, check=check, program=PROGRAM)
    assert not is_alive(int((place / "pid").read_text()))


def test_a_child_without_memory_makes_the_part_fail_as_out_of_memory(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="needs more memory") as caught:
        run_fit(folder(tmp_path, "failing"), check=lambda: None, program=PROGRAM)
    assert caught.value.is_retryable


def test_a_killed_child_makes_the_part_fail_with_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=f"ended unexpectedly: exit code {-signal.SIGKILL}"):
        run_fit(folder(tmp_path, "killed"), check=lambda: None, program=PROGRAM)


def test_a_fit_ends_the_compiling_that_runs_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(compile_functions(program=PROGRAM)))
    thread.start()
    deadline = time.monotonic() + 60
    while not (tmp_path / "compiling").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run_fit(folder(tmp_path, "finishing"), check=lambda: None, program=PROGRAM)
    thread.join(60)
    assert codes == [-signal.SIGKILL]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at a parent's death is Linux's")
def test_a_child_ends_when_its_worker_is_killed(tmp_path: Path) -> None:
    place = folder(tmp_path, "sleeping")
    code = f"from pathlib import Path; from workers.cloning.child import run_fit; run_fit(Path({str(place)!r}), check=lambda: None, program={PROGRAM!r})"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
    deadline = time.monotonic() + 60
    while not (place / "pid").exists() or not (place / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_until_dead(int((place / "pid").read_text()))
