"""Declaration of an audio tool: its path, its fields, the parts of its job, its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.accounts.callers import Caller
from apps.audio_tools.kinds import ToolParams
from apps.jobs.kinds import JobKind
from apps.jobs.plans import PartPlan
from apps.jobs.waiting import Answer
from apps.uploads.services import Source, SourceLimits
from workers.contract import names

LIMITS = SourceLimits(max_bytes=100_000_000)


@dataclass(frozen=True, slots=True)
class ToolOrder:
    """One request to a tool, with its measured recording."""

    caller: Caller
    options: Mapping[str, Any]
    """Validated fields of the request."""
    source: Source

    @property
    def milliseconds(self) -> int:
        """Duration of the recording, rounded up: the unit of its price."""
        return max(1, -int(-self.source.info.audio_seconds * 1000 // 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPlan:
    """Parts of the tool's job and what else depends on the request."""

    parts: tuple[PartPlan, ...]
    output_format: str
    """Format of the last part's first output, which is the result."""
    queue: str = names.CODEC_QUEUE
    engine_id: str = ""
    """Id of the engine that does the work; empty without one."""
    asked_model: str = ""
    """Model named in the request, if another one does the work."""
    price: str = ""
    """Service whose price applies; the kind's own by default."""
    warnings: tuple[str, ...] = ()


def accept_any(caller: Caller, options: Mapping[str, Any]) -> None:
    """Check of a tool that nothing but its fields can make impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTool:
    """Tool under /v1/audio/. Everything else about it is derived from this (views.py, services.py)."""

    kind: JobKind[ToolParams]
    path: str
    """Last segment of its URL: `convert`."""
    summary: str
    description: str
    """First paragraph of its documentation."""
    fields: type[serializers.Serializer[Any]]
    """Fields of the request; a subclass of ToolRequestSerializer."""
    plan: Callable[[ToolOrder], ToolPlan]
    """Plans the job. Raises ApplicationErrors; the recording is then deleted."""
    check: Callable[[Caller, Mapping[str, Any]], None] = accept_any
    """Refuses what can be refused before the recording is ingested: an absent model, for instance. Raises ApplicationErrors."""
    document: type[serializers.Serializer[Any]] | None = None
    """Shape of the JSON that it answers with; None for a file."""
    content_type: str = "audio/*"
    """Content type of the file that it answers with."""
    answer: Callable[[Request], Answer] | None = None
    """Chooses the answer of a request; by default the document, or the job's main output."""
    alternative: type[serializers.Serializer[Any]] | None = None
    """Shape of the JSON that it answers with in place of the file, if `answer` chooses so."""
    limits: SourceLimits = LIMITS

    @property
    def operation_id(self) -> str:
        return f"audio_{self.path.replace('-', '_')}"
