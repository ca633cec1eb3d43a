"""Creates and stores subtitles, and requests alignments."""

from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.core import retry_after
from apps.core.errors import ConflictError, GoneError, InvalidRequestError, UnavailableError
from apps.core.storage import get_storage
from apps.jobs.models import Job, JobState, Rendition
from apps.jobs.plans import PartPlan
from apps.jobs.results import ResultOutput
from apps.jobs.services.acceptance import inserting_jobs
from apps.jobs.services.submit import JobPlan, Owner
from apps.jobs.services.terminal_states import lock_job
from apps.subtitles.kinds import ALIGNMENT, AlignmentParams
from apps.subtitles.options import SubtitleOptions
from apps.subtitles.selectors import WORDS, find_alignment, language_of, subtitles_key, text_of
from workers.contract import names
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.references import StoredObject
from workers.contract.tags import primary_tag
from workers.contract.transcription import AlignWork
from workers.text.subtitles import CONTENT_TYPES

ENGLISH = "en"
"""Language that every worker aligns by itself; others need a recogniser."""
PREFERRED = "whisper"


def request_alignment(job: Job, *, options: SubtitleOptions) -> Job:
    """Alignment job of a completed job: a new one, free, or an existing one.

    Raises 400 unsupported_language, 409 job_not_completed, 503 model_unavailable.
    """
    language = language_of(job) or options.language
    recogniser = _choose_recogniser(language)
    text = text_of(job)
    with inserting_jobs() as jobs:
        source = lock_job(job.uuid)  # so that two requests at once make one
        if source.state != JobState.COMPLETED or source.main_output is None or source.result_deleted_at is not None:
            raise ConflictError("The job has no result to align.", code="job_not_completed")
        if earlier := find_alignment(source):
            return earlier
        plan = _plan(source, audio=source.main_output, text=text, language=language, recogniser=recogniser)
        alignment = jobs.insert(plan, owner=Owner.of_source(source), request_id=source.request_id)
        Rendition.objects.update_or_create(source=source, format=WORDS, defaults={"job": alignment})
    return alignment


def keep_subtitles(job: Job, *, file_format: str, content: bytes) -> None:
    """Store the file beside the job's result. 410 if that was deleted meanwhile."""
    key = subtitles_key(job, file_format=file_format)
    get_storage().put_bytes(key, content, content_type=CONTENT_TYPES[file_format])
    if not Job.objects.filter(uuid=job.uuid, result_deleted_at=None).exists():
        get_storage().delete(key)
        raise GoneError("The result has expired and was deleted.", param="uuid")


def _choose_recogniser(language: str) -> EngineRow | None:
    """Recogniser that aligns a text in this language; None for English, or with no language and no recogniser."""
    primary = primary_tag(language)
    if primary == ENGLISH:
        return None
    recognisers = [engine for engine in list_models() if engine.kind == "stt" and engine.was_seen_lately]
    recognisers.sort(key=lambda engine: (not engine.is_available, engine.id != PREFERRED, -len(engine.spec.languages), engine.id))
    if not primary:
        return recognisers[0] if recognisers else None
    fitting = [engine for engine in recognisers if primary in engine.spec.languages]
    if fitting:
        return fitting[0]
    if recognisers:
        known = ", ".join(sorted({ENGLISH, *(tag for engine in recognisers for tag in engine.spec.languages)}))
        raise InvalidRequestError(
            f"No installed model aligns {primary!r}. Available: {known}.", code="unsupported_language", param="language"
        )
    raise UnavailableError(
        f"Subtitles in {primary!r} need a speech recogniser, and no worker serves one at the moment.",
        code="model_unavailable",
        headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
    )


def _plan(source: Job, *, audio: ResultOutput, text: str, language: str, recogniser: EngineRow | None) -> JobPlan:
    work = AlignWork(StoredObject(audio.key), text, language=language, engine=recogniser.id if recogniser else "")
    units = round(1000 * audio.audio_seconds)
    queue = recogniser.queue if recogniser else names.CODEC_QUEUE
    return JobPlan(
        kind=ALIGNMENT,
        engine_id=recogniser.id if recogniser else "",
        queue=queue,
        lane=ALIGNMENT.lanes.choose(units, is_awaited=False),
        parts=(PartPlan("align", work, text_outputs(is_kept=True), units=units),),
        units=units,
        price_millicredits=0,
        output_format=DOCUMENT,
        params=AlignmentParams(source=source.uuid.hex, language=language),
    )
