"""Launcher: the user of the command, and its end with the supervisor."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ttsai.supervisor.parts import wait_gone
from ttsai.supervisor import launch
from ttsai.supervisor.program import LAUNCHER


def launched(user: str, *command: str, parent: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command through the launcher."""
    arguments = ["9", str(parent or os.getpid()), user, *command]
    return subprocess.run([sys.executable, "-I", "-S", str(LAUNCHER), *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_the_command_gets_its_arguments_and_its_exit_code_counts() -> None:
    done = launched("same", "sh", "-c", 'printf "%s|" "$@"; exit 7', "sh", "two words", "")
    assert (done.stdout, done.returncode) == ("two words||", 7)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root leaves root behind")
def test_root_appears_as_user_1000_in_a_namespace() -> None:
    done = launched("namespace", "sh", "-c", "id -u; id -g")
    if done.returncode:
        pytest.skip("this machine refuses user namespaces")
    assert done.stdout.split() == ["1000", "1000"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_root_becomes_another_user_without_its_groups() -> None:
    assert launched("65534:65534", "sh", "-c", "id -u; id -g; id -G").stdout.split() == ["65534", "65534", "65534"]


def test_a_command_whose_parent_is_gone_already_does_not_start() -> None:
    assert launched("same", "echo", "started", parent=1).returncode == -signal.SIGKILL


WATCHER = """
import os, sys
sys.path.insert(0, sys.argv[1])
import launch
launch.watch(["sh", "-c", "trap 'echo told; exit 5' TERM; echo $$; while :; do sleep 0.02; done"], parent=os.getppid(), signal_number=9)
"""


def watcher() -> subprocess.Popen[str]:
    """Launcher for kernels without a parent-death signal."""
    folder = str(Path(launch.__file__).parent)
    return subprocess.Popen([sys.executable, "-c", WATCHER, folder], stdout=subprocess.PIPE, text=True)


def test_the_watcher_passes_signals_on_and_ends_like_its_command() -> None:
    with watcher() as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        assert process.stdout.readline() == "told\n"
        assert process.wait(5) == 5


def test_watcher_stops_its_command_when_the_parent_exits(tmp_path: Path) -> None:
    script = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {WATCHER!r}, {str(Path(launch.__file__).parent)!r}])\ntime.sleep(100)"
    with (tmp_path / "out").open("w") as out:
        parent = subprocess.Popen([sys.executable, "-c", script], stdout=out)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    wait_gone([int((tmp_path / "out").read_text())])
