"""Results of enrolling parts: the likeness is stored when the recordings are examined, the voice when it is fitted."""

import json
import logging
import math
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.catalog.voices import default_voice
from apps.core.events import publish_event
from apps.core.storage import MissingObjectError, StorageAwayError, get_storage
from apps.jobs.models import Job, JobState, Part
from apps.jobs.objects import output_key
from apps.jobs.outcomes import VOICE_BLOCKED, failure_of
from apps.jobs.results import ResultOutput
from apps.jobs.services.part_receivers import PartRefusal
from apps.voices.kinds import ENROLLING_KINDS
from apps.voices.models import EMBEDDING_SIZE, Enrolment, EnrolmentState, Sample
from apps.voices.objects import enrolment_folder, object_key, sample_key
from apps.voices.part_plans import FIT
from apps.voices.selectors import find_enrolment_of_job
from apps.voices.services.block_list import find_blocked
from apps.voices.services.enrolments import refuse_replacement, replace_enrolment
from apps.voices.services.removal import try_to_remove
from apps.voices.voice_events import record_voice_events, send_job_webhooks
from workers.contract import errors
from workers.contract.cloning import DEMO_OUTPUT, LIKENESS_OUTPUT, REPORT_OUTPUT, VOICE_OUTPUT, VoiceReport
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO
from workers.text.voice_choice import pick_voice

logger = logging.getLogger(__name__)

LARGEST_REPORT = 1 << 20
LONGEST_REASON = 500
LOST = PartRefusal(errors.STORAGE_UNAVAILABLE, "The recording or the voice was deleted before it was stored.", is_retryable=True)
UNREADABLE = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


def receive_examination(part: Part, manifest: Manifest) -> Callable[[Job], None] | PartRefusal:
    """Store the likeness and the recordings of an `examine_voice` part. Refuses a voice on the block list."""
    try:
        return _receive_examination(part, manifest)
    except MissingObjectError:
        return LOST


def _receive_examination(part: Part, manifest: Manifest) -> Callable[[Job], None] | PartRefusal:
    try:
        report = _read_report(part, manifest=manifest)
    except UNREADABLE as error:
        logger.warning("part %s: the report cannot be read: %s", part, error)
        return PartRefusal(errors.INTERNAL_ERROR, "The worker's report cannot be read.", is_retryable=True)
    if find_blocked(report.embedding) is not None:
        return PartRefusal(VOICE_BLOCKED, "The operator of this server does not allow this voice to be cloned.")
    enrolment = find_enrolment_of_job(part.job_id)
    if enrolment is None:  # another job enrols these recordings, or the voice was deleted
        return _write_nothing
    samples = list(enrolment.samples.all())
    keys = {sample.pk: _keep_sample(enrolment, sample) for sample in samples}
    if _takes_recordings(enrolment):
        key, version, is_fitted = keys[samples[0].pk], samples[0].sha256, True
    else:
        key, version = _keep_output(enrolment, part, manifest=manifest, name=LIKENESS_OUTPUT)
        is_fitted = False
    changes = _described(enrolment, report) | {"conditioning_key": key, "conditioning_version": version, "is_fitted": is_fitted}

    def write(job: Job) -> None:
        is_last = not Part.objects.filter(job_id=job.uuid, kind=FIT).exists()
        _advance(enrolment, job=job, state=EnrolmentState.READY if is_last else EnrolmentState.TRAINING, changes=changes)
        for sample, kept_key in keys.items():  # after the enrolment's row, which removals lock first
            Sample.objects.filter(pk=sample).update(key=kept_key, source_key="")

    return write


def receive_fit(part: Part, manifest: Manifest) -> Callable[[Job], None] | PartRefusal:
    """Store the voice and the demo of a `fit_voice` part."""
    enrolment = find_enrolment_of_job(part.job_id)
    if enrolment is None:
        return _write_nothing
    try:
        key, version = _keep_output(enrolment, part, manifest=manifest, name=VOICE_OUTPUT)
        demo_key, _ = _keep_output(enrolment, part, manifest=manifest, name=DEMO_OUTPUT)
    except MissingObjectError:
        return LOST
    demo = _demo(_result_output(part, manifest=manifest, name=DEMO_OUTPUT), key=demo_key)
    is_fitted = manifest.details.get("is_fitted") is not False
    changes = {"conditioning_key": key, "conditioning_version": version, "is_fitted": is_fitted, "demo": demo}
    if not is_fitted:
        changes |= {"error_code": errors.INTERNAL_ERROR, "error_message": str(manifest.details.get("error", ""))[:LONGEST_REASON]}
    return lambda job: _advance(enrolment, job=job, state=EnrolmentState.READY, changes=changes)


def end_enrolment(job: Job) -> None:
    """Fail the enrolment of a job that ended before the voice was ready; keep the audio of a completed one as the demo.

    One of TTSAI_JOB_END_OBSERVERS.
    """
    if job.kind not in ENROLLING_KINDS:
        return
    enrolment = Enrolment.objects.select_for_update().filter(job_id=job.uuid).first()
    send_job_webhooks(job)  # behind the lock: a request that shares the job writes its address under it
    if enrolment is None:
        return
    if job.state == JobState.COMPLETED:
        if enrolment.demo is None and job.main_output is not None:
            transaction.on_commit(partial(_adopt_demo, enrolment.uuid, job.main_output))
    elif enrolment.state == EnrolmentState.TRAINING and job.state == JobState.FAILED and enrolment.conditioning_key:
        _keep_likeness(enrolment, job=job)
    elif enrolment.state in {EnrolmentState.DRAFT, EnrolmentState.TRAINING}:
        _fail(enrolment, job=job)


def _keep_likeness(enrolment: Enrolment, *, job: Job) -> None:
    """The fit failed, but the likeness can speak: the voice is ready and keeps the reason, by which a warning says so."""
    enrolment.state, enrolment.ready_at, enrolment.is_fitted = EnrolmentState.READY, timezone.now(), False
    enrolment.error_code, enrolment.error_message = failure_of(job)
    enrolment.save(update_fields=["state", "ready_at", "is_fitted", "error_code", "error_message"])
    _announce_ready(enrolment, job=job)


def _fail(enrolment: Enrolment, *, job: Job) -> None:
    """Named voices stay and show the reason, those whose recordings were changed speak as before; embeds and, if no voice is left, the recordings are deleted."""
    enrolment.state = EnrolmentState.FAILED
    enrolment.error_code, enrolment.error_message = failure_of(job)
    enrolment.save(update_fields=["state", "error_code", "error_message"])
    waiting = refuse_replacement(enrolment)
    record_voice_events(enrolment, event="voice.failed", job_uuid=job.uuid, voices=[*enrolment.voices.all(), *waiting])
    enrolment.voices.filter(name="").delete()
    transaction.on_commit(partial(try_to_remove, enrolment.uuid))


def _advance(enrolment: Enrolment, *, job: Job, state: EnrolmentState, changes: dict[str, Any]) -> None:
    """Write the next state, unless the voice was deleted meanwhile: then what was stored is swept up."""
    is_ready = state == EnrolmentState.READY
    values = {"error_code": "", "error_message": "", **changes, "state": state} | ({"ready_at": timezone.now()} if is_ready else {})
    if not Enrolment.objects.filter(uuid=enrolment.uuid, job_id=job.uuid).update(**values):
        transaction.on_commit(partial(_discard_folder, enrolment))
        return
    enrolment.refresh_from_db()
    if is_ready:
        _announce_ready(enrolment, job=job)
    transaction.on_commit(partial(publish_event, job.uuid, {"type": "voice", "state": state.value}))


def _announce_ready(enrolment: Enrolment, *, job: Job) -> None:
    """Change over the voices that wait for this enrolment. A mere likeness takes no voice's place: those voices speak as before."""
    if enrolment.is_likeness_kept:
        waiting = refuse_replacement(enrolment)
        record_voice_events(enrolment, event="voice.failed", job_uuid=job.uuid, voices=waiting)
        transaction.on_commit(partial(try_to_remove, enrolment.uuid))
    else:
        replace_enrolment(enrolment)
    record_voice_events(enrolment, event="voice.ready", job_uuid=job.uuid)


def _write_nothing(job: Job) -> None:
    """No enrolment is waiting for the result."""


def _read_report(part: Part, *, manifest: Manifest) -> VoiceReport:
    """Report of the part. Raises one of UNREADABLE unless every field that the platform uses is valid."""
    stored = manifest.find_output(REPORT_OUTPUT)
    if stored is None or stored.bytes > LARGEST_REPORT:
        raise ValueError("no report, or one that is too large")
    report = VoiceReport.from_dict(json.loads(get_storage().read_bytes(output_key(part, REPORT_OUTPUT))))
    if len(report.embedding) != EMBEDDING_SIZE or not all(math.isfinite(number) for number in report.embedding):
        raise ValueError("the embedding is none")
    if not all(isinstance(text, str) and "\0" not in text for text in (report.language, report.gender, report.nearest_voice)):
        raise ValueError("language, gender or nearest voice is no text")
    return report


def _engine_of(enrolment: Enrolment) -> EngineRow | None:
    return next((one for one in list_models() if one.id == enrolment.engine_id), None)


def _takes_recordings(enrolment: Enrolment) -> bool:
    """True if the model speaks with the recording itself."""
    engine = _engine_of(enrolment)
    return engine is not None and engine.spec.takes_recordings


def _described(enrolment: Enrolment, report: VoiceReport) -> dict[str, Any]:
    """Language and gender of the voice: the full tag of the nearest built-in voice, if it has the language of the recordings."""
    engine = _engine_of(enrolment)
    near = [voice for voice in engine.voice_refs if voice.id == report.nearest_voice] if engine else ()
    default = default_voice(engine, language=report.language) if engine and engine.spoken_voices else None
    spoken = pick_voice(near, language=report.language) or default
    stored = report.to_dict()
    return {
        "language": spoken.language if spoken else report.language[:20],
        "gender": report.gender if report.gender in {"male", "female"} else "neutral",
        "report": {**stored, "embedding": [round(number, 6) for number in report.embedding]},
    }


def _keep_sample(enrolment: Enrolment, sample: Sample) -> str:
    """Copy a recording from its upload to the enrolment's folder."""
    if sample.key:
        return sample.key
    key = sample_key(enrolment, sample.sha256)
    get_storage().copy(sample.source_key, key)
    return key


def _keep_output(enrolment: Enrolment, part: Part, *, manifest: Manifest, name: str) -> tuple[str, str]:
    """Copy an output of the part to the enrolment's folder, under its digest; returns key and digest."""
    stored = manifest.find_output(name)
    if stored is None:
        raise ValueError(f"the part {part} has no output {name}")  # check_manifest has seen it
    source = output_key(part, name)
    key = object_key(enrolment, f"{stored.sha256}.{source.rpartition('.')[2]}")
    get_storage().copy(source, key)
    return key, stored.sha256


def _result_output(part: Part, *, manifest: Manifest, name: str) -> ResultOutput:
    stored, spec = manifest.find_output(name), part.get_output(name)
    if stored is None:
        raise ValueError(f"the part {part} has no output {name}")
    return ResultOutput(
        name,
        key=output_key(part, name),
        format=spec.format,
        bytes=stored.bytes,
        sha256=stored.sha256,
        audio_seconds=stored.audio_seconds,
        sample_rate=stored.sample_rate,
    )


def _demo(output: ResultOutput, *, key: str) -> dict[str, Any]:
    return {**output.to_dict(), "name": AUDIO, "key": key}


def _adopt_demo(enrolment_uuid: UUID, output: ResultOutput) -> None:
    """Copy the audio of the enrolling job, which its retention deletes, as the voice's demo."""
    enrolment = Enrolment.objects.filter(uuid=enrolment_uuid, demo__isnull=True).first()
    if enrolment is None:
        return
    key = object_key(enrolment, f"demo-{output.sha256[:32]}.{output.key.rpartition('.')[2]}")
    try:
        get_storage().copy(output.key, key)
    except (MissingObjectError, StorageAwayError) as error:
        logger.warning("voice %s stays without a demo: %s", enrolment_uuid.hex, error.message)
        return
    Enrolment.objects.filter(uuid=enrolment_uuid).update(demo=_demo(output, key=key))


def _discard_folder(enrolment: Enrolment) -> None:
    if not Enrolment.objects.filter(uuid=enrolment.uuid).exists():
        get_storage().delete_prefix(enrolment_folder(enrolment))
