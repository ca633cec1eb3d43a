"""Renditions: a result in another format, created once by an internal job, free, kept as long as the result."""

from apps.core.errors import ConflictError
from apps.jobs.kinds import RENDITION, RenditionParams
from apps.jobs.models import Job, JobState, Rendition
from apps.jobs.plans import PartPlan
from apps.jobs.services.acceptance import inserting_jobs
from apps.jobs.services.submit import JobPlan, Owner
from apps.jobs.services.terminal_states import lock_job
from workers.contract import names
from workers.contract.chapters import CHAPTERS
from workers.contract.messages import ConvertWork
from workers.contract.outputs import AUDIO, OutputSpec
from workers.contract.references import StoredObject


def request_rendition(job: Job, *, format: str) -> Job:  # noqa: A002 - the API's word
    """Job that converts this one's result: a new or an existing one. 409 if there is nothing to convert."""
    with inserting_jobs() as jobs:
        source = lock_job(job.uuid)  # so that two requests at once make one
        if source.state != JobState.COMPLETED or source.main_output is None or source.result_deleted_at is not None:
            raise ConflictError("The job has no result to convert.", code="job_not_completed")
        earlier = Rendition.objects.select_related("job").filter(source=source, format=format).first()
        if earlier is not None and not _is_lost(earlier.job):
            return earlier.job
        rendition = jobs.insert(
            _plan(source, key=source.main_output.key, audio_format=format), owner=Owner.of_source(source), request_id=source.request_id
        )
        Rendition.objects.update_or_create(source=source, format=format, defaults={"job": rendition})
    return rendition


def _is_lost(job: Job) -> bool:
    return job.result_deleted_at is not None or (job.is_over and job.state != JobState.COMPLETED)


def _plan(source: Job, *, key: str, audio_format: str) -> JobPlan:
    chapters = source.find_output(CHAPTERS)
    work = ConvertWork(StoredObject(key), format=audio_format, chapters=None if chapters is None else StoredObject(chapters.key))
    return JobPlan(
        kind=RENDITION,
        engine_id="",
        queue=names.CODEC_QUEUE,
        lane=RENDITION.lanes.choose(0, is_awaited=False),
        parts=(PartPlan("convert", work, (OutputSpec(AUDIO, audio_format, is_kept=True),), units=0),),
        units=0,
        price_millicredits=0,
        output_format=audio_format,
        params=RenditionParams(source=source.uuid.hex, source_kind=source.kind, source_engine=source.engine_id, format=audio_format),
    )
