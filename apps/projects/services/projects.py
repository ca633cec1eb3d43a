"""Projects: made, changed and deleted by their account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Account
from apps.core.errors import ConflictError, NotFoundError, PermissionDeniedError
from apps.projects.limits import check_size
from apps.projects.models import Composition, Line
from apps.projects.services.planning import settings_digest

TAKE_FIELDS = ("take_job_id", "take_output", "take_seconds", "take_settings", "take_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectContent:
    """Content of a project; None leaves a field as it is."""

    name: str | None = None
    description: str | None = None
    settings: Mapping[str, Any] | None = None
    """Those that change; None takes one away."""
    lines: Sequence[Line] | None = None
    """Unsaved; the uuid of a line that is in the project already keeps that line's audio."""


def create_project(caller: Caller, *, content: ProjectContent) -> Composition:
    """Keep a new project. 403 too_many_projects, 400 too_many_lines or text_too_long."""
    account, lines = caller.required_account, list(content.lines or ())
    check_size(caller.plan, [line.text for line in lines], param="lines")
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # two requests count one after the other
        most = caller.plan.max_projects
        if Composition.objects.filter(account=account, is_project=True).count() >= most:
            message = f"The plan {caller.plan.name!r} keeps at most {most} projects. Delete one with DELETE /api/projects/{{id}}."
            raise PermissionDeniedError(message, code="too_many_projects")
        project = Composition.objects.create(
            account=account,
            is_project=True,
            name=content.name or "",
            description=content.description or "",
            settings=dict(content.settings or {}),
        )
        _insert(lines, project=project, own=frozenset())
    return project


def change_project(caller: Caller, project: Composition, *, content: ProjectContent, version: int | None) -> None:
    """Replace what the content names. Lines with unchanged text and settings keep their audio.

    version: the version that the caller has read; 409 version_conflict if somebody changed the project since, 404 if it was deleted.
    """
    if content.lines is not None:
        check_size(caller.plan, [line.text for line in content.lines], param="lines")
    with transaction.atomic():
        locked = _lock(project)
        if locked is None:
            raise NotFoundError(f"The project {project.uuid.hex} was deleted meanwhile.", code="project_not_found")
        if version is not None and version != locked.version:
            message = f"The project has version {locked.version}, not {version}: it was changed meanwhile. Read it again."
            raise ConflictError(message, code="version_conflict", param="version", extra={"version": locked.version})
        for field in ("name", "description"):
            if (value := getattr(content, field)) is not None:
                setattr(locked, field, value)
        settings = {**locked.settings, **(content.settings or {})}
        locked.settings = {name: value for name, value in settings.items() if value is not None}
        locked.version, locked.updated_at = locked.version + 1, timezone.now()
        locked.save(update_fields=["name", "description", "settings", "version", "updated_at"])
        if content.lines is not None:
            _replace_lines(locked, list(content.lines))


def delete_project(project: Composition) -> None:
    """Delete the project with its lines; files of its jobs stay until their retention ends."""
    with transaction.atomic():
        if _lock(project) is not None:  # a change that has begun inserts its lines first
            _lock_lines(project)
            project.delete()


def _lock(project: Composition) -> Composition | None:
    return Composition.objects.select_for_update().filter(uuid=project.uuid).first()


def _lock_lines(project: Composition) -> list[Line]:
    """Lines of the project, locked in the order in which the end of a job locks them."""
    return list(Line.objects.select_for_update().filter(composition=project).order_by("uuid"))


def _replace_lines(project: Composition, lines: list[Line]) -> None:
    earlier = _lock_lines(project)
    takes = {line.take_settings: line for line in earlier if line.take_settings}
    for line in lines:
        take = takes.get(settings_digest(line))
        for field in TAKE_FIELDS if take else ():
            setattr(line, field, getattr(take, field))
    own = frozenset(line.uuid for line in earlier)
    Line.objects.filter(composition=project).delete()
    _insert(lines, project=project, own=own)


def _insert(lines: Sequence[Line], *, project: Composition, own: frozenset[UUID]) -> None:
    """Insert the lines in their order. A uuid that is not one of the project's own is replaced: it may be another account's line."""
    used: set[UUID] = set()
    for position, line in enumerate(lines):
        if line.uuid not in own or line.uuid in used:
            line.uuid = Line().uuid
        used.add(line.uuid)
        line.composition, line.position = project, position
    Line.objects.bulk_create(lines)
