"""From a request for speech to a queued job."""

import re
from dataclasses import dataclass

from django.conf import settings

from apps.accounts.callers import Caller
from apps.billing.prices import characters_price_millicredits
from apps.catalog.selectors import EngineRow, find_model, find_voice, get_model
from apps.core.errors import InvalidRequestError
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan, PartPlan, Submission, submit_job
from workers.contract.messages import SpeakWork
from workers.contract.names import Lane
from workers.text.markup.parts import cut_into_parts

PART_FORMAT = "flac"
"""Parts of a longer text: lossless, so that the join encodes once."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOrder:
    """What is to be said, and how."""

    text: str
    text_param: str = "text"
    """What the text is called in the request, for errors."""
    model: str = "kokoro"
    voice: str | None = None
    format: str = "mp3"
    speed: float = 1.0
    language: str | None = None
    instructions: str | None = None
    has_listener: bool = False
    """Whether somebody waits for the answer itself."""


def request_speech(caller: Caller, *, order: SpeechOrder, idempotency: Idempotency | None, request_id: str) -> Submission:
    """Prices, reserves, queues: one transaction. Raises ApplicationErrors with codes that stay."""
    return submit_job(caller, plan_speech(caller, order=order), idempotency=idempotency, request_id=request_id)


def plan_speech(caller: Caller, *, order: SpeechOrder) -> JobPlan:
    """The job that the order asks for: its parts, its lane, its price."""
    engine = find_model(order.model, plan=caller.plan)
    voice = find_voice(engine, order.voice)
    language = _check_language(engine, order.language)
    _check_length(caller, engine=engine, order=order)
    units = len(order.text)
    texts = cut_into_parts(order.text)
    work = SpeakWork(
        engine=engine.id,
        voice=voice.id,
        text="",
        language=language,
        speed=min(max(order.speed, engine.spec.minimum_speed), engine.spec.maximum_speed),
        format=order.format if len(texts) == 1 else PART_FORMAT,
    ).to_dict()
    parts = tuple(
        PartPlan(kind="speak", work={**work, "text": text, "is_last": index == len(texts) - 1}, units=len(text))
        for index, text in enumerate(texts)
    )
    price = 0 if caller.is_anonymous else characters_price_millicredits(units, millicredits_per_1k=engine.millicredits_per_1k)
    return JobPlan(
        kind="speech",
        engine_id=engine.id,
        queue=engine.queue,
        lane=_lane(order, units=units),
        parts=parts,
        join={"format": order.format, "bitrate": 0, "sample_rate": 0} if len(parts) > 1 else None,
        units=units,
        price_millicredits=price,
        output_format=order.format,
        params={
            "text": order.text,
            "model": engine.id,
            "voice": voice.id,
            "language": language,
            "speed": order.speed,
            "format": order.format,
        },
        daily_characters=units if caller.is_anonymous else 0,
    )


def warnings_of(order: SpeechOrder) -> list[str]:
    """What of the order its model cannot follow."""
    warnings = []
    if order.instructions:
        warnings.append("instructions: none of the installed models follows delivery hints; they were ignored.")
    spec = get_model(order.model).spec
    if not spec.minimum_speed <= order.speed <= spec.maximum_speed:
        warnings.append(f"speed: {order.model} speaks at {spec.minimum_speed:g} to {spec.maximum_speed:g}; the nearest was taken.")
    return warnings


def _check_language(engine: EngineRow, language: str | None) -> str:
    tag = (language or "").strip().replace("_", "-").lower()
    if tag in {"", "auto"}:
        return ""
    if not _LANGUAGE.fullmatch(tag):
        raise InvalidRequestError(f"{tag[:35]!r} is not a language tag such as en or pt-br.", code="invalid_language", param="language")
    if engine.spec.languages and tag.partition("-")[0] not in engine.spec.languages:
        spoken = ", ".join(engine.spec.languages)
        message = f"The model {engine.id!r} does not speak {tag!r}. It speaks: {spoken}."
        raise InvalidRequestError(message, code="unsupported_language", param="language")
    return tag


def _check_length(caller: Caller, *, engine: EngineRow, order: SpeechOrder) -> None:
    limit = min(caller.plan.max_characters, engine.spec.max_characters)
    if len(order.text) > limit:
        raise InvalidRequestError(
            f"The text has {len(order.text)} characters; the plan {caller.plan.name!r} with the model {engine.id!r} takes at most {limit}.",
            code="text_too_long",
            param=order.text_param,
        )


def _lane(order: SpeechOrder, *, units: int) -> Lane:
    if units > settings.TTSAI_BULK_CHARACTERS:
        return "normal" if order.has_listener else "bulk"  # the slots kept for `live` are for answers within seconds
    return "live" if order.has_listener else "normal"
