"""Model hub on this machine: ranges, and typical failures."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    """The server's files, its faults, and the requests it received."""

    files: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    cut_after_bytes: int = 0
    """Number of bytes after which every response is cut off; 0 for whole responses."""
    resets: int = 0
    """Number of responses that end with a reset connection half way, as behind a broken proxy."""
    knows_ranges: bool = True
    failures: int = 0
    """Number of initial responses with 503."""
    ranges: list[str] = field(default_factory=list)
    """The Range header of every request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """All headers of every request, with names in lower case."""
    pause: threading.Event | None = None
    """Event that responses wait for."""

    def url(self, name: str) -> str:
        """The address of a file."""
        return f"http://127.0.0.1:{self.port}/{name}"


@contextmanager
def running_hub() -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, hub)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(request: BaseHTTPRequestHandler, hub: Hub) -> None:
    asked = request.headers.get("Range", "")
    hub.ranges.append(asked)
    hub.headers.append({name.lower(): value for name, value in request.headers.items()})
    if hub.pause:
        hub.pause.wait(10)
    if hub.failures:
        hub.failures -= 1
        request.send_error(503)
        return
    body = hub.files.get(request.path.partition("?")[0].lstrip("/"))
    if body is None:
        request.send_error(404)
        return
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and hub.knows_ranges else 0
    rest = body[start:]
    request.send_response(206 if start else 200)
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    request.send_header("Content-Length", str(len(rest)))
    request.end_headers()
    if hub.resets:
        hub.resets -= 1
        request.wfile.write(rest[: len(rest) // 2])
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.connection.close()
        return
    request.wfile.write(rest[: hub.cut_after_bytes or None])
    request.close_connection = True
