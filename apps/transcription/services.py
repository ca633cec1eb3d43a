"""Transcription requests: from a recording to a queued job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.accounts.callers import Caller
from apps.billing.prices import duration_price_millicredits, service_price
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, substitution_warnings
from apps.core.errors import InvalidRequestError
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.transcription.kinds import TRANSCRIPTION, TranscriptionParams
from apps.transcription.part_plans import plan_channels
from apps.uploads.services import Source, SourceLimits
from workers.contract.formats import DOCUMENT
from workers.contract.references import StoredObject
from workers.contract.tags import is_tag, primary_tag, requested_tag
from workers.contract.transcription import KnownSpeaker, ListenWork

LIMITS = SourceLimits(max_bytes=100_000_000)
DEFAULT_MODEL = "whisper"


@dataclass(frozen=True, slots=True)
class Callback:
    """Address that another API's response of the job is sent to."""

    event: str
    """Name of the delivery, whose body TTSAI_DELIVERY_BODIES writes."""
    url: str
    method: str
    query: str
    """Query of the request, which shapes the body."""

    def as_params(self) -> dict[str, Any]:
        """Fields of TranscriptionParams."""
        return {"callback_event": self.event, "callback_url": self.url, "callback_method": self.method, "callback_query": self.query}


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionOrder:
    """Options of a transcription request."""

    model: str = DEFAULT_MODEL
    language: str | None = None
    """Language tag; detected if empty or `auto`."""
    is_translation: bool = False
    """True if the text is to be translated into English."""
    has_words: bool = False
    is_diarized: bool = False
    speakers: int = 0
    known_speakers: tuple[str, ...] = ()
    """Names of speakers whose recordings come with the request, in the same order."""
    prompt: str = ""
    hotwords: str = ""
    temperature: float = 0.0
    is_multichannel: bool = False
    """True if each channel is transcribed on its own, and paid for."""
    is_awaited: bool = False
    webhook_url: str = ""
    callback: Callback | None = None


def check_order(caller: Caller, *, order: TranscriptionOrder) -> EngineRow:
    """Validate everything that can be refused before the recording is ingested. Raises ApplicationErrors."""
    engine = find_model(order.model, plan=caller.plan, kind="stt", language=order.language)
    check_spoken_language(engine, order.language)
    if order.is_translation and not engine.spec.has_translation:
        raise InvalidRequestError(f"The model {engine.id!r} cannot translate to English.", code="unsupported_translation", param="model")
    if order.is_diarized and not engine.spec.has_diarization:
        raise InvalidRequestError(
            f"The model {engine.id!r} does not support diarization here.", code="unsupported_diarization", param="diarize"
        )
    if order.speakers and not order.is_diarized:
        raise InvalidRequestError("num_speakers needs diarize=true.", param="num_speakers")
    if order.has_words and not engine.spec.has_word_timings:
        raise InvalidRequestError(f"The model {engine.id!r} has no word timings.", code="unsupported_timestamps", param="timestamps")
    return engine


def request_transcription(
    caller: Caller,
    *,
    order: TranscriptionOrder,
    source: Source,
    references: Sequence[Source] = (),
    idempotency: Idempotency | None,
    request_id: str,
    paid_millicredits: int = 0,
    has_webhooks: bool = True,
) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors.

    references: recordings of the order's known speakers. paid_millicredits: paid by earlier jobs that heard a part of the same audio, which is subtracted from the price.
    """
    plan = plan_transcription(caller, order=order, source=source, references=references)
    plan = replace(plan, price_millicredits=max(0, plan.price_millicredits - paid_millicredits), has_webhooks=has_webhooks)
    return submit_job(caller, plan, idempotency=idempotency, request_id=request_id)


def plan_transcription(caller: Caller, *, order: TranscriptionOrder, source: Source, references: Sequence[Source] = ()) -> JobPlan:
    engine = check_order(caller, order=order)
    milliseconds = milliseconds_of(source)
    channels = source.info.channels if order.is_multichannel else 1
    language = check_spoken_language(engine, order.language)
    work = ListenWork(
        engine.id,
        audio=StoredObject(source.key),
        language=language,
        is_translation=order.is_translation,
        has_words=engine.spec.has_word_timings,  # unasked too: subtitles are cut by them
        is_diarized=order.is_diarized,
        speakers=order.speakers,
        known_speakers=tuple(
            KnownSpeaker(name, StoredObject(one.key), one.info.audio_seconds)
            for name, one in zip(order.known_speakers, references, strict=True)
        ),
        prompt=order.prompt,
        hotwords=order.hotwords,
        temperature=order.temperature,
        has_live_text=channels == 1,
    )
    units = milliseconds * channels
    return JobPlan(
        kind=TRANSCRIPTION,
        engine_id=engine.id,
        queue=engine.queue,
        lane=TRANSCRIPTION.lanes.choose(units, is_awaited=order.is_awaited),
        parts=plan_channels(work, milliseconds=milliseconds, channels=channels),
        units=units,
        price_millicredits=duration_price_millicredits(units, millicredits_per_minute=service_price(TRANSCRIPTION.name)),
        output_format=DOCUMENT,
        params=TranscriptionParams(
            model=engine.id,
            language=language,
            seconds=milliseconds / 1000,
            is_translation=order.is_translation,
            has_words=order.has_words,
            is_diarized=order.is_diarized,
            channels=channels,
            source=source.key,
            further_sources=tuple(one.key for one in references),
            **(order.callback.as_params() if order.callback else {}),
        ),
        asked_model=engine.requested_id,
        warnings=tuple(substitution_warnings(engine, voice_asked=None, voice_used="")),
        webhook_url=order.webhook_url,
    )


def check_spoken_language(engine: EngineRow, language: str | None) -> str:
    """Tag of the spoken language; empty if it is detected. 400 if the model does not support it."""
    primary = read_language(language)
    if primary and primary not in engine.spec.languages:
        known = ", ".join(engine.spec.languages)
        raise InvalidRequestError(
            f"The model {engine.id!r} does not support the language {primary!r}. Supported: {known}.",
            code="unsupported_language",
            param="language",
        )
    return primary


def read_language(language: str | None) -> str:
    """Primary tag of a language, such as `en` of en_US; empty if it is detected. 400 for an invalid tag."""
    tag = requested_tag(language)
    if not tag:
        return ""
    if not is_tag(tag):
        raise InvalidRequestError(
            f"{tag[:35]!r} is not a language tag such as en or es, or auto.", code="invalid_language", param="language"
        )
    return primary_tag(tag)


def milliseconds_of(source: Source) -> int:
    """Duration of the recording, rounded up: the unit of its price."""
    return max(1, -int(-source.info.audio_seconds * 1000 // 1))
