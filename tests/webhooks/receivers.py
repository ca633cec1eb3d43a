"""Webhook receiver of a customer: real HTTP on 127.0.0.1, well or badly behaved."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


class Receiver(ThreadingHTTPServer):
    """Records what it receives, and answers as configured."""

    daemon_threads = True
    request_queue_size = 128
    """Connections that may arrive at once: with the usual five, the kernel drops some, and they are tried again seconds later."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.status = 200
        self.answer = b"heard"
        self.location = ""
        """Target of the redirect."""
        self.pause_seconds = 0.0
        """Pause before the response."""
        self.drip_seconds = 0.0
        """Pause between the bytes of the response, including its headers."""
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.methods: list[str] = []
        self.is_over = threading.Event()

    @property
    def address(self) -> str:
        """Address for TTSAI_OUTBOUND_ALLOW."""
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/hook"

    @property
    def message_ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """Received messages, each verified as a customer would."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.received]

    def wait_for(self, count: int, *, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while len(self.received) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.received)} of {count} webhooks came within {seconds} s")
            time.sleep(0.02)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver for the test."""
    server = Receiver(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(length := int(self.headers["Content-Length"]))
        if len(body) < length:  # its sender died
            self.close_connection = True
            return
        self.server.methods.append(self.command)
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.is_over.wait(self.server.pause_seconds)
        location = f"Location: {self.server.location}\r\n" if self.server.location else ""
        head = f"HTTP/1.1 {self.server.status} Whatever\r\n{location}Content-Length: {len(self.server.answer)}\r\n\r\n"
        try:
            self._write(head.encode() + self.server.answer)
        except OSError:
            self.close_connection = True  # the platform had enough

    def _write(self, answer: bytes) -> None:
        if not self.server.drip_seconds:
            self.wfile.write(answer)
            return
        for byte in answer:
            self.wfile.write(bytes([byte]))
            if self.server.is_over.wait(self.server.drip_seconds):
                return

    def log_message(self, *_: object) -> None:
        pass
