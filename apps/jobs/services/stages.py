"""Stages of a job: its parts start when all parts of the previous stage are finished, and read their outputs."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import connection

from apps.jobs.models import SPEAK, Job, Part, PartState
from apps.jobs.objects import output_key
from apps.jobs.services.attempts import LARGEST_UNITS
from workers.contract.messages import SpeakWork
from workers.contract.references import PartOutput, StoredObject, replace_references

# Unfinished parts of one stage: those with a worker or in its queue, and those that wait for the dispatcher.
COUNT_UNFINISHED = """
SELECT count(*) FILTER (WHERE state <> 'waiting'), count(*) FILTER (WHERE state = 'waiting') FROM jobs_part
WHERE job_id = %(job)s AND stage = %(stage)s AND state IN ('waiting', 'queued', 'admitted', 'running')
"""
QUEUE_WAITING = "UPDATE jobs_part SET state = 'queued' WHERE job_id = %(job)s AND stage = %(stage)s AND state = 'waiting'"


def advance_stage(job: Job, *, part: Part) -> list[str]:
    """Continue a job after a finished part. The job is locked. Returns the queues to dispatch."""
    values: dict[str, Any] = {"job": job.uuid, "stage": part.stage}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UNFINISHED, values)
        on_their_way, waiting = cursor.fetchone()
        if waiting and not on_their_way:  # the dispatcher left them alone because somebody held their rows
            cursor.execute(QUEUE_WAITING, values)
    if on_their_way or waiting:
        return [part.queue]
    return list(dict.fromkeys([part.queue, *_open_stage(job, stage=part.stage + 1)]))


def _open_stage(job: Job, *, stage: int) -> list[str]:
    done = {part.index: part for part in Part.objects.filter(job_id=job.uuid, stage__lt=stage).defer("work")}  # a long text has thousands
    parts = list(Part.objects.filter(job_id=job.uuid, stage=stage, state=PartState.WAITING).order_by("index"))
    for part in parts:
        part.units = _script_characters(part, done=done) or part.units
        part.work, part.state = replace_references(part.work, partial(_resolve, done=done)), PartState.QUEUED
    Part.objects.bulk_update(parts, ["work", "state", "units"], batch_size=500)
    return [part.queue for part in parts]


def _script_characters(part: Part, *, done: Mapping[int, Part]) -> int:
    """Length of the share of a script that the part speaks, as its writer reported it; 0 for other work, and for writers of an older version."""
    if part.kind != SPEAK:
        return 0
    work = SpeakWork.from_dict({**part.work, "voice": None, "voices": ()})  # an older version names voices by their ids
    if not isinstance(work.script, PartOutput):
        return 0
    details = (done[work.script.index].manifest or {}).get("details", {})
    lengths, share = details.get("share_characters") if isinstance(details, dict) else None, work.share
    length = lengths[share] if isinstance(lengths, list) and share < len(lengths) else 0
    return length if isinstance(length, int) and 0 <= length < LARGEST_UNITS else 0


def _resolve(reference: StoredObject | PartOutput, *, done: Mapping[int, Part]) -> StoredObject | None:
    """The object that an earlier part stored; None for an optional output that it did not."""
    if isinstance(reference, StoredObject):
        return reference
    part = done[reference.index]
    return StoredObject(output_key(part, reference.name)) if part.has_stored(reference.name) else None
