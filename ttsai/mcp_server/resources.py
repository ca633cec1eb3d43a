"""Results as resources: `speech://results/<uuid>.<format>`, readable with a key of the job's account alone."""

import json
from typing import Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.types import ResourceLink

from ttsai.api_client import ApiClient, ApiError
from ttsai.mcp_server.calls import Connect
from workers.contract.formats import FORMATS

MOST_BYTES: Final = 25_000_000
"""Largest result that is read as a resource; a larger one is downloaded by its URL."""
_DESCRIPTION: Final = "Audio of a finished job of your account as {format}, converted if it was made in another format."


def add_resources(server: MCPServer[None], connect: Connect) -> None:
    """Add one template for each audio format, and one for the result itself as JSON (transcripts, translations)."""
    for name, entry in FORMATS.items():
        _add_audio(server, connect, extension=name, media_type=entry.content_type)

    @server.resource("speech://results/{uuid}.json", name="result", mime_type="application/json")
    async def read_result(uuid: str, context: Context[Any, Any]) -> str:
        """A finished job of your account: its transcript or translation, its URLs and its price."""
        async with connect(context) as api:
            try:
                await api.get(f"/v1/jobs/{_plain(uuid)}/")
                return json.dumps(await api.result(uuid), ensure_ascii=False)
            except ApiError as error:
                raise _resource_error(error) from error


def link_to(job: str, *, extension: str, size: int | None = None) -> ResourceLink:
    """Link to a job's audio."""
    entry = FORMATS.get(extension)
    return ResourceLink(
        name=f"{job}.{extension}",
        uri=uri_of(job, extension=extension),
        mime_type=entry.content_type if entry else "application/octet-stream",
        size=size,
    )


def uri_of(job: str, *, extension: str) -> str:
    """URI of a job's audio in this format."""
    return f"speech://results/{job}.{extension}"


async def read_own_result(api: ApiClient, *, job: str, extension: str, limit: int) -> tuple[bytes, str]:
    """Audio of an own job and its media type. Another account's job is unknown. Raises ApiError."""
    await api.get(f"/v1/jobs/{_plain(job)}/")  # downloads open to whoever knows their address, jobs only to their account
    return await api.download(f"/static/downloads/{job}/output.{extension}", limit=limit)


def _add_audio(server: MCPServer[None], connect: Connect, *, extension: str, media_type: str) -> None:
    description = _DESCRIPTION.format(format=extension)

    @server.resource(f"speech://results/{{uuid}}.{extension}", name=f"audio-{extension}", description=description, mime_type=media_type)
    async def read_audio(uuid: str, context: Context[Any, Any]) -> bytes:
        async with connect(context) as api:
            try:
                content, _ = await read_own_result(api, job=uuid, extension=extension, limit=MOST_BYTES)
            except ApiError as error:
                raise _resource_error(error) from error
            return content


def _plain(job: str) -> str:
    """The id, if it is safe in a path; otherwise an id that no job has."""
    return job if job.isascii() and job.isalnum() else "0" * 32


def _resource_error(error: ApiError) -> ResourceError:
    kind = ResourceNotFoundError if error.status in {404, 410} else ResourceError
    return kind(f"{error.message} ({error.code})")
