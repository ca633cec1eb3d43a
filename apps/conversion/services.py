"""Conversion requests: from a recording to a queued job."""

from apps.accounts.callers import Caller
from apps.billing.prices import duration_price_millicredits, service_price
from apps.conversion.choice import choose_models
from apps.conversion.kinds import ConversionParams
from apps.conversion.orders import ConversionOrder
from apps.conversion.part_plans import plan_conversion_parts
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.transcription.services import milliseconds_of
from apps.uploads.services import Source, SourceLimits

LIMITS = SourceLimits(max_bytes=50_000_000)


def request_conversion(
    caller: Caller, *, order: ConversionOrder, source: Source, idempotency: Idempotency | None, request_id: str
) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors."""
    return submit_job(caller, plan_conversion(caller, order=order, source=source), idempotency=idempotency, request_id=request_id)


def plan_conversion(caller: Caller, *, order: ConversionOrder, source: Source) -> JobPlan:
    chosen, milliseconds = choose_models(caller, order=order), milliseconds_of(source)
    converter, recogniser = chosen.converter, chosen.recogniser
    parts = plan_conversion_parts(chosen, order=order, source=source, milliseconds=milliseconds)
    price = service_price(order.kind.name)
    return JobPlan(
        kind=order.kind,
        engine_id=converter.id,
        queue=recogniser.queue if recogniser else chosen.speaker.queue,
        lane=order.kind.lanes.choose(milliseconds, is_awaited=order.is_awaited),
        parts=parts,
        units=milliseconds,
        price_millicredits=duration_price_millicredits(milliseconds, millicredits_per_minute=price),
        output_format=order.format,
        params=ConversionParams(
            model=converter.id,
            voice=chosen.voice.id,
            format=order.format,
            emotion=order.delivery.emotion,
            speed=order.delivery.speed,
            languages=converter.spec.languages,
            seconds=milliseconds / 1000,
            source=source.key,
        ),
        asked_model=chosen.asked_model,
        warnings=chosen.warnings,
        webhook_url=order.webhook_url,
    )
