"""Small HTTP server as an object store."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workers.contract.references import Address


@dataclass
class ObjectServer:
    """Stores what is PUT, serves it, and fails as often as configured."""

    objects: dict[str, bytes] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    knows_ranges: bool = True

    def address(self, key: str) -> Address:
        """Address at which a worker reads or writes the object."""
        return Address("url", f"{self.url}/{key}?X-Amz-Signature=secret")


def _handler_of(kept: ObjectServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            key = self.path.split("?")[0].lstrip("/")
            kept.requests.append(("GET", key))
            if kept.failures:
                self.answer(kept.failures.pop(0))
            elif key in kept.objects:
                self.give(kept.objects[key], wanted=self.headers["Range"] if kept.knows_ranges else None)
            else:
                self.answer(404)

        def give(self, body: bytes, *, wanted: str | None) -> None:
            if wanted is None:
                self.answer(200, body)
                return
            first, last = (int(edge) for edge in wanted.removeprefix("bytes=").split("-"))
            self.answer(206 if first < len(body) else 416, body[first : last + 1])

        def do_PUT(self) -> None:
            key = self.path.split("?")[0].lstrip("/")
            kept.requests.append(("PUT", key))
            assert "Transfer-Encoding" not in self.headers
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.failures:
                self.answer(kept.failures.pop(0))
            else:
                kept.objects[key] = body
                self.answer(200)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


@contextmanager
def serving() -> Iterator[ObjectServer]:
    """Server on a free loopback port."""
    kept = ObjectServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(kept))
    kept.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
