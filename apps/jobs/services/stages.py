"""Stages of a job: its parts start when all parts of the previous stage are finished, and read their outputs."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from apps.jobs.models import Job, Part, PartState
from apps.jobs.objects import object_reference, output_key, timings_key

# Of one stage: those with a worker or in line, and those that the dispatcher has not let into the line yet.
LEFT = """
SELECT count(*) FILTER (WHERE state <> 'waiting'), count(*) FILTER (WHERE state = 'waiting') FROM jobs_part
WHERE job_id = %(job)s AND stage = %(stage)s AND state IN ('waiting', 'queued', 'admitted', 'running')
"""
QUEUE_WAITING = "UPDATE jobs_part SET state = 'queued' WHERE job_id = %(job)s AND stage = %(stage)s AND state = 'waiting'"

LARGEST_UNITS = 1 << 31


def output_of(index: int) -> dict[str, int]:
    """Placeholder in a later part's work for the address of the output of part `index`."""
    return {"$output": index}


def timings_of(index: int) -> dict[str, int]:
    """The same for its timings; null where it makes none."""
    return {"$timings": index}


def go_on(job: Job, *, part: Part) -> list[str]:
    """A part of a job is done, and more is to do. The job is locked. Returns the queues on which something may go on."""
    values: dict[str, Any] = {"job": job.uuid, "stage": part.stage}
    with connection.cursor() as cursor:
        cursor.execute(LEFT, values)
        on_their_way, waiting = cursor.fetchone()
        if waiting and not on_their_way:  # the dispatcher left them alone because somebody held their rows
            cursor.execute(QUEUE_WAITING, values)
    if on_their_way or waiting:
        return [part.queue]
    return list(dict.fromkeys([part.queue, *_open_stage(job, stage=part.stage + 1)]))


def _open_stage(job: Job, *, stage: int) -> list[str]:
    done = {part.index: part for part in Part.objects.filter(job_id=job.uuid, stage__lt=stage)}
    parts = list(Part.objects.filter(job_id=job.uuid, stage=stage, state=PartState.WAITING).order_by("index"))
    for part in parts:
        part.units = _script_characters(part.work, done=done) or part.units
        part.work, part.state = _with_references(part.work, done=done), PartState.QUEUED
    Part.objects.bulk_update(parts, ["work", "state", "units"], batch_size=500)
    return [part.queue for part in parts]


def _script_characters(work: Mapping[str, Any], *, done: Mapping[int, Part]) -> int:
    """Length of the share of a script that the work speaks, as its writer told; 0 for other work, and for writers of an older version."""
    script = work.get("script")
    if not isinstance(script, dict) or "$output" not in script:
        return 0
    details = (done[script["$output"]].manifest or {}).get("details", {})
    lengths, share = details.get("share_characters") if isinstance(details, dict) else None, work.get("share", 0)
    length = lengths[share] if isinstance(lengths, list) and share < len(lengths) else 0
    return length if isinstance(length, int) and 0 <= length < LARGEST_UNITS else 0


def _with_references(work: Any, *, done: Mapping[int, Part]) -> Any:
    if isinstance(work, dict):
        if "$output" in work:
            return object_reference(output_key(done[work["$output"]]))
        if "$timings" in work:
            part = done[work["$timings"]]
            return object_reference(timings_key(part)) if (part.manifest or {}).get("has_timings") else None
        return {name: _with_references(value, done=done) for name, value in work.items()}
    if isinstance(work, list):
        return [_with_references(item, done=done) for item in work]
    return work
