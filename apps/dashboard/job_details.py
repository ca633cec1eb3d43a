"""Content of the page of one job: player, words, document, files, cost, error, timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from apps.accounts.models import ApiKey
from apps.core.errors import ApplicationError
from apps.dashboard.error_advice import advice_of
from apps.dashboard.job_rows import JobRow, audio_path, job_row
from apps.jobs.kinds import params_of, voice_of
from apps.jobs.models import Job, JobState, Part, PartState
from apps.jobs.outcomes import DEFAULT_FAILURES, failure_of
from apps.jobs.params import RecordingParams, SpokenParams
from apps.jobs.selectors import read_units_done
from apps.jobs.services.repeat import can_repeat
from apps.speech.results import document_of
from apps.speech.selectors import read_words
from apps.subtitles.selectors import has_subtitles
from apps.website.words import format_bytes
from workers.contract.formats import FORMATS
from workers.text.subtitles import CONTENT_TYPES

MOST_WORDS: Final = 3000
"""Words that the page shows lit as they are spoken: more make it slow, and the download has them all."""
MOST_SEGMENTS: Final = 500
MOST_TEXT: Final = 20_000
TEXTS: Final = {"text": "Text", "original_text": "Heard", "translated_text": "Translation", "user_text": "Question", "ai_text": "Answer"}
"""Texts of documents, by their field of GET /v1/speech/results/."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Step of the timeline."""

    title: str
    at: datetime
    seconds: float | None = None
    """Time since the step before."""


@dataclass(frozen=True, slots=True)
class FileLink:
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class JobDetails:
    job: Job
    row: JobRow
    facts: list[tuple[str, str]]
    text: str
    """Text as it was given; empty for a recording, or once retention has deleted it."""
    words: list[dict[str, Any]]
    document: list[tuple[str, str]]
    """Titles and texts of the job's document."""
    segments: list[dict[str, Any]]
    """Segments of a transcript, with their times."""
    findings: list[tuple[str, str]]
    """Other facts of the document."""
    files: list[FileLink]
    formats: list[FileLink]
    subtitles: list[FileLink]
    timeline: list[Moment]
    part_counts: dict[str, int]
    error: tuple[str, str, str] | None
    """Code, message and advice of a job without a result."""
    can_cancel: bool
    can_repeat: bool


def read_job_details(job: Job) -> JobDetails:
    """Everything about a job, which the caller has been checked to own. Reads the object store for words and documents of a result that is kept."""
    key = ApiKey.objects.filter(pk=job.api_key_id).first() if job.api_key_id else None
    row = job_row(job, key_name=key.name if key else "", units_done=read_units_done([job]).get(job.uuid, 0))
    is_kept = job.state == JobState.COMPLETED and not job.is_expired
    document = _read_document(job) if is_kept else {}
    params = params_of(job)
    text = params.text if isinstance(params, SpokenParams) else ""
    return JobDetails(
        job=job,
        row=row,
        facts=_facts(job, key=key),
        text=text[:MOST_TEXT],
        words=_read_words(job) if is_kept and row.audio_url else [],
        document=[(title, str(document[name])) for name, title in TEXTS.items() if document.get(name)],
        segments=list(document.get("segments") or [])[:MOST_SEGMENTS],
        findings=_findings(document),
        files=_files(job) if is_kept else [],
        formats=[FileLink(name, audio_path(job, format_name=name)) for name in FORMATS] if row.audio_url else [],
        subtitles=_subtitles(job) if is_kept else [],
        timeline=_timeline(job),
        part_counts=_count_parts(job),
        error=_error(job),
        can_cancel=not job.is_over and job.cancel_requested_at is None,
        can_repeat=job.is_over and can_repeat(job) and bool(text),
    )


def _facts(job: Job, *, key: ApiKey | None) -> list[tuple[str, str]]:
    params = params_of(job)
    recording = params.seconds if isinstance(params, RecordingParams) else 0.0
    output = job.main_output
    facts = [
        ("Model", job.asked_model if not job.has_stand_in else f"{job.asked_model}, done by {job.model_used}"),
        ("Voice", voice_of(job)),
        ("Language", str(getattr(params, "language", ""))),
        ("Speed", f"{params.speed:g}" if getattr(params, "speed", 1.0) != 1.0 else ""),  # type: ignore[attr-defined]
        ("Format", job.output_format),
        ("Recording", f"{recording:,.1f} seconds" if recording else ""),
        ("Audio", f"{output.audio_seconds:,.1f} seconds" if output and output.audio_seconds else ""),
        ("Sent by", f"key {key.name} ({key.prefix}…)" if key else "a member, in the browser"),
        ("From the cache", "yes" if job.is_cached else ""),
        ("Job id", job.uuid.hex),
        ("Request id", job.request_id),
    ]
    return [(title, value) for title, value in facts if value]


def _read_document(job: Job) -> dict[str, Any]:
    try:
        result: dict[str, Any] = document_of(job).get("result", {})
    except ApplicationError:  # deleted meanwhile, or the store does not answer: the page has the rest
        return {}
    return result


def _read_words(job: Job) -> list[dict[str, Any]]:
    try:
        return read_words(job)[:MOST_WORDS]
    except ApplicationError:
        return []


def _findings(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Plain values of a document that have no place of their own: a key, a tempo, a language."""
    known = {*TEXTS, "segments", "conversation_id", "warnings", "uuid", "job_id"}
    plain = ((name, value) for name, value in document.items() if name not in known and isinstance(value, str | int | float | bool))
    return [(name.replace("_", " ").capitalize(), str(value)) for name, value in plain if value not in ("", None)]


def _files(job: Job) -> list[FileLink]:
    """Further files of a job that made several."""
    main = job.main_output
    others = [output for output in job.outputs if output is not main or output.format not in FORMATS]
    return [
        FileLink(
            output.file_name, f"/static/downloads/{job.uuid.hex}/{output.file_name}", format_bytes(output.bytes) if output.bytes else ""
        )
        for output in others
    ]


def _subtitles(job: Job) -> list[FileLink]:
    if not has_subtitles(job):
        return []
    return [FileLink(name, f"/web/v1/speech/subtitles/?uuid={job.uuid.hex}&format={name}&download=1") for name in CONTENT_TYPES]


def _timeline(job: Job) -> list[Moment]:
    end = {JobState.COMPLETED: "Completed", JobState.CANCELLED: "Cancelled", JobState.EXPIRED: "Expired"}.get(JobState(job.state), "Failed")
    steps = [
        ("Accepted", job.created_at),
        ("Started", job.started_at),
        ("Cancellation asked for", job.cancel_requested_at),
        (end, job.finished_at),
        ("Result deleted" if job.result_deleted_at else "Result is deleted", job.result_deleted_at or job.expires_at),
    ]
    moments: list[Moment] = []
    for title, at in steps:
        if at is not None:
            before = moments[-1].at if moments and not title.startswith("Result") else None
            moments.append(Moment(title, at, (at - before).total_seconds() if before else None))
    return moments


def _count_parts(job: Job) -> dict[str, int]:
    states = list(Part.objects.filter(job_id=job.uuid).values_list("state", "attempts"))
    return {
        "total": len(states),
        "done": sum(state == PartState.DONE for state, _ in states),
        "retries": sum(max(0, attempts - 1) for _, attempts in states),
    }


def _error(job: Job) -> tuple[str, str, str] | None:
    if job.state not in DEFAULT_FAILURES or job.state == JobState.CANCELLED:
        return None
    code, message = failure_of(job)
    return code, message, advice_of(code)
