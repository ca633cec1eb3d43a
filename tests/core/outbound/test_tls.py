"""TLS to a client's URL: connected by number, while certificate and SNI use the host name."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from apps.core import outbound
from apps.core.outbound import OutboundError, connections

CERTIFICATE = Path(__file__).parents[2] / "data" / "tls" / "secure.example.pem"
"""Self-signed certificate for secure.example, with its key; for tests only."""


@contextlib.asynccontextmanager
async def tls_server(names: list[str | None]) -> AsyncIterator[int]:
    """Server that records the requested host names; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda _, name, __: names.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def _names_lead_here(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        is_numeric = kwargs.get("flags", 0) & socket.AI_NUMERICHOST
        return real("127.0.0.1" if host.endswith(".example") and not is_numeric else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.usefixtures("_names_lead_here")
@pytest.mark.parametrize(("host", "is_trusted"), [("secure.example", True), ("other.example", True), ("secure.example", False)])
def test_fetch_over_tls_verifies_the_certificate_of_the_name(
    host: str, is_trusted: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str | None] = []
    received = bytearray()
    trusted = ssl.create_default_context(cafile=CERTIFICATE) if is_trusted else connections._trusted()
    monkeypatch.setattr(connections, "_trusted", lambda: trusted)

    async def take(chunk: bytes) -> None:
        received.extend(chunk)

    async def run() -> None:
        async with tls_server(names) as port:
            settings.TTSAI_OUTBOUND_ALLOW = [f"{host}:{port}"]
            await outbound.fetch(f"https://{host}:{port}/", tenant="test", sink=take, most_bytes=100)

    if host == "secure.example" and is_trusted:
        asyncio.run(run())
        assert received == b"secret"
    else:
        with pytest.raises(OutboundError, match="could not be reached"):
            asyncio.run(run())
        assert received == b""
    assert names == [host]
