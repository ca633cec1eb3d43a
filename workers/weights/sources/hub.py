"""Weights from a model hub: one file at one address, resumed where an earlier try stopped."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workers.weights.sources.base import SourceError, Workspace

TIMEOUT_SECONDS: Final = 30.0
ATTEMPTS: Final = 4
"""A dropped connection goes on from where it was; this many drops in a row without a byte end the try."""

PAUSE_SECONDS: Final = 0.5
BUSY: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file at an address that names a fixed revision."""

    url: str

    @property
    def label(self) -> str:
        return self.url

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Downloads what target lacks."""
        workspace.progress.begin(self.url.rsplit("/", 1)[-1], size_bytes=size_bytes)
        if _size(target) > size_bytes:
            target.unlink()
        failures = 0
        while (before := _size(target)) < size_bytes:
            reason = _download_rest(self.url, target=target, workspace=workspace)
            failures = 0 if _size(target) > before else failures + 1
            if failures >= ATTEMPTS:
                raise SourceError(reason or f"{self.url} ended early")
            if reason:
                time.sleep(PAUSE_SECONDS)
        if before > size_bytes:
            raise SourceError(f"{self.url} has more than the {size_bytes} bytes that were expected")


def _download_rest(url: str, *, target: Path, workspace: Workspace) -> str:
    """Appends to target; the reason where the connection broke, an empty string where the server was done."""
    import httpx

    start = _size(target)
    # A body that is compressed on its way would break the count that a resumed download starts from.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=TIMEOUT_SECONDS) as response:
            if response.status_code in BUSY:
                return f"{url} answers {response.status_code}"
            if response.status_code not in {200, 206}:
                raise SourceError(f"{url} answers {response.status_code}")
            _write(target, response, start=start, workspace=workspace)
    except httpx.HTTPError as error:
        return f"{url} cannot be read: {error or type(error).__name__}"
    return ""


def _write(target: Path, response: Any, *, start: int, workspace: Workspace) -> None:
    # A server that knows no ranges answers 200 with the whole file, and one may answer with another range than was asked for.
    goes_on = response.status_code == 206 and response.headers.get("content-range", "").startswith(f"bytes {start}-")
    if response.status_code == 206 and start and not goes_on:
        raise SourceError(f"{response.url} answers with another range than was asked for")
    done = start if goes_on else 0
    with target.open("ab" if goes_on else "wb") as sink:
        for block in response.iter_raw():
            sink.write(block)
            done += len(block)
            workspace.progress.set_done(done)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
