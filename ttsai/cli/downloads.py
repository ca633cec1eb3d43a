"""Downloads of results to files."""

from functools import partial
from pathlib import Path
from typing import Any

from ttsai.cli.output_file import STANDARD_OUTPUT, open_output
from ttsai.cli.pipes import in_thread, unbuffered, write_all
from ttsai.cli.session import Session
from ttsai.cli.terminal import Bar


async def download(session: Session, url: str, target: Path) -> int:
    """Write what the URL leads to, in pieces, and return the bytes. A file is begun anew if the connection breaks off."""
    from ttsai.api_client.retrying import NO_RETRIES, RetryPolicy

    retries = NO_RETRIES if str(target) == STANDARD_OUTPUT else RetryPolicy(attempts=3)
    with session.terminal.progress("receiving") as bar:
        return await retries.run(lambda: _download(session, url, target, bar=bar))


async def _download(session: Session, url: str, target: Path, *, bar: Bar) -> int:
    async with session.api.answer("GET", url) as response:
        return await write_response(response, target, bar=bar)


async def write_response(response: Any, target: Path, *, bar: Bar | None = None) -> int:
    """Write an open response of httpx to the file."""
    total = int(response.headers.get("content-length") or 0)
    written = 0
    with open_output(target) as file:
        async for chunk in response.aiter_bytes():
            if str(target) == STANDARD_OUTPUT:
                await in_thread(partial(write_all, unbuffered(file), chunk))
            else:
                file.write(chunk)
            written += len(chunk)
            if bar is not None and total:
                bar.update(min(1.0, written / total))
    return written
