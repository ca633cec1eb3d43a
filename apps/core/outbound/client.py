"""HTTP client for URLs of clients: the host is resolved once, checked and connected to by number; redirects are followed, size and time
are bounded.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import certifi
import httpcore

from apps.core.outbound.policy import ascii_form, resolve

MAXIMUM_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
CONNECT_SECONDS = 5.0
CHUNK_SECONDS = 10.0
HEAD_BYTES = 1 << 20
"""Bytes allowed beside the body for heads, interim responses (100 Continue) and chunk framing on one connection, which would otherwise be
unbounded.
"""


class OutboundError(Exception):
    """The server could not be reached, was too slow, too large or answered with an error; the message is for the client."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Response: its status and as much of its body as was requested."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    body_bytes: int


class _BoundedStream(httpcore.NetworkStream):
    """Network stream that ends at the deadline and after a number of bytes, however slowly the other side sends: timeouts of single reads
    never add up.
    """

    def __init__(self, stream: httpcore.NetworkStream, *, deadline: float, most_bytes: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._most_bytes = self._bytes_left = most_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        read = self._stream.read(max_bytes, _time_left(self._deadline, most=timeout))
        self._bytes_left -= len(read)
        if self._bytes_left < 0:
            raise httpcore.ReadError("more than an answer needs")
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(self._deadline, most=timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, _time_left(self._deadline, most=timeout))
        return _BoundedStream(inner, deadline=self._deadline, most_bytes=self._most_bytes)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(deadline: float, *, most: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if most is None else min(left, most)


class _GuardedBackend(httpcore.SyncBackend):
    """Opens connections only to addresses that the policy allows, by the number that was checked: no second DNS query, no rebinding."""

    def __init__(self, *, deadline: float, most_bytes: int) -> None:
        super().__init__()
        self._deadline = deadline
        self._most_bytes = most_bytes

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = OSError("no address")
        _time_left(self._deadline, most=None)  # a chain of redirects to slow name servers ends here: a look-up cannot be interrupted
        for number in resolve(host, port):
            try:
                left = _time_left(self._deadline, most=timeout)
                stream = super().connect_tcp(number, port, left, local_address, socket_options)
                return _BoundedStream(stream, deadline=self._deadline, most_bytes=self._most_bytes)
            except httpcore.ConnectError as error:
                problem = error
        raise problem


def send(method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", seconds: float = 10.0, kept_bytes: int = 4096) -> Fetched:
    pieces: list[bytes] = []
    deadline = time.monotonic() + seconds
    with _pool(deadline, most_bytes=kept_bytes) as pool:
        status, answer_headers, count = _exchange(
            pool, method, url, headers=headers, body=body, deadline=deadline, take=pieces.append, most_bytes=kept_bytes
        )
    return Fetched(status, answer_headers, b"".join(pieces)[:kept_bytes], count)


def fetch_to_file(url: str, path: Path, *, most_bytes: int, seconds: float = 60.0) -> Fetched:
    """GET into a file, following and checking redirects. Raises OutboundError (also beyond most_bytes), AddressRefusedError."""
    deadline = time.monotonic() + seconds
    with _pool(deadline, most_bytes=most_bytes) as pool:
        for _ in range(MAXIMUM_REDIRECTS + 1):
            with path.open("wb") as file:
                status, headers, count = _exchange(
                    pool, "GET", url, headers={"Accept": "*/*"}, body=b"", deadline=deadline, take=file.write, most_bytes=most_bytes + 1
                )
            if status in REDIRECTS and "location" in headers:
                url = _followed(url, headers["location"])
                continue
            if status != 200:
                raise OutboundError(f"the address answered with status {status}")
            if count > most_bytes:
                raise OutboundError(f"the file is larger than {most_bytes:,} bytes")
            return Fetched(status, headers, b"", count)
    raise OutboundError(f"the address redirects more than {MAXIMUM_REDIRECTS} times")


@cache
def _trusted() -> ssl.SSLContext:
    """TLS context, cached because loading the certificate authorities takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())


def _pool(deadline: float, *, most_bytes: int) -> httpcore.ConnectionPool:
    backend = _GuardedBackend(deadline=deadline, most_bytes=2 * most_bytes + HEAD_BYTES)
    return httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=backend, retries=0, max_connections=1)


def _followed(url: str, location: str) -> str:
    """Target of a redirect, which is checked when it is called. Raises OutboundError if it cannot be parsed."""
    try:
        return urljoin(url, location)
    except ValueError:  # http://[::1, say
        raise OutboundError("the address redirects to one that cannot be read") from None


def _exchange(
    pool: httpcore.ConnectionPool,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
    take: Any,
    most_bytes: int,
) -> tuple[int, dict[str, str], int]:
    """One request; the body goes to `take` until `most_bytes` have come or the deadline passes."""
    target = ascii_form(url)
    left = max(0.1, min(CHUNK_SECONDS, deadline - time.monotonic()))
    timeouts = {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}
    count = 0
    try:
        with pool.stream(method, target, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}) as response:
            for chunk in response.iter_stream():
                count += len(chunk)
                take(chunk)
                if count >= most_bytes:
                    break
                if time.monotonic() > deadline:
                    raise OutboundError("the address took too long to answer")
            names = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
            return response.status, names, count
    except httpcore.TimeoutException:
        raise OutboundError("the address took too long to answer") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, UnicodeError):
        raise OutboundError("the address could not be reached") from None
