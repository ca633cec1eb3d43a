"""Read operations on speech jobs by uuid, which is a capability: its holder may read."""

import json
from typing import Any

from apps.core.errors import GoneError, InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job
from apps.jobs.selectors import find_job, read_units_done
from workers.contract.outputs import TIMINGS


def get_speech_job(uuid_text: str) -> Job:
    """The job. 400 for an invalid uuid, 404 if there is none, 410 if its result was deleted."""
    if find_uuid(uuid_text) is None:
        raise InvalidRequestError("uuid must be the 32 hex digits (or the dashed form) of a job.", code="invalid_uuid", param="uuid")
    job = find_job(uuid_text)
    if job is None:
        raise NotFoundError("There is no job with this uuid.", param="uuid")
    if job.is_expired:
        raise GoneError("The result has expired and was deleted.", param="uuid")
    return job


def read_words(job: Job) -> list[dict[str, Any]]:
    """Start and end of each word of the job's audio; empty if the model has no timings."""
    timings = job.find_output(TIMINGS)
    if timings is None or not kind_of(job).has_timings:
        return []
    try:
        stored = json.loads(get_storage().read_bytes(timings.key))
    except MissingObjectError:
        return []
    words = stored.get("words", []) if isinstance(stored, dict) else stored
    return [{"word": word["word"], "start": word["start"], "end": word["end"]} for word in words]


def progress_of(job: Job) -> float:
    """Share of the job that is done, 0 to 1."""
    done = read_units_done([job]).get(job.uuid, 0)
    return round(min(1.0, done / job.units), 3) if job.units else 0.0
