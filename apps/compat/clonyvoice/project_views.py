"""Views of projects: lines of text that are rendered to one file, and their timeline."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.clonyvoice.generation_shapes import audio_shape, generation_shape
from apps.compat.clonyvoice.generation_views import GENERATED, PARAMETERS
from apps.compat.clonyvoice.generation_waiting import answer_generation, idempotency_for
from apps.compat.clonyvoice.line_orders import check_line_voices, render_order
from apps.compat.clonyvoice.permissions import read_or_write
from apps.compat.clonyvoice.project_serializers import (
    DeletedSerializer,
    ProjectChangeSerializer,
    ProjectListSerializer,
    ProjectResultSerializer,
    ProjectSerializer,
    ProjectSettingsSerializer,
    RenderSerializer,
    TimelineSerializer,
)
from apps.core.caching import NO_STORE
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.core.ids import find_uuid
from apps.core.links import public_base
from apps.jobs.requests import cache_use, request_id_of
from apps.jobs.waiting import prefers_async
from apps.projects.models import Composition, Line
from apps.projects.selectors import count_projects, get_project, list_projects
from apps.projects.services.planning import RenderOrder, settings_digest
from apps.projects.services.projects import ProjectContent, change_project, create_project, delete_project
from apps.projects.services.rendering import RequestIdentity, render_project
from apps.projects.timeline import place_lines, total_seconds

NEW, CHANGE, RENDER, SETTINGS = ProjectSerializer(), ProjectChangeSerializer(), RenderSerializer(), ProjectSettingsSerializer()
LARGEST_PAGE = 200
_MOMENT = serializers.DateTimeField()


class ProjectsView(APIView):
    """Base of the views that read and write projects."""

    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    def get_permissions(self) -> list[Any]:
        """Scope by the method."""
        return read_or_write(self.request.method, read="projects:read", write="projects:write")


class ProjectListView(ProjectsView):
    @extend_schema(
        operation_id="clonyvoice_projects",
        tags=["clonyvoice"],
        summary="List projects",
        parameters=[
            OpenApiParameter("limit", int, description=f"{LARGEST_PAGE} unless given, which is also the most."),
            OpenApiParameter("offset", int, description="Projects to leave out at the beginning."),
        ],
        responses=ProjectListSerializer,
    )
    def get(self, request: Request) -> Response:
        """The account's projects without their lines, the one that was changed last first."""
        caller = get_caller(request)
        limit = _number(request, "limit", least=1, most=LARGEST_PAGE, default=LARGEST_PAGE)
        offset = _number(request, "offset", least=0, most=1_000_000, default=0)
        projects = list_projects(caller, limit=limit, offset=offset)
        shapes = [_summary_shape(project, line_count=project.line_count) for project in projects]  # type: ignore[attr-defined]  # annotated
        return Response({"projects": shapes, "total": count_projects(caller)}, headers=NO_STORE)

    @extend_schema(
        operation_id="clonyvoice_project_create",
        tags=["clonyvoice"],
        summary="Make a project",
        request=ProjectSerializer,
        responses=ProjectResultSerializer,
    )
    def post(self, request: Request) -> Response:
        """Keep lines of text, each with its voice and settings. The plan limits the number of projects and their size."""
        body, caller = validated(NEW, request.data), get_caller(request)
        content = _content(body)
        check_line_voices(caller, content.lines or (), param="lines")
        project = create_project(caller, content=content)
        return Response(project_shape(get_project(caller, project.uuid.hex), base=public_base(request)), headers=NO_STORE)


class ProjectView(ProjectsView):
    @extend_schema(operation_id="clonyvoice_project", tags=["clonyvoice"], summary="One project", responses=ProjectResultSerializer)
    def get(self, request: Request, project_id: str) -> Response:
        """A project with its lines, and the audio that was last made of each."""
        project = get_project(get_caller(request), project_id)
        return Response(project_shape(project, base=public_base(request)), headers=NO_STORE)

    @extend_schema(
        operation_id="clonyvoice_project_change",
        tags=["clonyvoice"],
        summary="Change a project",
        request=ProjectChangeSerializer,
        responses=ProjectResultSerializer,
    )
    def put(self, request: Request, project_id: str) -> Response:
        """Replace name, description, single settings or all lines; what is left out stays, single settings too. Lines whose text and settings
        are the same keep their audio. With `version` the change is refused (409) if somebody else made one since.
        """
        body, caller = validated(CHANGE, request.data), get_caller(request)
        project, content = get_project(caller, project_id), _content(body)
        # A line whose voice was deleted meanwhile must not keep the others from being changed.
        check_line_voices(caller, content.lines or (), param="lines", known={line.voice for line in project.lines.all()})
        change_project(caller, project, content=content, version=body.get("version"))
        return Response(project_shape(get_project(caller, project_id), base=public_base(request)), headers=NO_STORE)

    @extend_schema(operation_id="clonyvoice_project_delete", tags=["clonyvoice"], summary="Delete a project", responses=DeletedSerializer)
    def delete(self, request: Request, project_id: str) -> Response:
        """Delete a project. Files that were rendered stay until they expire."""
        project = get_project(get_caller(request), project_id)
        project_uuid = project.uuid
        delete_project(project)
        return Response({"id": project_uuid.hex, "deleted": True})


class RenderView(APIView):
    """Render a project."""

    permission_classes = [HasAccount, scope_required("tts:timeline")]

    @extend_schema(
        operation_id="clonyvoice_project_render",
        tags=["clonyvoice"],
        summary="Render a project to one file",
        parameters=PARAMETERS,
        request=RenderSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request, project_id: str) -> HttpResponseBase:
        """Speak the lines that changed since the last render, join all of them, and charge the changed ones."""
        body, caller = validated(RENDER, request.data or {}), get_caller(request)
        project = get_project(caller, project_id)
        settings_used = {**_settings_of(project), **body}
        is_awaited = not prefers_async(request)
        order = render_order(settings_used, is_awaited=is_awaited, cache=cache_use(request), title=project.name, param="lines")
        identity = idempotency_for(request, endpoint=f"clonyvoice-render:{project.uuid.hex}:{project.version}")
        circumstances = RequestIdentity(idempotency=identity, request_id=request_id_of(request))
        submission = render_project(caller, project, order=order, request=circumstances)
        return answer_generation(request, submission, shape=partial(generation_shape, base=public_base(request)))


class TimelineView(APIView):
    """Timeline of a project."""

    permission_classes = [HasAccount, scope_required("tts:timeline")]

    @extend_schema(
        operation_id="clonyvoice_project_timeline", tags=["clonyvoice"], summary="Timeline of a project", responses=TimelineSerializer
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Place of each line in the file that a render with the project's settings makes, from the real lengths of the spoken lines."""
        project = get_project(get_caller(request), project_id)
        placed = place_lines(list(project.lines.all()), order=_order_of(project))
        lines = [
            {
                "id": one.line.uuid.hex,
                "index": one.line.position,
                "text": one.line.text,
                "voice_id": one.line.voice,
                "start": one.start,
                "end": one.end,
                "duration": None if one.seconds is None else round(one.seconds, 3),
                "is_rendered": one.is_current,
            }
            for one in placed
        ]
        shape = {"project_id": project.uuid.hex, "version": project.version, "duration": total_seconds(placed), "lines": lines}
        return Response(shape, headers=NO_STORE)


def project_shape(project: Composition, *, base: str) -> dict[str, Any]:
    lines = list(project.lines.all())
    return {
        **_summary_shape(project, line_count=len(lines)),
        "settings": _settings_of(project),
        "lines": [_line_shape(line, base=base) for line in lines],
        "generation_id": project.last_job_id.hex if project.last_job_id else None,
    }


def _summary_shape(project: Composition, *, line_count: int) -> dict[str, Any]:
    return {
        "id": project.uuid.hex,
        "name": project.name,
        "description": project.description,
        "version": project.version,
        "line_count": line_count,
        "created_at": _MOMENT.to_representation(project.created_at),
        "updated_at": _MOMENT.to_representation(project.updated_at),
    }


def _line_shape(line: Line, *, base: str) -> dict[str, Any]:
    return {
        "id": line.uuid.hex,
        "index": line.position,
        "text": line.text,
        "voice_id": line.voice,
        "model": line.model,
        "language": line.language,
        "speed": line.speed,
        "pause_ms": line.pause_ms,
        "is_rendered": line.take is not None and line.take_settings == settings_digest(line),
        **audio_shape(line, base=base),
    }


def _settings_of(project: Composition) -> dict[str, Any]:
    """The project's settings, with the defaults of those that it does not have."""
    return {**validated(SETTINGS, {}), **project.settings}


def _order_of(project: Composition) -> RenderOrder:
    return render_order(_settings_of(project), is_awaited=False, param="lines")


def _content(body: Mapping[str, Any]) -> ProjectContent:
    return ProjectContent(
        name=body.get("name"),
        description=body.get("description"),
        settings=body.get("settings"),
        lines=None if "lines" not in body else _lines(body["lines"]),
    )


def _lines(bodies: Sequence[Mapping[str, Any]]) -> list[Line]:
    lines = []
    for body in bodies:
        line = Line(
            text=body["text"],
            voice=body["voice_id"],
            model=body["model"],
            language=body["language"],
            speed=body["speed"],
            pause_ms=body["pause_ms"],
        )
        if own := find_uuid(body.get("id") or ""):
            line.uuid = own
        lines.append(line)
    return lines


def _number(request: Request, name: str, *, least: int, most: int, default: int) -> int:
    text = request.query_params.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
        raise InvalidRequestError(f"{name} is a number from {least} to {most}, not {text[:20]!r}.", param=name)
    return int(text)
