"""Takes of lines: the audio that a completed job made of them."""

from dataclasses import fields
from typing import Final

from apps.core.ids import find_uuid
from apps.jobs.models import Job, JobState
from apps.projects.kinds import COMPOSITION, LineChanges, Take
from apps.projects.models import Line

CHANGEABLE: Final = tuple(field.name for field in fields(LineChanges))


def record_takes(job: Job) -> None:
    """Give each line the audio that the job made of it, and the changes that it was made with. One of TTSAI_JOB_END_OBSERVERS."""
    if job.kind != COMPOSITION.name or job.state != JobState.COMPLETED:
        return
    takes = {find_uuid(take.line): take for take in COMPOSITION.read_params(job).takes}
    # In the order of their ids: two jobs of one composition that end at once do not wait for each other's rows.
    lines = list(Line.objects.select_for_update().filter(uuid__in=[uuid for uuid in takes if uuid]).order_by("uuid"))
    for line in lines:
        _apply(line, take=takes[line.uuid], job=job)
    updated = [*CHANGEABLE, "take_job", "take_output", "take_seconds", "take_settings", "take_digest"]
    Line.objects.bulk_update(lines, updated, batch_size=200)


def apply_changes(line: Line, changes: LineChanges) -> None:
    """Set the fields that change; the line is not saved."""
    for name in CHANGEABLE:
        if (value := getattr(changes, name)) is not None:
            setattr(line, name, value)


def _apply(line: Line, *, take: Take, job: Job) -> None:
    output = job.find_output(take.output)
    if take.changes is not None:
        apply_changes(line, take.changes)
    line.take_job, line.take_output = job, take.output
    line.take_seconds = output.audio_seconds if output else 0.0
    line.take_settings, line.take_digest = take.settings, take.digest
