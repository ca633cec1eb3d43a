"""Connections of the outbound client: opened by checked number only and bounded in bytes."""

import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import certifi
import httpcore

from apps.core.outbound.names import resolve

HEAD_BYTES = 1 << 20
"""Bytes allowed beside the body for heads, interim responses (100 Continue) and chunk framing on one connection, which would otherwise be
unbounded.
"""


def guarded_pool(*, tenant: str, most_bytes: int) -> httpcore.AsyncConnectionPool:
    """Connection pool for bodies of at most `most_bytes`, to public addresses and those that the operator allows.

    httpcore reads no proxy from the environment, and verifies a certificate by the URL's host name, which it also sends as SNI.
    """
    backend = _GuardedBackend(tenant=tenant, most_bytes=2 * most_bytes + HEAD_BYTES)
    return httpcore.AsyncConnectionPool(ssl_context=_trusted(), network_backend=backend, retries=0, max_connections=1)


class _BoundedStream(httpcore.AsyncNetworkStream):
    """Network stream that fails after a number of bytes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, *, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = self._bytes_left = most_bytes

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        read = await self._stream.read(max_bytes, timeout)
        self._bytes_left -= len(read)
        if self._bytes_left < 0:
            raise httpcore.ReadError("more than an answer needs")
        return read

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _BoundedStream(inner, most_bytes=self._most_bytes)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.AnyIOBackend):
    """Opens connections only to addresses that the policy allows, by the number that was checked: no second DNS query, no rebinding."""

    def __init__(self, *, tenant: str, most_bytes: int) -> None:
        super().__init__()
        self._tenant = tenant
        self._most_bytes = most_bytes

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        problem: Exception = OSError("no address")
        for number in await resolve(host, port, tenant=self._tenant):
            try:
                stream = await super().connect_tcp(number, port, timeout, local_address, socket_options)
                return _BoundedStream(stream, most_bytes=self._most_bytes)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


@cache
def _trusted() -> ssl.SSLContext:
    """TLS context, cached because loading the certificate authorities takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())
