"""Recordings that a client names: a URL, a data URI, an earlier result, or a file of this machine."""

import asyncio
import base64
import binascii
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

from mcp.server.mcpserver.exceptions import ToolError

from ttsai.api_client import ApiClient
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.resources import MOST_BYTES, read_own_result

DATA_BYTES: Final = 12_000_000
"""Largest recording in a data URI: a message of a client has 16 MiB at most."""
_DATA = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,", re.ASCII)
_RESULT = re.compile(r"speech://results/(?P<name>[0-9a-f]{32}\.\w{2,5})", re.ASCII)


class Recording(NamedTuple):
    """Form fields and file of a request with a recording."""

    fields: dict[str, str]
    file: Any = None


@contextlib.asynccontextmanager
async def open_recording(named: str, *, api: ApiClient, files: LocalFiles | None) -> AsyncIterator[Recording]:
    """Recording for a request of the platform. Raises ToolError, ApiError."""
    if named.lower().startswith(("http://", "https://")):
        yield Recording({"file_url": named})  # the platform fetches it through its guard against private addresses
    elif named.startswith("data:"):
        yield Recording({}, await asyncio.to_thread(_decode, named))
    elif named.startswith("speech:"):
        yield Recording({}, await _read_result(named, api=api))
    elif files is None:
        raise ToolError(
            f"{named[:80]!r} is no recording: send an http(s) URL, a data URI (data:audio/wav;base64,…) or the resource of an earlier result. "
            "This server cannot read files of your machine; `ttsai mcp` can."
        )
    else:
        path = files.find(named)
        try:
            file = path.open("rb")
        except OSError as error:
            raise ToolError(f"{named} cannot be read: {error.strerror}.") from error
        with file:
            yield Recording({}, (path.name, file, "application/octet-stream"))


def _decode(uri: str) -> tuple[str, bytes, str]:
    head = _DATA.match(uri)
    if head is None:
        raise ToolError("The data URI is not valid: it must read data:audio/wav;base64, followed by the recording in base64.")
    if (len(uri) - head.end()) * 3 // 4 > DATA_BYTES:
        raise ToolError(f"A data URI may hold {DATA_BYTES:,} bytes. Send a URL instead.")
    try:
        content = base64.b64decode(uri[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise ToolError(f"The data URI is not valid base64: {error}.") from error
    return "recording", content, head["type"] or "application/octet-stream"


async def _read_result(uri: str, *, api: ApiClient) -> tuple[str, bytes, str]:
    named = _RESULT.fullmatch(uri)
    if named is None:
        raise ToolError(f"{uri!r} is not a result. Results read speech://results/<uuid>.<format>.")
    job, _, extension = named["name"].partition(".")
    content, media_type = await read_own_result(api, job=job, extension=extension, limit=MOST_BYTES)
    return named["name"], content, media_type
