"""Real worker process, `python -m workers`, for tests to use and to harm."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workers.messages import Platform
from workers.contract.messages import Announcement
from workers.contract.references import Address

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60


@dataclass
class RunningWorker:
    """One worker with the silence engine and a shared folder of its own."""

    folder: Path
    platform: Platform
    broker_url: str
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Output of the worker so far."""
        return (self.folder / "worker.log").read_text()

    def start(self, *, wait: bool = True) -> None:
        """Start the process and wait for its announcement."""
        (self.folder / "objects").mkdir(parents=True, exist_ok=True)
        before = len(self.platform.announcements()) if wait else 0
        environment = {
            **os.environ,
            "TTSAI_BROKER_URL": self.broker_url,
            "TTSAI_WORKER_NAME": "worker-1",
            "TTSAI_ENGINES": "silence",
            "TTSAI_OBJECTS": str(self.folder / "objects"),
            "TTSAI_HOME": str(self.folder / "home"),
            "TTSAI_WORKER_CORES": "2",
            "PYTHONWARNINGS": "error",
            **self.environment,
        }
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "workers"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        if wait:
            self.wait_for_announcements(before + 1)

    def wait_for_announcements(self, count: int, *, seconds: float = READY_SECONDS) -> list[Announcement]:
        """Wait for so many announcements and return them."""
        deadline = time.monotonic() + seconds
        while len(found := self.platform.announcements()) < count:
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                raise RuntimeError(f"{len(found)} of {count} announcements:\n{self.log[-4000:]}")
            time.sleep(0.01)
        return found

    def wait_for_log(self, text: str, *, count: int = 1, seconds: float = 30) -> None:
        """Wait until the log contains the text so often."""
        deadline = time.monotonic() + seconds
        while self.log.count(text) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{text!r} is not in:\n{self.log[-4000:]}")
            time.sleep(0.01)

    def end(self, number: signal.Signals) -> int:
        """Send a signal; returns the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        status = self.process.wait(20)
        self.process = None
        return status

    def read(self, address: Address | None) -> bytes:
        """Read an object below the shared folder."""
        assert address is not None
        return (self.folder / "objects" / address.location).read_bytes()

    def read_json(self, address: Address | None) -> Any:
        """Decode an object below the shared folder."""
        return json.loads(self.read(address))
