"""MCP server on standard input and output: a client of a platform anywhere."""

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio

from ttsai.api_client import ApiClient
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.server import build_server


def serve_stdio(connect: Callable[[], ApiClient], *, folders: Sequence[Path]) -> None:
    """Serve until standard input ends. Standard output belongs to the protocol, so the log goes to standard error."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    server = build_server(lambda _: connect(), files=LocalFiles(folders))
    anyio.run(server.run_stdio_async)
