"""Real server with its own stores, and its users."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from apps.core.storage import get_storage
from apps.uploads.threads import forget_threads
from tests.uploads.people import Person, person
from tests.web.shell import running_shell
from tests.workers.audio.probe.recordings import record


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """TTSAI_HOME: spooled bytes lie below tmp/, without a name."""
    settings.TTSAI_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture
def objects(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The object store."""
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    yield tmp_path / "objects"
    get_storage.cache_clear()


@pytest.fixture
def server(transactional_db: None, settings: Any, home: Path, objects: Path) -> Iterator[str]:
    settings.ROOT_URLCONF = "tests.uploads.urls"
    settings.TTSAI_WEB_THREADS = 2
    settings.TTSAI_INTAKE_THREADS = settings.TTSAI_FETCHES = 4
    forget_threads()
    with running_shell() as shell:
        yield shell.url
    forget_threads()
    connections.close_all()


@pytest.fixture
def owner(server: str) -> Person:
    return person(server)


@pytest.fixture
def colleague(owner: Person) -> Person:
    return person(owner.url, account=owner.account)


@pytest.fixture
def outsider(owner: Person) -> Person:
    return person(owner.url)


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("song") / "song", "mp3", seconds=2.0).read_bytes()


@pytest.fixture
def elsewhere(settings: Any) -> Iterator["Elsewhere"]:
    """Foreign server that may be reached."""
    with serving_files() as server:
        settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{server.server_port}"]
        yield server


@contextlib.contextmanager
def serving_files() -> Iterator["Elsewhere"]:
    """Run a server of files."""
    server = Elsewhere()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.is_leaving.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Elsewhere(ThreadingHTTPServer):
    """Serves given files; /slow waits until the test is over."""

    request_queue_size = 256
    """Connections that may arrive at once, see tests/webhooks/receivers.py."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.headers: list[dict[str, str]] = []
        """Headers of each request."""
        self.is_leaving = threading.Event()
        self.asked_slowly = threading.Semaphore(0)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.headers.append(dict(self.headers))
        if self.path == "/slow":
            self.server.asked_slowly.release()
            self.server.is_leaving.wait(60)
        content = self.server.files.get(self.path)
        if self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/")
        else:
            self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        pass
