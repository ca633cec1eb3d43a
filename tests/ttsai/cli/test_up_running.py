"""`ttsai up` end to end: the printed request works; stop and restart."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port
from tests.ttsai.cli.test_up import TTSAI, up
from ttsai.supervisor.identity import process_identity

pytestmark = pytest.mark.flow
READY_SECONDS = 120.0


@dataclass
class Instance:
    """One home and the output of `ttsai up` in it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> str:
        """Start and wait for the ready line; returns the output so far."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
        environment = {**kept, "TTSAI_MODELS": os.environ["TTSAI_MODELS"], "TTSAI_HOME": str(self.home), "PORT": str(self.port)}
        self.starts += 1
        with self.output.open("wb") as output:
            self.process = subprocess.Popen([TTSAI, "up"], env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + READY_SECONDS
        while "-o hello.mp3" not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        return self.output.read_text()

    def stop(self, number: int) -> int:
        """Send a signal; returns the exit code."""
        assert self.process
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.process = None
        return code

    @property
    def output(self) -> Path:
        """Log file of the last start."""
        return self.home.with_name(f"start-{self.starts}.log")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    instance = Instance(tmp_path / "home", free_port())
    yield instance
    if instance.process:
        instance.stop(signal.SIGTERM)


def processes_of(home: Path) -> list[str]:
    """Command lines of processes that still run in the home."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and process_identity(int(process.name)):
            try:
                text = (process / "cmdline").read_text() + (process / "environ").read_text()
            except OSError:
                continue
            if str(home) in text and int(process.name) != os.getpid():
                found.append(text.replace("\0", " "))
    return found


def paste(output: str, folder: Path) -> bytes:
    """Run the printed curl line; returns the MP3."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    line = next(line for line in output.splitlines() if line.startswith("curl "))
    subprocess.run(["/bin/sh", "-c", line], cwd=folder, check=True, timeout=60)
    return (folder / "hello.mp3").read_bytes()


@pytest.mark.prove
def test_printed_line_speaks_at_the_first_start_and_leaves_nothing_after_ctrl_c(instance: Instance, tmp_path: Path) -> None:
    printed = instance.start()
    key = (instance.home / "secrets" / "demo-key").read_text().strip()
    assert f"Demo key   {key}   (plan pro, 1,000 credits)" in printed
    assert f"http://127.0.0.1:{instance.port}/admin/" in printed
    assert re.search(r"ready in \d+\.\d s", printed)
    audio = paste(printed, tmp_path)
    assert audio[:3] == b"ID3" or audio[0] == 0xFF
    assert len(audio) > 5_000
    second = up(instance.home, port=free_port())
    assert second.returncode == 1
    assert f"already running in {instance.home} at http://127.0.0.1:{instance.port}. " in second.stderr
    assert instance.stop(signal.SIGINT) == 0  # Ctrl-C; other tests stop their platforms by SIGTERM
    assert processes_of(instance.home) == []
    assert not (instance.home / "run" / "instance.json").exists()


@pytest.mark.prove
def test_printed_line_after_a_killed_supervisor_speaks_without_the_key(instance: Instance, tmp_path: Path) -> None:
    instance.start()
    key = (instance.home / "secrets" / "demo-key").read_text().strip()
    assert instance.stop(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while processes_of(instance.home):
        assert time.monotonic() < deadline, processes_of(instance.home)
        time.sleep(0.05)
    again = instance.start()
    assert key not in again
    assert paste(again, tmp_path)
