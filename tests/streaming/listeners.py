"""Clients that stream a request in a thread of their own."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import httpx

from tests.flows.following import wait_until


class Listener:
    """One request and what arrived of its response."""

    def __init__(self, url: str, key: str, body: dict[str, Any], *, path: str = "/v1/tts/", idempotency_key: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}", **({"Idempotency-Key": idempotency_key} if idempotency_key else {})}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=120)
        self.request = self.client.build_request("POST", path, json=body)
        self.response = httpx.Response(499, content=b"")
        self.body = b""
        self.error: httpx.HTTPError | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            self.response = self.client.send(self.request, stream=True)
            for data in self.response.iter_raw():
                self.body += data
        except httpx.HTTPError as error:
            self.error = error

    def wait_for(self, count: int) -> None:
        """Wait until so many bytes have arrived."""
        wait_until(lambda: len(self.body) >= count)

    def finish(self) -> bytes:
        """Body of the whole response."""
        self._thread.join(timeout=120)
        assert not self._thread.is_alive()
        return self.body

    def close(self) -> None:
        """Close the connection, in mid-response too."""
        with contextlib.suppress(OSError, KeyError):  # it is over
            self.response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=60)
        self.response.close()
        self.client.close()


Listen = Callable[..., Listener]


@contextmanager
def listeners(url: str, key: str, **body: Any) -> Iterator[Listen]:
    """Starts clients of a server, all with these fields in their bodies; their connections are closed at the end of the block."""
    with ExitStack() as stack:
        yield lambda fields, **options: stack.enter_context(closing(Listener(url, key, {**body, **fields}, **options)))
