"""Bodies of responses that read files or make archives on Django's threads, a chunk at a time."""

import contextlib
from collections.abc import AsyncIterator, Generator
from typing import Any, BinaryIO, Final

from apps.core.deferred import Exchange

CHUNK_BYTES: Final = 1 << 18


async def file_chunks(exchange: Exchange, file: BinaryIO) -> AsyncIterator[bytes]:
    """The rest of a file, which is closed at the end or when the client leaves."""
    try:
        while chunk := await exchange.run(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        file.close()


async def made_chunks(exchange: Exchange, chunks: Generator[bytes, Any, Any]) -> AsyncIterator[bytes]:
    """Chunks of a generator, which is closed at the end or when the client leaves."""
    try:
        while chunk := await exchange.run(next, chunks, b""):
            yield chunk
    finally:
        with contextlib.suppress(ValueError):  # a thread still makes the next chunk for a client that left
            chunks.close()
