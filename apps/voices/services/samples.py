"""Changes of a kept voice's recordings: it is enrolled again from all of them, and speaks as before until the new voice is ready."""

from collections.abc import Callable, Iterable, Sequence

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import ConflictError, NotFoundError
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Acceptance, Submission, accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.limits import wait_for_tenant
from apps.uploads.services import Source
from apps.voices.job_plans import plan_enrolment_job, plan_ready_job
from apps.voices.models import Enrolment, EnrolmentState, Sample, Voice
from apps.voices.part_plans import Recording
from apps.voices.selectors import check_usable, get_own_voice
from apps.voices.services.consent import ConsentStatement, check_consent, record_consent
from apps.voices.services.enrollers import find_enroller
from apps.voices.services.enrolments import add_samples, check_sample_limit, digest_of, lock_enrolment, replace_enrolment
from apps.voices.voice_events import add_job_webhook, record_voice_events


def check_addition(caller: Caller, *, voice_id: str, recordings: int, consent: ConsentStatement | None) -> None:
    """Refuse what can be refused before the recordings are ingested. What a repeated request would meet is checked later. Raises
    ApplicationErrors.
    """
    voice = get_own_voice(caller, voice_id=voice_id)
    check_usable(voice)
    check_sample_limit(caller, count=recordings)
    if not voice.enrolment.consents.filter(revoked_at=None).exists():
        check_consent(consent)
    find_enroller(_engine_of(caller, voice))


def add_recordings(
    caller: Caller,
    *,
    voice_id: str,
    sources: Sequence[Source],
    consent: ConsentStatement | None,
    webhook_url: str,
    idempotency: Idempotency | None,
    request_id: str,
    change: Callable[[Voice], None] | None = None,
) -> Submission:
    """Enrol the voice again with further recordings. change: further writes of the request, in the same transaction. 403 sample_limit_reached, 404, 409 sample_exists, voice_not_ready, voice_has_no_name."""
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return Submission(acceptance.earlier, is_replay=True)
        voice = _lock_voice(caller, voice_id=voice_id)
        kept = list(voice.enrolment.samples.all())
        known = {sample.sha256 for sample in kept}
        new = list({source.sha256: source for source in sources if source.sha256 not in known}.values())
        if not new:
            raise ConflictError("The voice already has this recording.", code="sample_exists", param="file")
        check_sample_limit(caller, count=len(kept) + len(new))
        if consent is not None:
            record_consent(voice.enrolment, caller=caller, consent=consent)
        if change is not None:
            change(voice)
        return _enrol_again(acceptance, caller, voice=voice, kept=kept, new=new, webhook_url=webhook_url)


def remove_recording(caller: Caller, *, voice_id: str, sample_id: str, request_id: str) -> Submission:
    """Enrol the voice again without one of its recordings. 404, 409 last_sample, voice_not_ready, voice_has_no_name."""
    with accepting_jobs(caller, idempotency=None, request_id=request_id) as acceptance:
        voice = _lock_voice(caller, voice_id=voice_id)
        samples = list(voice.enrolment.samples.all())
        kept = [sample for sample in samples if sample.sha256 != sample_id]
        if len(kept) == len(samples):
            raise NotFoundError(f"The voice has no recording {sample_id[:100]!r}.", code="sample_not_found", param="sample_id")
        if not kept:
            message = f"This is the voice's only recording. DELETE /v1/voices/{voice.voice_id}/ deletes the voice."
            raise ConflictError(message, code="last_sample", param="sample_id")
        return _enrol_again(acceptance, caller, voice=voice, kept=kept, new=(), webhook_url="")


def _enrol_again(
    acceptance: Acceptance, caller: Caller, *, voice: Voice, kept: Sequence[Sample], new: Sequence[Source], webhook_url: str
) -> Submission:
    """Find or begin the enrolment of the recordings. Recordings that the account enrolled before replace the voice at once."""
    engine = _engine_of(caller, voice)
    digest = digest_of([*(sample.sha256 for sample in kept), *(source.sha256 for source in new)])
    enrolment, is_new = lock_enrolment(caller, engine=engine, digest=digest)
    voice.refused_code = voice.refused_message = ""
    voice.next_enrolment = enrolment
    voice.save(update_fields=["next_enrolment", "refused_code", "refused_message"])
    if is_new:
        _copy_samples(enrolment, samples=kept)
        add_samples(enrolment, sources=new, transcript="")
        job = _accept(acceptance, enrolment, engine=engine, voice=voice, sources=new, webhook_url=webhook_url)
        Enrolment.objects.filter(pk=enrolment.pk).update(job=job)
    elif enrolment.state == EnrolmentState.READY:
        replace_enrolment(enrolment)
        voice.refresh_from_db()
        job = acceptance.accept(plan_ready_job(voice, engine=engine, sources=new, webhook_url=webhook_url))
        record_voice_events(enrolment, event="voice.ready", job_uuid=job.uuid, voices=[voice])
    elif enrolment.job is not None:
        add_job_webhook(enrolment.job, url=webhook_url)
        return Submission(enrolment.job, is_replay=True)
    else:
        raise _not_ready(voice)
    return Submission(job, is_replay=False)


def _accept(
    acceptance: Acceptance, enrolment: Enrolment, *, engine: EngineRow, voice: Voice, sources: Sequence[Source], webhook_url: str
) -> Job:
    plan = plan_enrolment_job(
        [Recording(sample.source_key, sample.transcript) for sample in enrolment.samples.all()],
        engine=engine,
        enroller=find_enroller(engine),
        voice_id=voice.voice_id,
        sources=sources,
        is_awaited=False,
        webhook_url=webhook_url,
    )
    return acceptance.accept(plan)


def _copy_samples(enrolment: Enrolment, *, samples: Iterable[Sample]) -> None:
    """Rows for recordings that another enrolment has stored; the files are copied once they are found usable together."""
    enrolment.samples.all().delete()  # of an attempt that failed
    Sample.objects.bulk_create(
        Sample(
            enrolment=enrolment,
            sha256=sample.sha256,
            source_key=sample.key,
            bytes=sample.bytes,
            audio_seconds=sample.audio_seconds,
            content_type=sample.content_type,
            file_name=sample.file_name,
            transcript=sample.transcript,
        )
        for sample in samples
    )


def _lock_voice(caller: Caller, *, voice_id: str) -> Voice:
    """The voice, locked until the end of the transaction, whose recordings may be changed. Raises ApplicationErrors."""
    wait_for_tenant(caller.tenant)
    found = get_own_voice(caller, voice_id=voice_id)
    voice = Voice.objects.select_for_update(of=("self",)).select_related("enrolment__account").filter(pk=found.pk).first() or found
    _check_changeable(voice)
    return voice


def _check_changeable(voice: Voice) -> None:
    check_usable(voice)
    if voice.is_embed:
        message = f"The voice {voice.voice_id!r} has no name. PATCH /v1/voices/{voice.voice_id}/ with a name keeps it; then add recordings."
        raise ConflictError(message, code="voice_has_no_name", param="voice_id")
    is_busy = voice.next_enrolment is not None or voice.enrolment.state != EnrolmentState.READY
    if is_busy:
        raise _not_ready(voice)


def _not_ready(voice: Voice) -> ConflictError:
    message = f"The voice {voice.voice_id!r} is being enrolled. Change its recordings when it is ready (webhook voice.ready)."
    return ConflictError(message, code="voice_not_ready", param="voice_id")


def _engine_of(caller: Caller, voice: Voice) -> EngineRow:
    return find_cloning_model(voice.enrolment.engine_id, plan=caller.plan)
