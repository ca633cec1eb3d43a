"""Requests that clone a voice: embeds, kept voices, and speech with a voice that the same job may enrol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_cloning_model
from apps.catalog.voices import default_voice
from apps.core.errors import ConflictError, InvalidRequestError
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Acceptance, accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.limits import wait_for_tenant
from apps.jobs.services.submit import JobPlan
from apps.speech.services import SpeechOrder, plan_speech
from apps.speech.speech_settings import ClonedVoice
from apps.uploads.services import Source, release_sources
from apps.voices.job_plans import plan_enrolment_job, plan_ready_job, source_params
from apps.voices.kinds import ENROL_VOICE, ENROLLING_KINDS, VOICE_CLONE, VoiceCloneParams
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.part_plans import Recording, is_fit_wanted, plan_enrolment
from apps.voices.selectors import check_not_likeness, check_usable, get_own_voice, own_voice
from apps.voices.services.consent import ConsentStatement, check_consent, record_consent
from apps.voices.services.enrollers import find_enroller
from apps.voices.services.enrolments import (
    VoiceOrder,
    add_samples,
    check_sample_limit,
    check_voice_limit,
    digest_of,
    give_voice,
    lock_enrolment,
)
from apps.voices.voice_events import add_job_webhook, record_voice_events
from workers.contract.voices import VoiceRef

DEFAULT_MODEL = "chatterbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneOrder:
    """Voice to clone, and a text that it speaks."""

    model: str = DEFAULT_MODEL
    voice: VoiceOrder = field(default_factory=VoiceOrder)
    embed_id: str = ""
    """Voice that was enrolled before, in place of a recording."""
    transcript: str = ""
    """Words of the recording; transcribed if empty."""
    transcript_param: str = "reference_text"
    """Name of the transcript in the request, for error messages."""
    consent: ConsentStatement | None = None
    speech: SpeechOrder | None = None
    """Text to speak; None only enrols the voice."""
    is_awaited: bool = False
    webhook_url: str = ""


@dataclass(frozen=True, slots=True)
class CloneSubmission:
    """Voice of a request, and the job that enrols it or speaks."""

    voice: Voice
    job: Job | None
    """None if the voice was ready and there is nothing to speak."""
    is_replay: bool

    @property
    def credits_remaining_millicredits(self) -> int | None:
        """The account's balance once the job was reserved."""
        return self.job.balance_after_millicredits if self.job else None


@dataclass(frozen=True, slots=True)
class CloneSteps:
    """Writes of an app above this one, in the transaction of a request that clones."""

    before: Callable[[], None]
    """Called before the voice is found or made; the account's submissions are locked."""
    after: Callable[[Voice], None]


def check_order(caller: Caller, *, order: CloneOrder, recordings: int, param: str = "file") -> None:
    """Refuse what can be refused before the recordings are ingested. Raises ApplicationErrors. param: name of the recordings."""
    if recordings > 1:
        check_sample_limit(caller, count=recordings, param=param)
        if order.transcript:
            message = f"{order.transcript_param} is the text of one recording. Leave it out with several: they are transcribed."
            raise InvalidRequestError(message, param=order.transcript_param)
    if order.embed_id and recordings:
        raise InvalidRequestError("Send either embed_id or a recording, not both.", param="embed_id")
    if order.embed_id:
        voice = get_own_voice(caller, voice_id=order.embed_id, param="embed_id")
        check_usable(voice)
        check_not_likeness(voice)
        engine = _engine_of(caller, voice, model=order.model)
        if order.voice.name and voice.name != order.voice.name:
            check_voice_limit(caller)
        _check_text(caller, order=order, engine=engine)
        return
    engine = find_cloning_model(order.model, plan=caller.plan)
    find_enroller(engine)
    check_consent(order.consent)
    _check_text(caller, order=order, engine=engine)


def _check_text(caller: Caller, *, order: CloneOrder, engine: EngineRow) -> None:
    """Check a text as POST /v1/tts/ does, before there is a voice for it."""
    if order.speech is not None:
        voice = default_voice(engine) if engine.spoken_voices else VoiceRef("", engine=engine.id)
        plan_speech(caller, order=replace(order.speech, clone=ClonedVoice(engine, voice)))


def request_clone(
    caller: Caller,
    *,
    order: CloneOrder,
    sources: Sequence[Source],
    idempotency: Idempotency | None,
    request_id: str,
    steps: CloneSteps | None = None,
) -> CloneSubmission:
    """Find or enrol the voice, and speak, in one transaction with price and reservation. Raises ApplicationErrors.

    sources: empty with an `embed_id`. Recordings that the account enrolled before are not enrolled again.
    """
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return _repeated(caller, acceptance.earlier)
        wait_for_tenant(caller.tenant)
        if steps is not None:
            steps.before()
        if not sources:
            voice = get_own_voice(caller, voice_id=order.embed_id, param="embed_id")
            check_usable(voice)
            check_not_likeness(voice)
            engine, enrolment, is_new = _engine_of(caller, voice, model=order.model), voice.enrolment, False
        else:
            engine = find_cloning_model(order.model, plan=caller.plan)
            enrolment, is_new = lock_enrolment(caller, engine=engine, digest=digest_of(source.sha256 for source in sources))
        voice = _give_voice(enrolment, caller=caller, order=order, is_new=is_new)
        if order.consent is not None:
            record_consent(enrolment, caller=caller, consent=order.consent)
        check_usable(voice)
        if steps is not None:
            steps.after(voice)
        return _submit(acceptance, caller, order=order, engine=engine, voice=voice, sources=sources, is_new=is_new)


def clone_or_release(sources: Sequence[Source], cloning: Callable[[], CloneSubmission]) -> CloneSubmission:
    """Result of `cloning`, a call of request_clone; recordings that no new job takes are deleted."""
    try:
        submission = cloning()
    except Exception:
        release_sources(sources)
        raise
    if submission.job is None or submission.is_replay:
        release_sources(sources)
    return submission


def _give_voice(enrolment: Enrolment, *, caller: Caller, order: CloneOrder, is_new: bool) -> Voice:
    voice, is_new_voice = give_voice(enrolment, caller=caller, order=order.voice)
    voice.enrolment = enrolment
    if is_new_voice and not is_new and enrolment.state == EnrolmentState.READY:
        record_voice_events(enrolment, event="voice.ready", job_uuid=enrolment.job_id, voices=[voice])
    return voice


def _repeated(caller: Caller, job: Job) -> CloneSubmission:
    """Voice and job of an earlier identical request."""
    params = VOICE_CLONE.read_params(job) if job.kind == VOICE_CLONE.name else ENROL_VOICE.read_params(job)
    if job.kind not in ENROLLING_KINDS:
        raise ConflictError("This Idempotency-Key was used for another request.", code="idempotency_conflict", param="Idempotency-Key")
    return CloneSubmission(get_own_voice(caller, voice_id=params.voice), job, is_replay=True)


def _submit(
    acceptance: Acceptance, caller: Caller, *, order: CloneOrder, engine: EngineRow, voice: Voice, sources: Sequence[Source], is_new: bool
) -> CloneSubmission:
    enrolment = voice.enrolment
    if is_new and sources:
        add_samples(enrolment, sources=sources, transcript=order.transcript)
    if order.speech is not None:
        job = acceptance.accept(_plan_speech(caller, order=order, engine=engine, voice=voice, sources=sources, is_new=is_new))
    elif is_new and sources:
        job = acceptance.accept(_plan_enrolment(order, engine=engine, voice=voice, sources=sources))
    elif _is_unfinished(enrolment) and enrolment.job is not None:
        add_job_webhook(enrolment.job, url=order.webhook_url)
        return CloneSubmission(voice, enrolment.job, is_replay=True)
    elif not order.voice.name:
        return CloneSubmission(voice, None, is_replay=False)
    else:
        job = acceptance.accept(
            plan_ready_job(voice, engine=engine, sources=sources, is_awaited=order.is_awaited, webhook_url=order.webhook_url)
        )
    if is_new or (order.speech is None and enrolment.demo is None):  # of a ready voice, the job makes the demo that it lacks
        Enrolment.objects.filter(pk=enrolment.pk).update(job=job)
    return CloneSubmission(voice, job, is_replay=False)


def _is_unfinished(enrolment: Enrolment) -> bool:
    """True unless the voice is ready. The row is locked then and read again: without the lock the job may end before its result is shared."""
    if enrolment.state != EnrolmentState.READY:
        enrolment.refresh_from_db(from_queryset=Enrolment.objects.select_for_update())
    return enrolment.state != EnrolmentState.READY


def _plan_speech(caller: Caller, *, order: CloneOrder, engine: EngineRow, voice: Voice, sources: Sequence[Source], is_new: bool) -> JobPlan:
    """Speech with the voice: enrolled by the same job, stored, or, while another job examines the recording, with a likeness of its own."""
    assert order.speech is not None  # noqa: S101 - the callers' condition
    if voice.enrolment.conditioning_key and not is_new:
        own = own_voice(voice)
        cloned = ClonedVoice(engine, own.ref, warning=own.warning)
    elif sources:
        enroller = find_enroller(engine)
        plan = plan_enrolment(
            distinct_recordings(order, sources), engine=engine, enroller=enroller, is_fitted=is_new and is_fit_wanted(engine)
        )
        cloned = plan.cloned_voice(voice_id=voice.voice_id, engine=engine)
    else:
        raise ConflictError(f"The voice {voice.voice_id!r} is not ready yet. Try again later.", code="voice_not_ready", param="embed_id")
    return plan_cloned_speech(caller, speech=replace(order.speech, clone=cloned), sources=sources, voice=voice.voice_id)


def plan_cloned_speech(caller: Caller, *, speech: SpeechOrder, sources: Sequence[Source], **described: str) -> JobPlan:
    """Speech with the cloned voice of its order. described: fields of VoiceCloneParams about the voice. Raises ApplicationErrors."""
    planned = plan_speech(caller, order=speech)
    values = {one.name: getattr(planned.params, one.name) for one in fields(planned.params)}
    return replace(planned, kind=VOICE_CLONE, params=VoiceCloneParams(**{**values, **source_params(sources), **described}))


def _plan_enrolment(order: CloneOrder, *, engine: EngineRow, voice: Voice, sources: Sequence[Source]) -> JobPlan:
    """Enrolment alone; its result is the demo."""
    return plan_enrolment_job(
        distinct_recordings(order, sources),
        engine=engine,
        enroller=find_enroller(engine),
        voice_id=voice.voice_id,
        sources=sources,
        is_awaited=order.is_awaited,
        webhook_url=order.webhook_url,
    )


def distinct_recordings(order: CloneOrder, sources: Sequence[Source]) -> list[Recording]:
    unique = {source.sha256: source for source in sources}
    return [Recording(source.key, order.transcript) for source in unique.values()]


def _engine_of(caller: Caller, voice: Voice, *, model: str) -> EngineRow:
    """Model of the request, which must be the one that the voice was enrolled for. 400 voice_model_mismatch."""
    engine, own = find_cloning_model(model, plan=caller.plan), voice.enrolment.engine_id
    if engine.id != own:
        message = f"The voice {voice.voice_id!r} is spoken by the model {own!r}, not by {engine.id!r}."
        raise InvalidRequestError(message, code="voice_model_mismatch", param="model")
    return engine
