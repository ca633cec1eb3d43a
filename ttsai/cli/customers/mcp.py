"""`ttsai mcp`: tools for MCP clients, such as Claude Desktop, on standard input and output."""

from pathlib import Path

import click

from ttsai.cli.address import find_address, with_server


@click.command(name="mcp")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder whose files the tools may read, and to which they may add files; may be repeated. By default none.",
)
@with_server
def command(*, folders: tuple[Path, ...], url: str, key: str) -> None:
    """Serve the Model Context Protocol on standard input and output (docs/mcp.md)."""
    from ttsai.api_client import ApiClient
    from ttsai.mcp_server.stdio import serve_stdio

    address = find_address(url=url, key=key)
    serve_stdio(lambda: ApiClient(url=address.url, key=address.key), folders=folders)
