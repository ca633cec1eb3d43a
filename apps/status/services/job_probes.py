"""Probes by real jobs: a word is spoken by the model that anybody may use first, and the transcription hears what was spoken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.catalog.voices import default_voice
from apps.jobs.models import ACTIVE_STATES, Job, JobState
from apps.jobs.params import JobParams
from apps.jobs.plans import PartPlan
from apps.jobs.services.acceptance import inserting_jobs
from apps.jobs.services.platform_speech import plan_platform_speech
from apps.jobs.services.retention import delete_result
from apps.jobs.services.submit import PLATFORM_TENANT, JobPlan, Owner
from apps.status.components import SPEECH, TRANSCRIPTION, State
from apps.status.kinds import SPEECH_PROBE, TRANSCRIPTION_PROBE
from apps.status.models import ProbeJob
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.references import StoredObject
from workers.contract.transcription import ListenWork

TEXT: Final = "All is well."
SPOKEN_SECONDS: Final = 2.0
FORMAT: Final = "wav"
SLOW: Final = timedelta(seconds=30)
"""Time after which a probe's job counts as slow: it takes two seconds on an idle platform, and its lane is the customers' own."""
LOST: Final = timedelta(minutes=3)
PREFERRED: Final = {"tts": ("kokoro", "piper", "pico"), "stt": ("whisper",)}

Result = tuple[State, int | None]


def probe_kind(component: str) -> Result:
    """State of speech or transcription: by workers, by the probe's job in flight, and by the last one that ended."""
    kind = {SPEECH: "tts", TRANSCRIPTION: "stt"}[component]
    engine = _choose_engine(kind)
    if engine is None:
        return State.DOWN, None
    row, _ = ProbeJob.objects.get_or_create(component=component)
    in_flight = _read_job(row)
    if in_flight is None and _is_due(row):
        _submit(row, engine)
        in_flight = State.UP
    known = State(row.state) if row.state else State.UP
    return (in_flight if in_flight in {State.DEGRADED, State.DOWN} else known), row.milliseconds


def is_offered(kind: str) -> bool:
    """True if a model of the kind is installed here, served or not."""
    return any(engine.kind == kind for engine in list_models())


def _choose_engine(kind: str) -> EngineRow | None:
    live = [engine for engine in list_models() if engine.kind == kind and engine.was_seen_lately and engine.base is None]
    names = PREFERRED[kind]
    return min(live, key=lambda engine: names.index(engine.id) if engine.id in names else len(names), default=None)


def _is_due(row: ProbeJob) -> bool:
    every = settings.TTSAI_STATUS_JOB_SECONDS
    if not every or (row.component == TRANSCRIPTION and not _spoken_key()):
        return False
    return row.submitted_at is None or timezone.now() - row.submitted_at >= timedelta(seconds=every)


def _read_job(row: ProbeJob) -> State | None:
    """State of the job in flight; None without one. The outcome of one that ended is kept in the row."""
    job = Job.objects.filter(uuid=row.job_uuid).first() if row.job_uuid else None
    if job is None:
        return None
    age = timezone.now() - job.created_at
    if not job.is_over:
        return State.DOWN if age > LOST else State.DEGRADED if age > SLOW else State.UP
    took = (job.finished_at or timezone.now()) - job.created_at
    is_done = job.state == JobState.COMPLETED
    row.state = (State.DEGRADED if took > SLOW else State.UP) if is_done else State.DOWN
    row.milliseconds = round(took.total_seconds() * 1000) if is_done else None
    row.job_uuid = None
    if is_done and row.component == SPEECH and job.outputs:
        row.output_key = job.outputs[0].key
    row.save(update_fields=["state", "milliseconds", "job_uuid", "output_key"])
    if row.component == TRANSCRIPTION:
        delete_result(job)
        job.delete()
    return None


def _forget_spoken(key: str) -> None:
    """Delete the jobs of speech that is heard no more, so that probes leave one row and one file. Called while no transcription hears one."""
    for job in Job.objects.filter(kind=SPEECH_PROBE.name, is_internal=True).exclude(state__in=ACTIVE_STATES):
        if not job.outputs or job.outputs[0].key != key:
            delete_result(job)
            job.delete()


def _submit(row: ProbeJob, engine: EngineRow) -> None:
    if row.component == TRANSCRIPTION:
        _forget_spoken(_spoken_key())
    plan = _PLANS[row.component](engine)
    with inserting_jobs() as jobs:
        job = jobs.insert(plan, owner=Owner(tenant=PLATFORM_TENANT), request_id="")
        row.job_uuid, row.submitted_at = job.uuid, timezone.now()
        row.save(update_fields=["job_uuid", "submitted_at"])


def _spoken_key() -> str:
    return ProbeJob.objects.filter(component=SPEECH).values_list("output_key", flat=True).first() or ""


def _speech_plan(engine: EngineRow) -> JobPlan:
    return plan_platform_speech(SPEECH_PROBE, TEXT, voice=default_voice(engine), queue=engine.queue, audio_format=FORMAT)


def _transcription_plan(engine: EngineRow) -> JobPlan:
    milliseconds = round(SPOKEN_SECONDS * 1000)
    work = ListenWork(engine.id, audio=StoredObject(_spoken_key()), source_seconds=SPOKEN_SECONDS)
    return JobPlan(
        kind=TRANSCRIPTION_PROBE,
        engine_id=engine.id,
        queue=engine.queue,
        lane=TRANSCRIPTION_PROBE.lanes.choose(milliseconds, is_awaited=False),
        parts=(PartPlan("listen", work, text_outputs(is_kept=True), units=milliseconds),),
        units=milliseconds,
        price_millicredits=0,
        output_format=DOCUMENT,
        params=JobParams(),
    )


_PLANS: Final[dict[str, Callable[[EngineRow], JobPlan]]] = {SPEECH: _speech_plan, TRANSCRIPTION: _transcription_plan}
