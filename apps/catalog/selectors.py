"""Reads of the catalogue, from a picture that each process takes every two seconds: no query on the way of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.accounts.models import Plan
from apps.billing.prices import service_price, tier_price
from apps.catalog.models import Engine, Voice, Worker, WorkerQueue
from apps.core.errors import InvalidRequestError, NotFoundError, PermissionDeniedError, UnavailableError, UnknownModelError
from apps.core.remembered import Remembered
from workers.contract.engines import EngineSpec

LIVE_SECONDS = 15.0
"""A worker that was silent for longer gets no parts: its heartbeats come every 3 seconds."""
RECENT_SECONDS = 600.0
"""A model whose worker was seen within this time is accepted still: workers restart."""
VOICE_KEPT = timedelta(minutes=10)
"""A voice that announcements of its model have not named for this long is gone."""
PICTURE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """A voice as requests see it."""

    engine_id: str
    id: str
    name: str
    language: str
    gender: str
    description: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineRow:
    """A model as requests see it."""

    id: str
    name: str
    kind: str
    version: str
    tier: str
    queue: str
    millicredits_per_1k: int
    millicredits_per_minute: int
    """Of audio, for models that listen."""
    spec: EngineSpec
    """Without its voices."""
    voices: Mapping[str, VoiceRow]
    """By id, the default voice first."""
    first_announced_at: datetime
    is_available: bool
    """Whether a worker that serves it is alive."""
    was_seen_lately: bool
    """Whether one was within RECENT_SECONDS."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many parts of a queue may be in flight, over all live workers."""

    slots: int = 0
    reserved_slots: int = 0
    hard_slots: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One picture of everything."""

    engines: Mapping[str, EngineRow]
    by_name: Mapping[str, EngineRow]
    """By id and by name, both casefolded."""
    capacities: Mapping[str, Capacity]
    loaded: tuple[str, ...]
    """Ids of the models in the memory of a live worker."""
    missing: Mapping[str, str]
    """What live workers know and cannot serve, by id, casefolded, with what is missing."""


def find_model(model_id: str, *, plan: Plan, kind: str = "tts") -> EngineRow:
    """The model that a request names. 400 unknown_model, 403 model_not_allowed, 503 model_unavailable."""
    engine = _picture.get().by_name.get(model_id.casefold())
    if engine is None:
        raise _unknown(model_id)
    if engine.kind != kind:
        raise UnknownModelError(model_id)
    if plan.allowed_models and engine.id not in plan.allowed_models:
        raise PermissionDeniedError(
            f"The plan {plan.name!r} does not include the model {engine.id!r}. It includes: {', '.join(plan.allowed_models)}.",
            code="model_not_allowed",
            param="model",
        )
    if not engine.was_seen_lately:
        raise UnavailableError(
            f"No worker serves the model {engine.id!r} at the moment.",
            code="model_unavailable",
            param="model",
            headers={"Retry-After": "60"},
        )
    return engine


def find_voice(engine: EngineRow, voice_id: str | None) -> VoiceRow:
    """The voice that a request names, the model's default where it names none. 400 unknown_voice."""
    if not voice_id and engine.voices:
        return next(iter(engine.voices.values()))
    voice = engine.voices.get(voice_id or "") or next(
        (v for v in engine.voices.values() if v.id.casefold() == (voice_id or "").casefold()), None
    )
    if voice is None:
        some = ", ".join(list(engine.voices)[:5])
        missing = " ".join(f"It lacks {language!r}: {reason}" for language, reason in engine.spec.missing_languages.items())
        raise InvalidRequestError(
            f"Unknown voice {(voice_id or '')[:100]!r} of the model {engine.id!r}. GET /v1/voices/?model={engine.id} lists all, such as {some}."
            f" {missing}".rstrip(),
            code="unknown_voice",
            param="voice",
        )
    return voice


def list_models() -> list[EngineRow]:
    """Every enabled model, also those that no worker serves now."""
    return list(_picture.get().engines.values())


def get_model(model_id: str) -> EngineRow:
    """One enabled model, whoever asks. 400 unknown_model."""
    engine = _picture.get().by_name.get(model_id.casefold())
    if engine is None:
        raise _unknown(model_id)
    return engine


def find_listed_model(model_id: str) -> EngineRow:
    """One enabled model by its address. 404 model_not_found."""
    engine = _picture.get().by_name.get(model_id.casefold())
    if engine is None:
        raise NotFoundError(f"There is no model {model_id[:100]!r}. GET /v1/models/ lists what there is.", code="model_not_found")
    return engine


def list_voices(*, model: str = "", language: str = "", gender: str = "") -> list[VoiceRow]:
    """Voices of all models, or those asked for. `en` finds en-gb too; `en-gb` finds neither en nor en-us."""
    engines = [get_model(model)] if model else list_models()
    wanted = language.casefold().replace("_", "-")
    return [
        voice
        for engine in engines
        for voice in engine.voices.values()
        if (not wanted or voice.language == wanted or voice.language.startswith(f"{wanted}-")) and (not gender or voice.gender == gender)
    ]


def capacity(queue: str) -> Capacity:
    """What the live workers of a queue take at once; nothing when there are none."""
    return _picture.get().capacities.get(queue, Capacity())


def price_per_1k(engine: EngineRow) -> int:
    """Millicredits for 1,000 characters."""
    return engine.millicredits_per_1k


def list_loaded_models() -> list[str]:
    """Ids of the models in the memory of a live worker."""
    return list(_picture.get().loaded)


def count_live_workers() -> int:
    """Workers that are alive and not stopping, now."""
    return Worker.objects.filter(last_seen_at__gt=timezone.now() - timedelta(seconds=LIVE_SECONDS), is_stopping=False).count()


def forget_catalogue() -> None:
    """Take a new picture at the next read: rows have just changed."""
    _picture.forget()


def _unknown(model_id: str) -> UnknownModelError:
    return UnknownModelError(model_id, missing=_picture.get().missing.get(model_id.casefold(), ""))


def _read_catalogue() -> Catalogue:
    now = timezone.now()
    workers = list(Worker.objects.all())
    live = [worker for worker in workers if not worker.is_stopping and now - worker.last_seen_at < timedelta(seconds=LIVE_SECONDS)]
    recent = {engine for worker in workers if now - worker.last_seen_at < timedelta(seconds=RECENT_SECONDS) for engine in worker.engines}
    available = {engine for worker in live for engine in worker.engines}
    voices = _read_voices()
    rows = [
        _engine_row(engine, voices=voices.get(engine.id, []), is_available=engine.id in available, was_seen_lately=engine.id in recent)
        for engine in Engine.objects.filter(is_enabled=True).order_by("id")
    ]
    by_name = {row.name.casefold(): row for row in rows} | {row.id.casefold(): row for row in rows}
    return Catalogue(
        engines={row.id: row for row in rows},
        by_name=by_name,
        capacities=_read_capacities(live),
        loaded=tuple(sorted({engine for worker in live for engine in worker.loaded})),
        missing={engine.casefold(): reason for worker in live for engine, reason in worker.missing.items()},
    )


def _read_voices() -> dict[str, list[VoiceRow]]:
    rows = Voice.objects.filter(is_enabled=True, engine__is_enabled=True).order_by("engine_id", "voice_id")
    columns = (
        "engine_id",
        "voice_id",
        "name",
        "language",
        "gender",
        "description",
        "tags",
        "last_announced_at",
        "engine__last_announced_at",
    )
    voices: dict[str, list[VoiceRow]] = {}
    for engine_id, voice_id, name, language, gender, description, tags, announced_at, engine_announced_at in rows.values_list(*columns):
        if engine_announced_at - announced_at < VOICE_KEPT:
            voice = VoiceRow(engine_id, voice_id, name, language, gender, description, tuple(tags))
            voices.setdefault(engine_id, []).append(voice)
    return voices


def _engine_row(engine: Engine, *, voices: list[VoiceRow], is_available: bool, was_seen_lately: bool) -> EngineRow:
    spec = EngineSpec.from_dict(engine.spec)
    default_first = sorted(voices, key=lambda voice: voice.id != spec.default_voice)
    return EngineRow(
        id=engine.id,
        name=engine.name,
        kind=engine.kind,
        version=engine.version,
        tier=engine.tier,
        queue=engine.queue,
        millicredits_per_1k=tier_price(engine.tier) if engine.millicredits_per_1k is None else engine.millicredits_per_1k,
        millicredits_per_minute=service_price("transcription") if engine.kind == "stt" else 0,
        spec=spec,
        voices={voice.id: voice for voice in default_first},
        first_announced_at=engine.first_announced_at,
        is_available=is_available,
        was_seen_lately=was_seen_lately,
    )


def _read_capacities(live: list[Worker]) -> dict[str, Capacity]:
    sums = (
        WorkerQueue.objects.filter(worker__in=live)
        .values("queue")
        .annotate(all_slots=Sum("slots"), all_reserved=Sum("reserved_slots"), all_hard=Sum(Greatest("hard_slots", "slots")))
    )
    return {row["queue"]: Capacity(slots=row["all_slots"], reserved_slots=row["all_reserved"], hard_slots=row["all_hard"]) for row in sums}


_picture = Remembered(_read_catalogue, seconds=PICTURE_SECONDS)
