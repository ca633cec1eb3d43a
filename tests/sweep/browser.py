"""Real Chromium, driven over a pipe by its own protocol; every complaint is recorded."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
STARTING_SECONDS = 60.0


class Browser:
    """One page. Complaints are policy violations, script errors and failed loads."""

    def __init__(self, *, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, os.fdopen(from_browser, "rb", buffering=0)
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def open(self, url: str, *, until: str = "document.readyState === 'complete'", seconds: float = 30.0) -> None:
        """Open a page and wait until the expression is true."""
        assert "errorText" not in self.call("Page.navigate", url=url)
        self.wait_until(until, seconds=seconds)

    def wait_until(self, expression: str, *, seconds: float = 30.0) -> None:
        """Wait until the expression is true in the page."""
        deadline = time.monotonic() + seconds
        while not self.value(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"{expression} did not come true; {self.complaints}"
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def close(self) -> None:
        """Close the pipe."""
        self._from.close()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = self._from.read(1 << 16)
            assert more, "the browser ended"
            self._buffer += more
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        told = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and told["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(f"{told['entry']['source']}: {told['entry']['text']} {told['entry'].get('url', '')}")
        elif message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        return message


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with its own profile."""
    assert PROGRAM is not None
    read_by_it, to_browser = os.pipe()
    from_browser, written_by_it = os.pipe()
    profile = tempfile.mkdtemp(prefix="ttsai-browser-")
    # The protocol's pipe is descriptors 3 and 4 of the browser, where this small program puts ours.
    place = f"import os, sys; os.dup2({read_by_it}, 3); os.dup2({written_by_it}, 4); os.execv(sys.argv[1], sys.argv[1:])"
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        [sys.executable, "-c", place, PROGRAM, *options],
        pass_fds=(read_by_it, written_by_it),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": profile},
        start_new_session=True,
    )
    os.close(read_by_it)
    os.close(written_by_it)
    page = Browser(to_browser=to_browser, from_browser=from_browser)
    try:
        yield page
    finally:
        os.close(to_browser)  # without its pipe it ends by itself
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        page.close()
        shutil.rmtree(Path(profile), ignore_errors=True)
