"""Keeps a designed voice as an own voice: a voice file of its mix and pace, with a demo."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import ConflictError
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.services.acceptance import accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.limits import wait_for_tenant
from apps.voices.job_plans import plan_ready_job
from apps.voices.kinds import ENROL_VOICE
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.objects import object_key
from apps.voices.selectors import get_own_voice
from apps.voices.services.enrolments import VoiceOrder, give_voice, lock_enrolment
from apps.voices.services.requests import CloneSubmission
from apps.voices.voice_events import record_voice_events
from workers.contract.formats import VOICE_FILE, content_type_of
from workers.kokoro.mix_file import write_mix_file

MODEL = "kokoro-clone"
"""Model that speaks with kept designs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDesign:
    """Mix to keep as a voice."""

    name: str
    weights: Mapping[str, float]
    """Weights by built-in voice, above 0."""
    pace: float
    language: str
    gender: str
    description: str = ""
    categories: tuple[str, ...] = ()
    webhook_url: str = ""


def keep_design(caller: Caller, design: KeptDesign, *, idempotency: Idempotency | None = None, request_id: str = "") -> CloneSubmission:
    """The voice and the job that speaks its demo, free of charge. The voice is ready at once; the same design is stored once.

    400 model_cannot_clone, 403 voice_limit_reached, model_not_allowed, 409 for an Idempotency-Key of another request, 503.
    """
    engine = find_cloning_model(MODEL, plan=caller.plan)
    data = write_mix_file(_shares(design.weights), pace=design.pace)
    digest = hashlib.sha256(data + design.language.encode()).hexdigest()
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return _repeated(caller, acceptance.earlier)
        wait_for_tenant(caller.tenant)
        enrolment, is_new = lock_enrolment(caller, engine=engine, digest=digest)
        if is_new or not enrolment.conditioning_key:
            _store(enrolment, design=design, data=data)
        voice, is_new_voice = give_voice(enrolment, caller=caller, order=VoiceOrder(name=design.name, categories=design.categories))
        voice.enrolment = enrolment
        job = acceptance.accept(plan_ready_job(voice, engine=engine, sources=(), webhook_url=design.webhook_url))
        if enrolment.demo is None:
            Enrolment.objects.filter(pk=enrolment.pk).update(job=job)
        if is_new_voice:
            record_voice_events(enrolment, event="voice.ready", job_uuid=job.uuid, voices=[voice])
    return CloneSubmission(voice, job, is_replay=False)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = math.fsum(weights.values())
    return {voice: weight / total for voice, weight in weights.items()}


def _store(enrolment: Enrolment, *, design: KeptDesign, data: bytes) -> None:
    """Write the voice file, then the row that names it."""
    version = hashlib.sha256(data).hexdigest()
    key = object_key(enrolment, f"{version}.{VOICE_FILE}")
    get_storage().put_bytes(key, data, content_type=content_type_of(VOICE_FILE))
    enrolment.state, enrolment.ready_at, enrolment.is_fitted = EnrolmentState.READY, timezone.now(), True
    enrolment.conditioning_key, enrolment.conditioning_version = key, version
    enrolment.language, enrolment.gender = design.language, design.gender
    enrolment.report = {"design": {"description": design.description, "mix": dict(design.weights), "pace": design.pace}}
    enrolment.save()


def _repeated(caller: Caller, job: Job) -> CloneSubmission:
    """Voice and job of an earlier identical request."""
    if job.kind != ENROL_VOICE.name:
        raise ConflictError("This Idempotency-Key was used for another request.", code="idempotency_conflict", param="Idempotency-Key")
    voice: Voice = get_own_voice(caller, voice_id=ENROL_VOICE.read_params(job).voice)
    return CloneSubmission(voice, job, is_replay=True)
