"""Answers of the tools: structured results and content blocks."""

import base64
from typing import Any, Final

from mcp.types import AudioContent, CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel, Field

from ttsai.mcp_server.calls import Call
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.resources import MOST_BYTES, link_to, uri_of
from workers.contract.formats import FORMATS

EMBEDDED_BYTES: Final = 1_000_000
"""Largest audio that is part of the answer itself; the rest is read as a resource."""


class JobResult(BaseModel):
    """Finished job."""

    uuid: str
    credits_used: float
    warnings: list[str] = Field(default_factory=list)


class AudioResult(JobResult):
    """Audio that a tool made."""

    resource: str = Field(description="URI of the audio: read it as a resource, or pass it as a recording.")
    url: str = Field(description="Download; opens without a key for whoever has it.")
    format: str
    duration_seconds: float | None = None
    bytes: int | None = None
    model_used: str | None = Field(None, description="Model that served in place of the requested one.")
    saved_to: str | None = None


class TranslationResult(AudioResult):
    """Spoken translation."""

    original_text: str
    translated_text: str
    source_language: str
    target_language: str


class Segment(BaseModel):
    """Part of a transcript."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: list[dict[str, Any]] | None = None


class TranscriptResult(JobResult):
    """Transcript of a recording."""

    text: str
    language: str
    duration_seconds: float
    segments: list[Segment]


class ListedVoice(BaseModel):
    """Voice that can be passed to the tools by its id."""

    id: str
    name: str
    model: str
    language: str
    gender: str
    own: bool
    description: str = ""


class VoiceList(BaseModel):
    """Voices, own ones first."""

    voices: list[ListedVoice]
    total: int = Field(description="Number of voices that match; more than listed if the limit cut the list.")


class DesignedVoice(BaseModel):
    """Voice that a description gave."""

    voice: str = Field(description="Mix of built-in voices, for the argument `voice` of speak.")
    speed: float = Field(description="Pace of the voice, for the argument `speed`.")
    language: str
    gender: str
    variants: int
    understood: list[dict[str, Any]] = Field(description="Attributes that the description names, with their effect.")
    not_understood: list[str]
    warnings: list[str]
    voice_id: str | None = Field(None, description="Id of the kept voice, in place of `voice` and `speed`.")
    name: str | None = None


def voice_of(listed: dict[str, Any]) -> ListedVoice:
    """Voice of GET /v1/voices/."""
    texts = {name: str(listed.get(name) or "") for name in ("id", "name", "model", "language", "gender", "description")}
    return ListedVoice(**texts, own=bool(listed.get("own")))


def job_fields(result: dict[str, Any]) -> dict[str, Any]:
    return {"uuid": result["uuid"], "credits_used": result.get("credits_used") or 0.0, "warnings": result.get("warnings") or []}


def audio_fields(result: dict[str, Any]) -> dict[str, Any]:
    extension = str(result["format"])
    return {
        **job_fields(result),
        "resource": uri_of(result["uuid"], extension=extension),
        "url": result["result_url"],
        "format": extension,
        "duration_seconds": result.get("duration"),
        "bytes": result.get("bytes"),
        "model_used": result.get("model_used"),
    }


async def answer_with_audio(
    call: Call, made: AudioResult, *, save_as: str | None = None, files: LocalFiles | None = None, text: str = ""
) -> CallToolResult:
    """Answer with a link to the audio, and the audio itself if it is small and not saved to a file."""
    link = link_to(made.uuid, extension=made.format, size=made.bytes)
    blocks: list[ContentBlock] = [link]
    if save_as and files is not None:
        content, _ = await call.api.download(f"/static/downloads/{made.uuid}/output.{made.format}", limit=MOST_BYTES)
        made.saved_to = str(files.write(save_as, content))
    elif made.bytes is not None and made.bytes <= EMBEDDED_BYTES:
        content, _ = await call.api.download(f"/static/downloads/{made.uuid}/output.{made.format}", limit=EMBEDDED_BYTES)
        blocks.insert(0, AudioContent(data=base64.b64encode(content).decode(), mime_type=_media_type(made.format)))
    where = f"saved to {made.saved_to}" if made.saved_to else made.resource
    said = f"{text}\n\n" if text else ""
    blocks.append(TextContent(text=f"{said}{made.duration_seconds or 0:.1f} s of audio, {where}"))
    return CallToolResult(content=blocks, structured_content=made.model_dump(mode="json"))


def _media_type(extension: str) -> str:
    return FORMATS[extension].content_type.partition(";")[0]
