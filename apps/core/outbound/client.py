"""HTTP client for URLs of clients: the host is resolved once, checked and connected to by number; redirects are followed, size and time
are bounded.

Asynchronous: a request holds no thread while it waits for the network.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore

from apps.core.outbound.connections import guarded_pool
from apps.core.outbound.policy import ascii_form

MAXIMUM_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
CONNECT_SECONDS = 5.0
CHUNK_SECONDS = 10.0

Sink = Callable[[bytes], Awaitable[None]]
"""Consumer of the next bytes of a body."""


class OutboundError(Exception):
    """The server could not be reached, was too slow, too large or answered with an error; the message is for the client."""


@dataclass(frozen=True, slots=True)
class OutboundResponse:
    """Response: its status, its headers with names in lower case, and the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def send(
    method: str,
    url: str,
    *,
    tenant: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    seconds: float = 10.0,
    kept_bytes: int = 4096,
) -> OutboundResponse:
    """Send a request without following redirects (a webhook) and keep `kept_bytes` of the body. Raises OutboundError, AddressRefusedError."""
    kept = bytearray()
    async with (
        _client_errors(seconds),
        guarded_pool(tenant=tenant, most_bytes=kept_bytes) as pool,
        _request(pool, method, url, headers=headers, body=body) as response,
    ):
        async for chunk in response.aiter_stream():
            kept += chunk
            if len(kept) >= kept_bytes:
                break
        return OutboundResponse(response.status, _names(response), bytes(kept[:kept_bytes]))


async def fetch(url: str, *, tenant: str, sink: Sink, most_bytes: int, seconds: float = 60.0) -> int:
    """GET, following and checking redirects, and pass the body to `sink`. Returns the number of its bytes.

    Raises OutboundError (also beyond most_bytes), AddressRefusedError and what the sink raises. DNS queries are shared fairly by `tenant`.
    """
    async with _client_errors(seconds), guarded_pool(tenant=tenant, most_bytes=most_bytes) as pool:
        for _ in range(MAXIMUM_REDIRECTS + 1):
            async with _request(pool, "GET", url, headers={"Accept": "*/*"}) as response:
                location = _names(response).get("location")
                if response.status not in REDIRECTS or location is None:
                    return await _read(response, sink=sink, most_bytes=most_bytes)
            url = _followed(url, location)
    raise OutboundError(f"the URL redirects more than {MAXIMUM_REDIRECTS} times")


async def _read(response: httpcore.Response, *, sink: Sink, most_bytes: int) -> int:
    if response.status != 200:
        raise OutboundError(f"the URL answered with status {response.status}")
    count = 0
    async for chunk in response.aiter_stream():
        count += len(chunk)
        if count > most_bytes:
            raise OutboundError(f"the file is larger than {most_bytes:,} bytes")
        await sink(chunk)
    return count


def _followed(url: str, location: str) -> str:
    """Target of a redirect, which is checked when it is called. Raises OutboundError if it cannot be parsed."""
    try:
        return urljoin(url, location)
    except ValueError:  # http://[::1, say
        raise OutboundError("the URL redirects to a malformed one") from None


@asynccontextmanager
async def _request(
    pool: httpcore.AsyncConnectionPool, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
) -> AsyncIterator[httpcore.Response]:
    """Open a response whose body can be read; the connection of an unread one is closed."""
    timeouts = {"connect": CONNECT_SECONDS, "read": CHUNK_SECONDS, "write": CHUNK_SECONDS, "pool": CHUNK_SECONDS}
    target = ascii_form(url)
    async with pool.stream(method, target, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}) as response:
        yield response


@asynccontextmanager
async def _client_errors(seconds: float) -> AsyncIterator[None]:
    """Limit the total time, however slowly the other side sends, and turn network failures into OutboundError."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, httpcore.TimeoutException):
        raise OutboundError("the URL took too long to answer") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, UnicodeError):
        raise OutboundError("the URL could not be reached") from None


def _names(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
