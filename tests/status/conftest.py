"""Fresh platform, and an API that answers the probe of the web process."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from apps.status.services.kept_status import forget_shown
from tests.factories import AnonymousPlanFactory
from tests.fresh_state import fresh_state


class _Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez/" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def alive() -> Iterator[str]:
    """URL of a server that is alive."""
    server = HTTPServer(("127.0.0.1", 0), _Alive)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path, alive: str) -> Iterator[None]:
    settings.TTSAI_STATUS_URL = alive
    with fresh_state(settings, tmp_path):
        AnonymousPlanFactory()
        forget_shown()
        yield
        forget_shown()
