"""Real Chromium, driven over a pipe by its own protocol; every complaint is recorded."""

import base64
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
ALT, CONTROL, SHIFT = 1, 2, 8
KEYS = {
    "Enter": ("Enter", 13), "Tab": ("Tab", 9), "Escape": ("Escape", 27), " ": ("Space", 32), "Backspace": ("Backspace", 8),
    "ArrowLeft": ("ArrowLeft", 37), "ArrowUp": ("ArrowUp", 38), "ArrowRight": ("ArrowRight", 39), "ArrowDown": ("ArrowDown", 40),
    "Home": ("Home", 36), "End": ("End", 35),
}  # fmt: skip
"""Code and number of the keys that print nothing."""
MIDDLE = "(box => [box.x + box.width / 2, box.y + box.height / 2])(document.querySelector(%s).getBoundingClientRect())"
CLICKABLE = """(element => {
    if (!element || element.disabled) return false;
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.width > 0 && top && (element.contains(top) || top.contains(element) && top.tagName === "LABEL");
})(document.querySelector(%s))"""
"""True if a click in the middle of the element reaches it."""


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

    def open(self, url: str, *, until: str = "document.readyState === 'complete'", seconds: float = 60.0) -> None:
        """Open a page and wait until the expression is true."""
        assert "errorText" not in self.call("Page.navigate", url=url)
        self.wait_until(until, seconds=seconds)

    def wait_until(self, expression: str, *, seconds: float = 60.0) -> None:
        """Wait until the expression is true in the page."""
        deadline = time.monotonic() + seconds
        while not self.value(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"{expression} did not come true; {self.complaints}"
            time.sleep(0.05)

    def value(self, expression: str, *, is_gesture: bool = False) -> Any:
        """Value of an expression, awaited if it is a promise. is_gesture: it counts as an action of the user, who may start sound."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=is_gesture)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str, *, seconds: float = 60.0) -> None:
        """Click in the middle of an element with the mouse, once it is visible and nothing lies above it."""
        self.value(f"document.querySelector({json.dumps(selector)})?.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        self.wait_until(CLICKABLE % json.dumps(selector), seconds=seconds)
        x, y = self.value(MIDDLE % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, selector: str, text: str) -> None:
        """Replace what a field holds, as a person who selects all and types."""
        self.value(f"{{ const field = document.querySelector({json.dumps(selector)}); field.focus(); field.select?.(); }}")
        self.call("Input.insertText", text=text)

    def press(self, key: str, *, modifiers: int = 0) -> None:
        """Press a key: `Enter`, `Tab`, `Escape`, `ArrowDown`, ` `, a letter. modifiers: ALT, CONTROL, SHIFT."""
        code, number = KEYS.get(key, (f"Key{key.upper()}", ord(key.upper()[0])))
        text = "" if modifiers & CONTROL else {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        event = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **event)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def set_file(self, selector: str, *paths: Path) -> None:
        """Choose files in a file field."""
        found = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]["objectId"]
        self.call("DOM.setFileInputFiles", objectId=found, files=[str(path) for path in paths])

    def show_as(self, *, width: int = 1440, height: int = 900, theme: str = "light", is_motion_reduced: bool = False) -> None:
        """Size of the page, colour scheme and motion that the person prefers. Below 600 pixels it is a phone."""
        is_phone = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
        features = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce" if is_motion_reduced else "no-preference"}
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in features.items()])

    def screenshot(self, path: Path, *, width: int = 1440, theme: str = "light", is_whole: bool = True) -> None:
        """Write a picture of the page as PNG. is_whole: beyond the first screen, up to 6,000 pixels."""
        self.show_as(width=width, height=844 if width < 600 else 900, theme=theme)
        self.value("document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))")
        clip = {}
        if is_whole:
            height = min(6000, self.value("Math.max(document.documentElement.scrollHeight, innerHeight)"))
            clip = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}, "captureBeyondViewport": True}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **clip)["data"]))

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window: 0 without horizontal scrolling."""
        return int(self.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def set_cookie(self, url: str, *, name: str, value: str) -> None:
        """Give the browser a cookie of a site, such as that of a session which a test opened."""
        self.call("Network.setCookie", url=url, name=name, value=value)

    def download_to(self, folder: Path) -> None:
        """Store what pages download in this folder, under the names that they suggest."""
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

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
        reported = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and reported["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(f"{reported['entry']['source']}: {reported['entry']['text']} {reported['entry'].get('url', '')}")
        elif message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(reported["exceptionDetails"]))
        return message


@contextlib.contextmanager
def browser(*, microphone: Path | None = None) -> Iterator[Browser]:
    """Start a browser with its own profile. microphone: WAV file that its microphone hears, again and again; pages may use it unasked."""
    assert PROGRAM is not None, "Chromium is needed: install the package chromium"
    read_by_it, to_browser = os.pipe()
    from_browser, written_by_it = os.pipe()
    profile = tempfile.mkdtemp(prefix="ttsai-browser-")
    # The protocol's pipe is descriptors 3 and 4 of the browser, where this small program puts ours.
    place = f"import os, sys; os.dup2({read_by_it}, 3); os.dup2({written_by_it}, 4); os.execv(sys.argv[1], sys.argv[1:])"
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    if microphone is not None:
        options += [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        ]
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
