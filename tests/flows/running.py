"""Separate platform started by `ttsai up`, for tests and benchmarks to use and to harm."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.servers import free_port
from ttsai.supervisor.program import LAUNCHER, SAME_USER

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("ttsai"))
READY_SECONDS = 120.0
PARTS = {
    "web": "ttsai.web",
    "platform": "ttsai.celery",
    "engine": "-m workers",
    "valkey": "valkey",
    "postgres": "postgres",
}
"""Text in the command line of each process of the platform."""


def tied_to_this_process() -> list[str]:
    """Command prefix that sends Ctrl-C when this process dies, however it dies: no platform outlives its test run."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(int(signal.SIGINT)), str(os.getpid()), SAME_USER]


_started: "list[RunningPlatform]" = []


def stop_platforms() -> None:
    """Stop every platform that this process has started and that still runs: an idle one takes 7% of a core.

    Each ends well at Ctrl-C and leaves no process behind.
    """
    while _started:
        platform = _started.pop()
        if platform.process is None:
            continue
        children = psutil.Process(platform.process.pid).children(recursive=True)
        status = platform.stop()
        _, left = psutil.wait_procs(children, timeout=60)
        assert (status, left) == (0, []), platform.log.read_text()[-4000:]


@dataclass
class RunningPlatform:
    """Running `ttsai up` with a home of its own."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "up.log"

    def start(self) -> "RunningPlatform":
        """Start everything and wait until a speech request would be served."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*tied_to_this_process(), COMMAND, "up"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _started.append(self)
        self.wait_until_ready()
        return self

    def wait_until_ready(self, *, seconds: float = READY_SECONDS) -> None:
        """Wait until the web process answers and a worker has announced its engines."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise RuntimeError(f"ttsai up ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
            try:
                answer = httpx.get(f"{self.url}/v1/health/", timeout=5)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200 and answer.json()["status"] == "online":
                return
            time.sleep(0.1)
        raise TimeoutError(f"not ready after {seconds:.0f} s:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> int:
        """Send Ctrl-C and return the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=60)
        self.process = None
        return status

    def manage(self, *arguments: str) -> str:
        """Run Django's command line against this platform; returns its standard output."""
        return self.command(*arguments, program=(sys.executable, "manage.py"))

    def command(self, *arguments: str, program: Sequence[str] = (COMMAND,)) -> str:
        """Run the `ttsai` command line, or another program, against this platform; returns its standard output."""
        done = subprocess.run([*program, *arguments], cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join([*program, *arguments])} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def key(self, email: str, *, plan: str = "pro", credits_: float = 1000, **limits: int) -> str:
        """Create a key, and its account if needed. Needs Django, as every test has it."""
        from tests.flows.keys import create_key

        return create_key(self.instance()["database_url"], email=email, plan=plan, credits_=credits_, **limits)

    def key_by_command(self, email: str, *, credits_: float, **limits: int) -> str:
        """Create a key on plan pro by the command line, for programs without Django, such as the benchmark."""
        options = [item for name, value in limits.items() for item in (f"--{name.replace('_', '-')}", str(value))]
        return self.command("keys", "create", "--email", email, "--plan", "pro", "--credits", str(credits_), *options).strip()

    def client(self, key: str | None = None) -> httpx.Client:
        """An HTTP client of this platform, with a key or anonymous."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=180)

    def instance(self) -> dict[str, Any]:
        """Contents of the file that `ttsai up` wrote for the command line: server addresses."""
        return dict(json.loads((self.home / "run" / "instance.json").read_text()))

    def pids(self, part: str) -> list[int]:
        """Process ids of one part of the platform, oldest first."""
        if self.process is None:
            return []
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                line = " ".join(child.cmdline())
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            if PARTS[part] in line and not re.search(r"postgres: ", line):
                found.append((child.create_time(), child.pid))
        return [pid for _, pid in sorted(found)]

    def kill(self, part: str) -> None:
        """Send SIGKILL to the processes of one part of the platform."""
        pids = self.pids(part)
        assert pids, f"no process of {part} runs"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        """Stop (SIGSTOP) the processes of one part with their children within the block."""
        parents = [psutil.Process(pid) for pid in self.pids(part)]
        processes = [process for parent in parents for process in (parent, *parent.children(recursive=True))]
        try:
            for process in processes:
                process.suspend()
            yield
        finally:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LC_ALL", "TTSAI_MODELS", "TMPDIR"}}
        return {
            **inherited,
            "TTSAI_HOME": str(self.home),
            "PORT": str(self.port),
            "PYTHONWARNINGS": "default",
            "TTSAI_CLONE_FIT": "off",  # a fit takes minutes of CPU time: the likeness is the voice
            "TTSAI_CLONE_WARM_UP": "off",
            "TTSAI_STATUS_JOB_SECONDS": "0",  # no jobs but those of the tests
            "TTSAI_CACHE": "off",  # most tests speak the same sentences again and again; a plan may switch it on
            **self.environment,
        }
