"""Read operations on compositions, always of one account."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from apps.accounts.callers import Caller
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.jobs.models import Job
from apps.projects.kinds import COMPOSITION
from apps.projects.models import Composition, Line

LINES = Prefetch("lines", queryset=Line.objects.select_related("take_job").order_by("position"))


def list_projects(caller: Caller, *, limit: int, offset: int) -> list[Composition]:
    """The account's projects, the one that was changed last first, with `line_count`."""
    projects = _own(caller).filter(is_project=True).annotate(line_count=Count("lines"))
    return list(projects.order_by("-updated_at", "uuid")[offset : offset + limit])


def count_projects(caller: Caller) -> int:
    """Number of the account's projects."""
    return _own(caller).filter(is_project=True).count()


def get_project(caller: Caller, project_id: str) -> Composition:
    """Project of the account with its lines. 404 for any other."""
    return _get(caller, project_id, is_project=True, name="project")


def get_generation(caller: Caller, generation_id: str) -> Composition:
    """Chunks of a text that the account had spoken. 404 for any other."""
    return _get(caller, generation_id, is_project=False, name="generation with chunks")


def find_generation(caller: Caller, uuid: UUID) -> Composition | None:
    """Generation as get_generation returns it, or None."""
    return _own(caller).filter(uuid=uuid, is_project=False).select_related("last_job").prefetch_related(LINES).first()


def is_render(job: Job) -> bool:
    """True for a job that makes one file of lines or chunks; False for speech, and for a job that makes chunks or redoes one."""
    if job.kind != COMPOSITION.name or Composition.objects.filter(uuid=job.uuid, is_project=False).exists():
        return False
    return not any(take.changes is not None for take in COMPOSITION.read_params(job).takes)


def list_chunks(caller: Caller, chunk_ids: Sequence[str]) -> list[Line]:
    """Chunks of generations of the account, in this order. 404 for the first one that is not among them, 400 duplicate_chunk."""
    uuids = [find_uuid(chunk_id) for chunk_id in chunk_ids]
    found = Line.objects.filter(
        uuid__in=[uuid for uuid in uuids if uuid], composition__account=caller.required_account, composition__is_project=False
    )
    lines = {line.uuid: line for line in found.select_related("take_job", "composition")}
    for place, uuid in enumerate(uuids):
        if uuid not in lines:
            message = f"There is no chunk {chunk_ids[place][:100]!r} in your account."
            raise NotFoundError(message, code="chunk_not_found", param=f"chunk_ids[{place}]")
        if uuid in uuids[:place]:
            message = f"The chunk {chunk_ids[place]!r} is named twice. Each chunk can be in a merge once."
            raise InvalidRequestError(message, code="duplicate_chunk", param=f"chunk_ids[{place}]")
    return [lines[uuid] for uuid in uuids if uuid]


def _get(caller: Caller, uuid_text: str, *, is_project: bool, name: str) -> Composition:
    uuid = find_uuid(uuid_text)
    found = _own(caller).filter(uuid=uuid, is_project=is_project) if uuid is not None else Composition.objects.none()
    composition = found.select_related("last_job").prefetch_related(LINES).first()
    if composition is None:
        raise NotFoundError(f"There is no {name} {uuid_text[:100]!r} in your account.", code=f"{name.split(maxsplit=1)[0]}_not_found")
    return composition


def _own(caller: Caller) -> QuerySet[Composition]:
    return Composition.objects.filter(account=caller.required_account)
