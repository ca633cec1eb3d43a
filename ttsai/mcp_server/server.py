"""MCP server with its tools and resources, for either transport."""

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

from ttsai.mcp_server.calls import Connect
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.resources import add_resources
from ttsai.mcp_server.tools import SpeechTools

NAME = "speech-platform"
INSTRUCTIONS = (
    "Speaks texts, transcribes and translates recordings, and converts voices. A tool that takes a `recording` accepts an http(s) URL, a data "
    "URI (data:audio/wav;base64,…) or the `resource` of an earlier result{paths}. Every result is a resource: read it for the whole audio."
)
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


def build_server(connect: Connect, *, files: LocalFiles | None = None) -> MCPServer[None]:
    """Server whose calls reach the platform through `connect`.

    files: folders of this machine that tools may read from and write to; None on a server that serves other machines.
    """
    paths = ", or a path in the allowed folders" if files is not None else ""
    server: MCPServer[None] = MCPServer(
        NAME,
        title="Speech Platform",
        instructions=INSTRUCTIONS.format(paths=paths),
        log_level="WARNING",
        subscriptions=False,  # nothing changes, and a subscription would be a connection without end
    )
    tools = SpeechTools(connect, files=files)
    for tool in (tools.speak, tools.transcribe, tools.translate_speech, tools.design_voice, tools.convert_voice, tools.convert_audio):
        server.add_tool(tool, annotations=MAKES)
    server.add_tool(tools.list_voices, annotations=READS)
    add_resources(server, connect)
    return server
