"""Jobs whose result is a voice's demo: enrolments, and requests for a voice that is ready."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from apps.billing.prices import service_price
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import substitution_warnings
from apps.jobs.plans import PartPlan
from apps.jobs.results import ResultOutput
from apps.jobs.services.submit import JobPlan
from apps.uploads.services import Source
from apps.voices.kinds import ENROL_VOICE, EnrolmentParams
from apps.voices.models import Voice
from apps.voices.part_plans import DEMO_FORMAT, Recording, demo_language, demo_sentence, is_fit_wanted, plan_demo, plan_enrolment
from apps.voices.selectors import own_voice
from workers.contract.names import EXAMINATION_QUEUE


def plan_enrolment_job(
    recordings: Iterable[Recording],
    *,
    engine: EngineRow,
    enroller: EngineRow,
    voice_id: str,
    sources: Sequence[Source],
    is_awaited: bool,
    webhook_url: str,
) -> JobPlan:
    """Enrolment whose result is the demo: of the fit, or spoken with the likeness."""
    is_fitted = is_fit_wanted(engine)
    plan = plan_enrolment(recordings, engine=engine, enroller=enroller, is_fitted=is_fitted, is_demo_kept=True)
    parts = plan.parts
    if not is_fitted:
        cloned = plan.cloned_voice(voice_id=voice_id, engine=engine)
        parts = (*parts, plan_demo(cloned.ref, engine=engine, stage=1))
    return enrolment_job(
        parts, engine=engine, queue=EXAMINATION_QUEUE, voice_id=voice_id, sources=sources, is_awaited=is_awaited, webhook_url=webhook_url
    )


def enrolment_job(
    parts: tuple[PartPlan, ...],
    *,
    engine: EngineRow,
    queue: str,
    voice_id: str,
    sources: Sequence[Source],
    is_awaited: bool,
    webhook_url: str,
) -> JobPlan:
    """Job of the kind enrol_voice. sources: recordings of the request, which the job's end releases."""
    language = demo_language(engine)
    return JobPlan(
        kind=ENROL_VOICE,
        engine_id=engine.id,
        queue=queue,
        lane=ENROL_VOICE.lanes.choose(1, is_awaited=is_awaited),
        parts=parts,
        units=100,
        price_millicredits=service_price(ENROL_VOICE.name),
        output_format=DEMO_FORMAT,
        params=EnrolmentParams(
            text=demo_sentence(language), model=engine.id, voice=voice_id, language=language, format=DEMO_FORMAT, **source_params(sources)
        ),
        asked_model=engine.requested_id,
        warnings=tuple(substitution_warnings(engine, voice_asked=None, voice_used="")),
        webhook_url=webhook_url,
    )


def source_params(sources: Sequence[Source]) -> dict[str, Any]:
    """Parameters about the recordings of a request."""
    if not sources:
        return {}
    keys = tuple(source.key for source in sources)
    return {"source": keys[0], "further_sources": keys[1:], "seconds": sum(source.info.audio_seconds for source in sources)}


def plan_ready_job(
    voice: Voice, *, engine: EngineRow, sources: Sequence[Source], is_awaited: bool = False, webhook_url: str = ""
) -> JobPlan:
    """Job of a voice that is ready: its demo is the result, stored already or spoken now."""
    demo = voice.enrolment.demo
    plan = enrolment_job(
        () if demo else (plan_demo(own_voice(voice).ref, engine=engine, stage=0),),
        engine=engine,
        queue=engine.queue,
        voice_id=voice.voice_id,
        sources=sources,
        is_awaited=is_awaited,
        webhook_url=webhook_url,
    )
    if demo is None:
        return plan
    output = ResultOutput.from_dict(demo)
    return replace(plan, outputs=(output,), output_format=output.format)
