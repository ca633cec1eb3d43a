"""Requests that clone a voice: embeds, kept voices, and speech with a voice that the same job may enrol."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from apps.accounts.callers import Caller
from apps.billing.prices import service_price
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_cloning_model, list_models, substitution_warnings
from apps.core import retry_after
from apps.core.errors import ConflictError, InvalidRequestError, UnavailableError
from apps.jobs.models import Job
from apps.jobs.plans import PartPlan
from apps.jobs.results import ResultOutput
from apps.jobs.services.acceptance import Acceptance, accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.limits import wait_for_tenant
from apps.jobs.services.submit import JobPlan
from apps.speech.services import ClonedVoice, SpeechOrder, plan_speech
from apps.uploads.services import Source, SourceLimits
from apps.voices.kinds import ENROL_VOICE, ENROLLING_KINDS, VOICE_CLONE, EnrolmentParams, VoiceCloneParams
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.part_plans import (
    DEMO_FORMAT,
    EnrolmentPlan,
    Recording,
    demo_language,
    demo_sentence,
    is_fit_wanted,
    plan_demo,
    plan_enrolment,
)
from apps.voices.selectors import check_usable, get_own_voice, own_voice
from apps.voices.services.consent import ConsentStatement, check_consent, record_consent
from apps.voices.services.enrolments import VoiceOrder, add_samples, check_voice_limit, digest_of, give_voice, lock_enrolment
from apps.voices.voice_events import record_voice_events
from workers.contract.voices import VoiceRef

LIMITS = SourceLimits(max_bytes=20_000_000, max_audio_seconds=600.0)
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


def check_order(caller: Caller, *, order: CloneOrder, has_recording: bool) -> None:
    """Refuse what can be refused before the recording is ingested. Raises ApplicationErrors."""
    if order.embed_id and has_recording:
        raise InvalidRequestError("Send either embed_id or a recording, not both.", param="embed_id")
    if order.embed_id:
        voice = get_own_voice(caller, voice_id=order.embed_id, param="embed_id")
        check_usable(voice)
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
        any_voice = next(iter(engine.voice_refs), VoiceRef("", engine=engine.id))
        plan_speech(caller, order=replace(order.speech, clone=ClonedVoice(engine, any_voice)))


def request_clone(
    caller: Caller, *, order: CloneOrder, source: Source | None, idempotency: Idempotency | None, request_id: str
) -> CloneSubmission:
    """Find or enrol the voice, and speak, in one transaction with price and reservation. Raises ApplicationErrors.

    source: None with an `embed_id`. Recordings that the account enrolled before are not enrolled again.
    """
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return _repeated(caller, acceptance.earlier)
        wait_for_tenant(caller.tenant)
        if source is None:
            voice = get_own_voice(caller, voice_id=order.embed_id, param="embed_id")
            check_usable(voice)
            engine, enrolment, is_new = _engine_of(caller, voice, model=order.model), voice.enrolment, False
        else:
            engine = find_cloning_model(order.model, plan=caller.plan)
            enrolment, is_new = lock_enrolment(caller, engine=engine, digest=digest_of([source.sha256]))
        voice = _give_voice(enrolment, caller=caller, order=order, is_new=is_new)
        if order.consent is not None:
            record_consent(enrolment, caller=caller, consent=order.consent)
        check_usable(voice)
        return _submit(acceptance, caller, order=order, engine=engine, voice=voice, source=source, is_new=is_new)


def find_enroller(engine: EngineRow) -> EngineRow:
    """Model that enrols voices for this one. 400 model_cannot_clone, 503 model_unavailable."""
    family = {engine.id, engine.spec.base_engine} - {""}
    enrolling = [one for one in list_models() if one.kind == "enrol"]
    if not engine.spec.takes_recordings:  # those need the check of the recordings alone
        enrolling = [one for one in enrolling if one.spec.base_engine in family or _base_of(one.id) in family]
    if not enrolling:
        raise InvalidRequestError(f"Voices for {engine.id!r} cannot be enrolled here.", code="model_cannot_clone", param="model")
    available = next((one for one in enrolling if one.was_seen_lately), None)
    if available is None:
        raise UnavailableError(
            "No worker enrols voices at the moment.", code="model_unavailable", headers={"Retry-After": retry_after.MODEL_UNAVAILABLE}
        )
    return available


def _base_of(enroller_id: str) -> str:
    """`kokoro` of kokoro-enrol."""
    return enroller_id.removesuffix("-enrol")


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
    acceptance: Acceptance, caller: Caller, *, order: CloneOrder, engine: EngineRow, voice: Voice, source: Source | None, is_new: bool
) -> CloneSubmission:
    enrolment = voice.enrolment
    if is_new and source is not None:
        add_samples(enrolment, sources=[source], transcript=order.transcript)
    if order.speech is not None:
        job = acceptance.accept(_plan_speech(caller, order=order, engine=engine, voice=voice, source=source, is_new=is_new))
    elif is_new and source is not None:
        job = acceptance.accept(_plan_enrolment(order, engine=engine, voice=voice, source=source))
    elif enrolment.state != EnrolmentState.READY and enrolment.job is not None:
        return CloneSubmission(voice, enrolment.job, is_replay=True)
    elif not order.voice.name:
        return CloneSubmission(voice, None, is_replay=False)
    else:
        job = acceptance.accept(_plan_ready(order, engine=engine, voice=voice, source=source))
    if is_new:
        Enrolment.objects.filter(pk=enrolment.pk).update(job=job)
    return CloneSubmission(voice, job, is_replay=False)


def _plan_speech(caller: Caller, *, order: CloneOrder, engine: EngineRow, voice: Voice, source: Source | None, is_new: bool) -> JobPlan:
    """Speech with the voice: enrolled by the same job, stored, or, while another job examines the recording, with a likeness of its own."""
    assert order.speech is not None  # noqa: S101 - the callers' condition
    if voice.enrolment.conditioning_key:
        own = own_voice(voice)
        cloned = ClonedVoice(engine, own.ref, warning=own.warning)
    elif source is not None:
        enroller = find_enroller(engine)
        plan = _enrolment_parts(order, engine=engine, source=source, is_fitted=is_new and is_fit_wanted(engine))
        cloned = plan.cloned_voice(voice_id=voice.voice_id, engine=engine, queue=enroller.queue)
    else:
        raise ConflictError(f"The voice {voice.voice_id!r} is not ready yet. Try again later.", code="voice_not_ready", param="embed_id")
    planned = plan_speech(caller, order=replace(order.speech, clone=cloned))
    values = {one.name: getattr(planned.params, one.name) for one in fields(planned.params)}
    params = VoiceCloneParams(**{**values, "voice": voice.voice_id, **_source_params(source)})
    return replace(planned, kind=VOICE_CLONE, params=params)


def _plan_enrolment(order: CloneOrder, *, engine: EngineRow, voice: Voice, source: Source) -> JobPlan:
    """Enrolment alone; its result is the demo."""
    enroller = find_enroller(engine)
    plan = _enrolment_parts(order, engine=engine, source=source, is_fitted=is_fit_wanted(engine), is_demo_kept=True)
    parts = plan.parts
    if not is_fit_wanted(engine):
        cloned = plan.cloned_voice(voice_id=voice.voice_id, engine=engine, queue=enroller.queue)
        parts = (*parts, plan_demo(cloned.ref, engine=engine, stage=1))
    return _enrolment_plan(order, engine=engine, voice=voice, source=source, queue=enroller.queue, parts=parts)


def _plan_ready(order: CloneOrder, *, engine: EngineRow, voice: Voice, source: Source | None) -> JobPlan:
    """Job of a voice that is ready: its demo is the result, stored already or spoken now."""
    demo = voice.enrolment.demo
    if demo is None:
        parts = (plan_demo(_ref(voice), engine=engine, stage=0),)
        return _enrolment_plan(order, engine=engine, voice=voice, source=source, queue=engine.queue, parts=parts)
    plan = _enrolment_plan(order, engine=engine, voice=voice, source=source, queue=engine.queue, parts=())
    output = ResultOutput.from_dict(demo)
    return replace(plan, outputs=(output,), output_format=output.format)


def _enrolment_plan(
    order: CloneOrder, *, engine: EngineRow, voice: Voice, source: Source | None, queue: str, parts: tuple[PartPlan, ...]
) -> JobPlan:
    language = demo_language(engine)
    return JobPlan(
        kind=ENROL_VOICE,
        engine_id=engine.id,
        queue=queue,
        lane=ENROL_VOICE.lanes.choose(1, is_awaited=order.is_awaited),
        parts=parts,
        units=100,
        price_millicredits=service_price(ENROL_VOICE.name),
        output_format=DEMO_FORMAT,
        params=EnrolmentParams(
            text=demo_sentence(language),
            model=engine.id,
            voice=voice.voice_id,
            language=language,
            format=DEMO_FORMAT,
            **_source_params(source),
        ),
        asked_model=engine.requested_id,
        warnings=tuple(substitution_warnings(engine, voice_asked=None, voice_used="")),
        webhook_url=order.webhook_url,
    )


def _enrolment_parts(order: CloneOrder, *, engine: EngineRow, source: Source, is_fitted: bool, is_demo_kept: bool = False) -> EnrolmentPlan:
    recordings = [Recording(source.key, order.transcript)]
    return plan_enrolment(recordings, engine=engine, enroller=find_enroller(engine), is_fitted=is_fitted, is_demo_kept=is_demo_kept)


def _source_params(source: Source | None) -> dict[str, Any]:
    return {"source": source.key, "seconds": source.info.audio_seconds} if source else {}


def _engine_of(caller: Caller, voice: Voice, *, model: str) -> EngineRow:
    """Model of the request, which must be the one that the voice was enrolled for. 400 voice_model_mismatch."""
    engine, own = find_cloning_model(model, plan=caller.plan), voice.enrolment.engine_id
    if engine.id != own:
        message = f"The voice {voice.voice_id!r} is spoken by the model {own!r}, not by {engine.id!r}."
        raise InvalidRequestError(message, code="voice_model_mismatch", param="model")
    return engine


def _ref(voice: Voice) -> VoiceRef:
    return own_voice(voice).ref
