"""Sources of a job's subtitles: its own transcript, its own timings, or an alignment."""

import json

from apps.core.errors import NotFoundError
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.kinds import kind_of, params_of
from apps.jobs.models import Job, JobState, Rendition
from apps.jobs.objects import job_folder
from apps.jobs.params import SpokenParams
from apps.subtitles.options import SubtitleOptions
from apps.transcription.documents import read_document, read_script, read_transcript
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import TEXT, TIMINGS
from workers.contract.transcription import AlignedDocument, AlignedWord, TranscriptDocument
from workers.text.subtitles.program import SubtitleOrder

WORDS = "words"
"""Format name of an alignment's rendition."""


def subtitles_key(job: Job, *, file_format: str) -> str:
    """Storage key of the file: in the job's folder, with which it is deleted."""
    return f"{job_folder(job.tenant, job=job.uuid)}/subtitles.{file_format}"


def find_stored(job: Job, *, file_format: str) -> bytes | None:
    """File created by an earlier request, or None."""
    try:
        return get_storage().read_bytes(subtitles_key(job, file_format=file_format))
    except MissingObjectError:
        return None


def find_order(job: Job, *, options: SubtitleOptions) -> SubtitleOrder | None:
    """Order from a completed job alone; None if its text must be aligned with its audio first. Raises 404 no_subtitles, 410."""
    if kind_of(job).document is TranscriptDocument and (job.find_output(TEXT) is not None or job.output_format == DOCUMENT):
        transcript = read_transcript(job)
        return SubtitleOrder(options.format, transcript.language, segments=transcript.segments)
    text = text_of(job)
    words = _timed_words(job)
    return SubtitleOrder(options.format, language_of(job) or options.language, text=text, words=words) if words else None


def has_subtitles(job: Job) -> bool:
    """True if a completed job's text is known, from its transcript or as its speech was asked for: find_order and text_of then find it. The kind
    decides, since the documents of other kinds, such as an analysis, are stored under the same name. Reads no file.
    """
    has_document = job.find_output(TEXT) is not None
    if kind_of(job).document is TranscriptDocument:
        return has_document or job.output_format == DOCUMENT
    output, params = job.main_output, params_of(job)
    is_speech = output is not None and output.format != DOCUMENT and isinstance(params, SpokenParams)
    return is_speech and (has_document or bool(getattr(params, "text", "")))


def text_of(job: Job) -> str:
    """Text that the job's audio speaks, as written. 404 if unknown."""
    text = _stored_text(job)
    if not text:
        raise NotFoundError("The text of this job's audio is unknown, so it has no subtitles.", code="no_subtitles", param="uuid")
    return text


def _stored_text(job: Job) -> str:
    output, params = job.main_output, params_of(job)
    if output is None or output.format == DOCUMENT or not isinstance(params, SpokenParams):
        return ""
    return read_script(job).text if job.find_output(TEXT) else params.text


def language_of(job: Job) -> str:
    """Language of a job's text as it was decided: at admission, or in the job for a text that the job wrote. Empty if neither did."""
    params = params_of(job)
    if not isinstance(params, SpokenParams):
        return ""
    return params.language or (read_script(job).target_language if job.find_output(TEXT) else "")


def find_alignment(job: Job) -> Job | None:
    """Job that aligns, or aligned, this one's text with its audio, unless it failed or its result was deleted."""
    row = Rendition.objects.select_related("job").filter(source=job, format=WORDS).first()
    return None if row is None or _is_lost(row.job) else row.job


def read_alignment(alignment: Job, *, source: Job, options: SubtitleOptions) -> SubtitleOrder:
    """Read the result of a completed alignment. 410 if it was deleted."""
    aligned = read_document(alignment, AlignedDocument)
    return SubtitleOrder(options.format, language_of(source) or options.language, text=text_of(source), words=aligned.words)


def _is_lost(job: Job) -> bool:
    return job.result_deleted_at is not None or (job.is_over and job.state != JobState.COMPLETED)


def _timed_words(job: Job) -> tuple[AlignedWord, ...]:
    timings = job.find_output(TIMINGS)
    if timings is None:
        return ()
    try:
        stored = json.loads(get_storage().read_bytes(timings.key))
    except MissingObjectError:
        return ()
    words = stored.get("words", []) if isinstance(stored, dict) else stored
    return tuple(AlignedWord.from_dict(word) for word in words)
