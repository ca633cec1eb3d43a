"""Takes of lines: the audio that a completed job made of them."""

from collections.abc import Mapping
from typing import Any, Final

from apps.core.ids import find_uuid
from apps.jobs.models import Job, JobState
from apps.projects.kinds import COMPOSITION
from apps.projects.models import Line

CHANGEABLE: Final = ("text", "voice", "model", "language", "speed")


def record_takes(job: Job) -> None:
    """Give each line the audio that the job made of it, and the changes that it was made with. One of TTSAI_JOB_END_OBSERVERS."""
    if job.kind != COMPOSITION.name or job.state != JobState.COMPLETED:
        return
    takes = {find_uuid(take["line"]): take for take in COMPOSITION.read_params(job).takes}
    # In the order of their ids: two jobs of one composition that end at once do not wait for each other's rows.
    lines = list(Line.objects.select_for_update().filter(uuid__in=[uuid for uuid in takes if uuid]).order_by("uuid"))
    for line in lines:
        _apply(line, take=takes[line.uuid], job=job)
    fields = [*CHANGEABLE, "take_job", "take_output", "take_seconds", "take_settings", "take_digest"]
    Line.objects.bulk_update(lines, fields, batch_size=200)


def _apply(line: Line, *, take: Mapping[str, Any], job: Job) -> None:
    output = job.find_output(take["output"])
    for name, value in take.get("changes", {}).items():
        setattr(line, name, value)
    line.take_job, line.take_output = job, take["output"]
    line.take_seconds = output.audio_seconds if output else 0.0
    line.take_settings, line.take_digest = take["settings"], take["digest"]
