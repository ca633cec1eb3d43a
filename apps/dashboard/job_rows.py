"""Jobs as rows of a list: what they are, their state, their text and price in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.accounts.models import ApiKey
from apps.jobs.kinds import params_of, voice_of
from apps.jobs.models import Job, JobState
from apps.jobs.params import RecordingParams, SpokenParams
from apps.jobs.results import main_file_name
from apps.jobs.selectors import progress_of, read_units_done
from apps.jobs.serializers import public_status
from apps.uploads.models import Upload
from apps.website.service_titles import ServiceTitle, service_title
from workers.contract.formats import FORMATS

EXCERPT_CHARACTERS: Final = 160
STATUS_BADGES: Final = {
    "queued": "",
    "processing": "badge-accent",
    "cancelling": "badge-warning",
    "completed": "badge-success",
    "failed": "badge-danger",
    "expired": "badge-danger",
    "cancelled": "",
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """Job in a list."""

    uuid: UUID
    title: ServiceTitle
    status: str
    badge: str
    excerpt: str
    model: str
    voice: str
    key_name: str
    millicredits: int
    """Charged, or reserved while the job runs."""
    audio_seconds: float | None
    audio_url: str
    """Path of the audio; empty without one."""
    created_at: datetime
    percent: int
    is_over: bool
    error: str

    @property
    def created_microseconds(self) -> int:
        """Time of acceptance, by which scripts sort the rows."""
        return microseconds_of(self.created_at)


def microseconds_of(moment: datetime) -> int:
    """Microseconds since the epoch: 16 digits."""
    return round(moment.timestamp() * 1_000_000)


def job_rows(jobs: Iterable[Job]) -> list[JobRow]:
    """Rows in the same order: two queries beside the jobs' own."""
    found = list(jobs)
    keys = dict(ApiKey.objects.filter(pk__in={job.api_key_id for job in found if job.api_key_id}).values_list("pk", "name"))
    units_done = read_units_done(job for job in found if not job.is_over)
    names = _file_names(found)
    return [job_row(job, key_name=keys.get(job.api_key_id or 0, ""), units_done=units_done.get(job.uuid, 0), files=names) for job in found]


def job_row(job: Job, *, key_name: str, units_done: int, files: dict[str, str] | None = None) -> JobRow:
    status = public_status(job)
    output = job.main_output if job.state == JobState.COMPLETED and not job.is_expired else None
    return JobRow(
        uuid=job.uuid,
        title=service_title(job.kind),
        status=status,
        badge=STATUS_BADGES.get(status, ""),
        excerpt=excerpt_of(job, files=files or {}),
        model=job.asked_model,
        voice=voice_of(job),
        key_name=key_name,
        millicredits=job.charged_millicredits if job.is_over else job.reserved_millicredits,
        audio_seconds=output.audio_seconds if output and output.audio_seconds else None,
        audio_url=audio_path(job),
        created_at=job.created_at,
        percent=round(100 * progress_of(job, units_done=units_done).share),
        is_over=job.is_over,
        error=job.error_message,
    )


def excerpt_of(job: Job, *, files: dict[str, str]) -> str:
    """Beginning of the text, or the name of the recording's file; empty once retention has deleted both."""
    params = params_of(job)
    if isinstance(params, SpokenParams) and params.text:
        text = " ".join(params.text[: 2 * EXCERPT_CHARACTERS].split())
        return text if len(text) <= EXCERPT_CHARACTERS else f"{text[:EXCERPT_CHARACTERS].rstrip()}…"
    return files.get(params.source, "") if isinstance(params, RecordingParams) else ""


def audio_path(job: Job, *, format_name: str = "") -> str:
    """Path of the job's main audio, in its own or another format; empty if it has none or it was deleted."""
    output = job.main_output if job.state == JobState.COMPLETED and not job.is_expired else None
    if output is None or output.format not in FORMATS:
        return ""
    return f"/static/downloads/{job.uuid.hex}/{main_file_name(format_name or output.format)}"


def _file_names(jobs: list[Job]) -> dict[str, str]:
    """Names of the files that the jobs were given in advance, by storage key: those of files in requests are deleted with them."""
    sources = {params.source for job in jobs if isinstance(params := params_of(job), RecordingParams) and params.source}
    return dict(Upload.objects.filter(key__in=sources).values_list("key", "file_name")) if sources else {}
