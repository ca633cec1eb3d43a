"""Real OpenAI-compatible HTTP server with scripted responses."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Exchange(BaseHTTPRequestHandler):
    """Request handler that writes responses."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets, and a client acknowledges the first one up to 40 ms late
    kept: "ChatHTTP"

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Send a complete response of known length."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.kept.requests.append(Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        try:
            respond = self.kept.script.pop(0) if self.kept.script else self.kept.otherwise
            respond(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


Respond = Callable[[Exchange, dict[str, Any]], None]


def says(text: str | None, *, finish_reason: str = "stop") -> Respond:
    """Completion with this content."""

    def respond(exchange: Exchange, body: dict[str, Any]) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
        exchange.answer(200, json.dumps({"id": "c", "object": "chat.completion", "model": body["model"], "choices": [choice]}).encode())

    return respond


def refuses(status: int, *, body: bytes = b"{}", **headers: str) -> Respond:
    """Response with this status."""
    return lambda exchange, _: exchange.answer(status, body, **headers)


@dataclass
class ChatHTTP:
    """Answers by its script, then with its default."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    script: list[Respond] = field(default_factory=list)
    otherwise: Respond = field(default_factory=lambda: says("Fine."))
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def chat_http() -> Iterator[ChatHTTP]:
    """Server on a free loopback port; `url` is its base, with the version."""
    kept = ChatHTTP()
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Exchange,), {"kept": kept}))
    http.daemon_threads = True
    kept.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        kept.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join()
