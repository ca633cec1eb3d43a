"""Jobs of compositions: render a project, speak a text in chunks, redo a chunk, join chunks."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError, GoneError, InvalidRequestError
from apps.jobs.services.acceptance import Submission, accepting_jobs, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.projects.kinds import CompositionParams, LineChanges
from apps.projects.limits import check_size, check_voice_count
from apps.projects.models import Composition, Line
from apps.projects.services.planning import RenderOrder, plan_composition, plan_merge
from apps.projects.services.takes import apply_changes
from apps.speech.services import PART_FORMAT

SPARE_TIME = timedelta(days=1)
"""Time for which chunks outlive the audio of their first job, which may end later than it is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdentity:
    """Circumstances of a request."""

    idempotency: Idempotency | None
    request_id: str


def render_project(caller: Caller, project: Composition, *, order: RenderOrder, request: RequestIdentity) -> Submission:
    """Speak the changed lines and join all. 400 no_lines."""
    lines = list(project.lines.all())
    if not lines:
        raise InvalidRequestError("The project has no lines. Add some with PUT /api/projects/{id}.", code="no_lines")
    plan = plan_composition(caller, lines, order=order, composition=project.uuid.hex)
    return _submit(caller, plan, composition=project, request=request)


def speak_in_chunks(caller: Caller, lines: Sequence[Line], *, order: RenderOrder, request: RequestIdentity) -> Submission:
    """Speak each line as a chunk that is kept, and join them. The generation has the uuid of the job."""
    param = order.param or "text"
    check_size(caller.plan, [line.text for line in lines], param=param)
    check_voice_count((line.voice for line in lines), param=param)
    plan = plan_composition(caller, lines, order=order)
    with accepting_jobs(caller, idempotency=request.idempotency, request_id=request.request_id) as acceptance:
        if acceptance.earlier is not None:
            return Submission(acceptance.earlier, is_replay=True)
        job = acceptance.accept(plan)
        now = timezone.now()
        composition = Composition(
            uuid=job.uuid,
            account=caller.required_account,
            is_project=False,
            last_job=job,
            settings={"pause_ms": order.pause_ms, "crossfade_ms": order.crossfade_ms, "format": order.format},
            expires_at=now + timedelta(days=caller.plan.retention_days) + SPARE_TIME,
        )
        composition.save(force_insert=True)
        for line in lines:
            line.composition = composition
        Line.objects.bulk_create(lines)
    return Submission(job, is_replay=False)


def redo_chunk(caller: Caller, chunk: Line, *, changes: LineChanges, order: RenderOrder, request: RequestIdentity) -> Submission:
    """Speak one chunk again, with other settings; the chunk changes when the job completes. 400 too_many_voices with those of its generation."""
    others = chunk.composition.lines.exclude(uuid=chunk.uuid).values_list("voice", flat=True)
    check_voice_count((*others, chunk.voice if changes.voice is None else changes.voice), param="voice_id")
    changed = copy(chunk)
    apply_changes(changed, changes)
    remake = replace(order, is_joined=False, format=PART_FORMAT, remade=[chunk.uuid])
    plan = plan_composition(caller, [changed], order=remake, composition=chunk.composition_id.hex)
    plan = _with_changes(plan, changes=changes)
    return _submit(caller, plan, composition=chunk.composition, request=request)


def merge_chunks(caller: Caller, chunks: Sequence[Line], *, order: RenderOrder, request: RequestIdentity) -> Submission:
    """Join the audio of chunks as it is. 400 too_many_lines or text_too_long, 409 chunk_not_ready, 410 expired."""
    if not chunks:
        raise InvalidRequestError("There are no chunks to merge.", code="no_lines")
    check_size(caller.plan, [chunk.text for chunk in chunks], param=order.param)  # merging is free, speaking as much is limited
    for number, chunk in enumerate(chunks):
        _check_ready(chunk, number=number)
    plan = plan_merge(chunks, order=order)
    return submit_job(caller, plan, idempotency=request.idempotency, request_id=request.request_id)


def _submit(caller: Caller, plan: JobPlan, *, composition: Composition, request: RequestIdentity) -> Submission:
    with accepting_jobs(caller, idempotency=request.idempotency, request_id=request.request_id) as acceptance:
        if acceptance.earlier is not None:
            return Submission(acceptance.earlier, is_replay=True)
        job = acceptance.accept(plan)
        Composition.objects.filter(uuid=composition.uuid).update(last_job=job)
    return Submission(job, is_replay=False)


def _with_changes(plan: JobPlan, *, changes: LineChanges) -> JobPlan:
    params = plan.params
    if not isinstance(params, CompositionParams):
        raise TypeError("the job speaks no lines")
    return replace(plan, params=replace(params, takes=tuple(replace(take, changes=changes) for take in params.takes)))


def _check_ready(chunk: Line, *, number: int) -> None:
    if chunk.take is not None:
        return
    name = f"The chunk {chunk.uuid.hex} (number {number})"
    if chunk.take_job is not None or chunk.take_output:
        raise GoneError(f"{name} is no longer stored. Make it again with POST /api/generate/regenerate-chunk.")
    raise ConflictError(f"{name} has no audio: its generation is still running, or it failed.", code="chunk_not_ready")
