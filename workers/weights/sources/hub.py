"""Weights over HTTP by the client of huggingface-hub: a file of a hub's fixed revision, or any other address."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

from workers.weights.sources.base import Progress, SourceError, Workspace

if TYPE_CHECKING:
    from huggingface_hub import HfApi

HUB_VARIABLE: Final = "TTSAI_HUB"
"""Address of a mirror that speaks the hub's protocol."""
HUB: Final = "https://huggingface.co"
HEADERS: Final = {"user-agent": "ttsai", "accept-encoding": "identity"}
"""Headers without a token and without facts about this machine; a body compressed on its way would break the count that a resumed download starts from."""
BUSY: Final = frozenset({500, 502, 503, 504})
"""Statuses after which the same request may succeed. The client itself waits after 429."""
ATTEMPTS: Final = 4
"""Interruptions in a row without a new byte that end a download."""
PAUSE_SECONDS: Final = 0.5
CHUNK_BYTES: Final = 64 << 10
"""A lost connection loses at most this much. The client's 10 MB would never finish over a link that drops more often."""


class InterruptedSourceError(SourceError):
    """A server that is busy or broke off: the same request may succeed."""


@dataclass(frozen=True, slots=True)
class UrlFile:
    """One file at an address."""

    url: str

    @property
    def label(self) -> str:
        return self.url

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Downloads what target lacks. Raises SourceError."""
        workspace.progress.begin(self.url.rpartition("/")[2], size_bytes=size_bytes)
        if _size(target) > size_bytes:
            target.unlink()
        failures = 0
        while True:
            before = _size(target)
            try:
                _download_rest(self.url, target=target, size_bytes=size_bytes, progress=workspace.progress)
            except InterruptedSourceError:
                failures = 0 if _size(target) > before else failures + 1
                if failures >= ATTEMPTS:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository's fixed revision, from the hub that TTSAI_HUB names."""

    repository: str
    """`owner/name`."""
    revision: str
    """Commit, 40 hexadecimal digits."""
    path: str

    @property
    def label(self) -> str:
        """Name of the source in messages."""
        return f"{hub_address()}/{self.repository}/resolve/{self.revision}/{self.path}"

    def fetch(self, target: Path, *, size_bytes: int, workspace: Workspace) -> None:
        """Downloads what target lacks. Raises SourceError."""
        UrlFile(self.label).fetch(target, size_bytes=size_bytes, workspace=workspace)


def hub_address() -> str:
    """Address of the hub, without a slash at its end."""
    return (os.environ.get(HUB_VARIABLE) or HUB).rstrip("/")


def hub_api() -> "HfApi":
    """The hub's API, without a token."""
    _import_client()
    from huggingface_hub import HfApi

    return HfApi(endpoint=hub_address(), token=False, headers=HEADERS)


@contextmanager
def translate_client_errors(url: str) -> Iterator[None]:
    """Raises the client's errors as SourceError (InterruptedSourceError), in one line. Errors of the disk pass."""
    _import_client()
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise (InterruptedSourceError if status in BUSY else SourceError)(f"{url} answers {status}") from error
    except OfflineModeIsEnabled as error:
        raise SourceError(f"{url} is not read: HF_HUB_OFFLINE is set") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        # The client itself tries again after other errors of the connection.
        kind = InterruptedSourceError if isinstance(error, httpx2.ReadError | httpx2.WriteError) else SourceError
        raise kind(f"{url} cannot be read: {str(error).strip() or type(error).__name__}") from error


def _download_rest(url: str, *, target: Path, size_bytes: int, progress: Progress) -> None:
    """Append to target until it has `size_bytes`. `hf_hub_download` is not used, since a later process cannot resume its downloads."""
    _import_client()
    from huggingface_hub.file_download import http_get

    bar = cast("Any", partial(_Bar, progress))
    try:
        with translate_client_errors(url), target.open("ab") as sink:
            http_get(url, sink, resume_size=_size(target), headers=HEADERS, expected_size=size_bytes, tqdm_class=bar)
    except OSError as error:
        if error.errno is not None:  # the disk's
            raise
        if _size(target) > size_bytes:
            raise SourceError(f"{url} has more than the {size_bytes} bytes that were expected") from error
        raise InterruptedSourceError(f"{url} ended early") from error
    finally:
        if size_bytes and not _size(target):  # an empty file would count as the beginning of a download
            target.unlink(missing_ok=True)


class _Bar:
    """Progress in the shape of tqdm, as the client wants it."""

    def __init__(self, progress: Progress, *, initial: int = 0, **_: object) -> None:
        self._progress = progress
        self._done_bytes = initial

    def update(self, more_bytes: int) -> None:
        """Counts bytes that have arrived; negative when a download starts again."""
        self._done_bytes += more_bytes
        self._progress.set_done(self._done_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Do nothing: there is no connection to close."""


def _import_client() -> None:
    """Imports the client without its telemetry, in small chunks, and with its log silent: our errors say why in one line."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants
    from huggingface_hub.utils import logging as client_logging

    constants.DOWNLOAD_CHUNK_SIZE = CHUNK_BYTES
    client_logging.set_verbosity(logging.CRITICAL)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
