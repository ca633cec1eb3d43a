"""Small proxy with TLS in front of a server on loopback, as an operator puts one in front of the platform."""

import asyncio
import contextlib
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BLOCK = 1 << 16


@contextlib.contextmanager
def tls_proxy(*, port: int, certificate: Path) -> Iterator[str]:
    """Pass connections with TLS on to a port of this machine; yields the proxy's address. certificate: from `make_certificate`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop, over, started = asyncio.new_event_loop(), asyncio.Event(), Future[int]()

    async def serve() -> None:
        connections: set[asyncio.Task[None]] = set()

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.add(task := asyncio.ensure_future(_connect(reader, writer, port=port)))
            await asyncio.wait([task])

        async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=context) as server:
            started.set_result(server.sockets[0].getsockname()[1])
            await over.wait()
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        yield f"https://127.0.0.1:{started.result(timeout=10)}"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, port: int) -> None:
    """Pass data on in both directions until one end closes."""
    there, here = await asyncio.open_connection("127.0.0.1", port)
    directions = [asyncio.ensure_future(_pass_on(reader, here)), asyncio.ensure_future(_pass_on(there, writer))]
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in directions:
            one.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        for end in (here, writer):
            end.close()
            with contextlib.suppress(OSError):
                await end.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(BLOCK):
            writer.write(data)
            await writer.drain()


def make_certificate(folder: Path) -> Path:
    """Key and self-signed certificate for 127.0.0.1 in one file, valid for a day."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "proxy of the tests")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = folder / "proxy.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file
