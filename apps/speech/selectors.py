"""Read operations on speech jobs by uuid, which is a capability: its holder may read."""

import itertools
import json
from typing import Any

from apps.accounts.callers import Caller
from apps.core.errors import GoneError, InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job, JobState
from apps.jobs.selectors import Progress, find_job, progress_of, read_units_done
from apps.speech.kinds import SPEECH
from workers.contract.chapters import CHAPTERS
from workers.contract.dubbing import CUES, SpokenCue
from workers.contract.outputs import TIMINGS

MOST_OVERRUNS = 100
LARGEST_TIMINGS = 8 << 20
"""Largest file of word timings that is read into an answer, in bytes: about 90,000 words, nine hours of speech."""


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


def list_recent_speech(caller: Caller, *, limit: int) -> list[Job]:
    """The account's latest completed texts whose audio is still kept, newest first."""
    if caller.account is None:
        return []
    jobs = Job.objects.filter(account_id=caller.account.pk, is_internal=False, kind=SPEECH.name, state=JobState.COMPLETED)
    return list(jobs.filter(result_deleted_at=None).order_by("-created_at", "uuid")[:limit])


def read_words(job: Job) -> list[dict[str, Any]]:
    """Start and end of each word of the job's audio; empty if the model has no timings. 400 words_too_many for a text of hours."""
    timings = job.find_output(TIMINGS)
    if timings is None or not kind_of(job).has_timings:
        return []
    if timings.bytes > LARGEST_TIMINGS:
        raise InvalidRequestError(
            f"The times of the words are {timings.bytes:,} bytes, too many for this answer. Download the output `timings` of the result.",
            code="words_too_many",
            param="timestamps",
        )
    try:
        stored = json.loads(get_storage().read_bytes(timings.key))
    except MissingObjectError:
        return []
    words = stored.get("words", []) if isinstance(stored, dict) else stored
    return [{"word": word["word"], "start": word["start"], "end": word["end"]} for word in words]


def read_chapters(job: Job) -> list[dict[str, Any]]:
    """Title, start and end in seconds of each chapter of the job's audio."""
    return [{"title": one["title"], "start": one["start"], "end": one["end"]} for one in _read_list(job, CHAPTERS)]


def read_overruns(job: Job) -> list[dict[str, Any]]:
    """Times of the first subtitles that are spoken beyond their end."""
    cues = map(SpokenCue.from_dict, _read_list(job, CUES))
    over = (cue for cue in cues if cue.overrun_seconds)
    return [{**cue.to_dict(), "overrun_seconds": cue.overrun_seconds} for cue in itertools.islice(over, MOST_OVERRUNS)]


def _read_list(job: Job, name: str) -> list[dict[str, Any]]:
    output = job.find_output(name)
    try:
        stored: list[dict[str, Any]] = json.loads(get_storage().read_bytes(output.key)) if output is not None else []
    except MissingObjectError:
        return []
    return stored


def read_job_progress(job: Job) -> Progress:
    """Progress of a job that is not over."""
    return progress_of(job, units_done=read_units_done([job]).get(job.uuid, 0))
