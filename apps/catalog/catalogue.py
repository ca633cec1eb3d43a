"""Snapshot of workers, models, voices, stand-ins and plans that requests read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.accounts.models import Plan
from apps.billing.prices import read_tier_prices, service_prices, tier_price
from apps.catalog.models import Engine, StandIn, Voice, Worker, WorkerQueue
from workers.contract import names
from workers.contract.engines import EngineSpec
from workers.contract.voices import VoiceRef

LIVE_SECONDS = names.LEASE_SECONDS
"""Seconds without a heartbeat after which a worker gets no parts, and those that it holds go to others."""
RECENT_SECONDS = 600.0
"""Seconds for which a model is still accepted after its worker was last seen: workers restart."""
SERVICES_BY_KIND = {"stt": "transcription", "voice-convert": "voice-convert"}
"""Services whose price per minute models of a type have."""
VOICE_KEPT = timedelta(minutes=10)
"""A voice is removed when announcements of its model have not listed it for this long."""


@dataclass(frozen=True, slots=True)
class VoiceRow:
    engine_id: str
    id: str
    name: str
    language: str
    """Full tag, `en-gb`."""
    gender: str
    description: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandInRow:
    """Documented model that other models serve while it is not installed (apps/catalog/models.py)."""

    model_id: str
    name: str
    kind: str
    tier: str
    """Empty for an alias, which costs as much as its stand-in."""
    millicredits_per_1k: int | None
    """Price of the tier; None for an alias."""
    candidates: tuple[str, ...]
    voices: Mapping[str, str]
    """Voice of a stand-in by documented voice, casefolded."""
    max_characters: int | None
    has_cloning: bool
    """True if the documented model clones voices."""
    note: str
    created_at: datetime

    @property
    def is_alias(self) -> bool:
        """True if the name is an alias of installed models; False if it is a model with its own tier."""
        return not self.tier


@dataclass(frozen=True, slots=True)
class EngineRow:
    id: str
    name: str
    kind: str
    version: str
    tier: str
    queue: str
    millicredits_per_1k: int
    millicredits_per_minute: int
    """Price per minute of audio for models that hear or convert recordings; 0 for other models."""
    spec: EngineSpec
    """Specification without its voices."""
    voices: Mapping[str, VoiceRow]
    """Voices by id, the default voice first."""
    first_announced_at: datetime
    is_available: bool
    """True if a live worker serves the model."""
    was_seen_lately: bool
    """True if a worker that serves the model was seen within RECENT_SECONDS."""
    stand_in: "StandInRow | None" = None
    """Set if the model was requested by a documented name that it serves; price and longest text are then those of that name."""
    base: "EngineRow | None" = None
    """Model whose voices this one speaks too."""

    @property
    def requested_id(self) -> str:
        return self.stand_in.model_id if self.stand_in else self.id

    @property
    def spoken_voices(self) -> Mapping[str, VoiceRow]:
        """Voices that the model speaks, with those of its base, the default voice first."""
        return self.voices if self.base is None else {**self.voices, **self.base.voices}

    @property
    def voice_refs(self) -> tuple[VoiceRef, ...]:
        """Every voice that the model speaks as messages carry it, the default voice first."""
        return tuple(map(self.voice_ref, self.spoken_voices.values()))

    def voice_ref(self, voice: VoiceRow) -> VoiceRef:
        """A voice of the model or of its base as messages carry it."""
        if self.base is not None and voice.engine_id == self.base.id:
            return self.base.voice_ref(voice)
        return VoiceRef(voice.id, voice.language, voice.gender, self.id, self.version)

    def find_voice(self, voice_id: str) -> VoiceRow | None:
        """Voice of this id that the model speaks, in any case of its letters."""
        folded, voices = voice_id.casefold(), self.spoken_voices
        return voices.get(voice_id) or next((voice for voice in voices.values() if voice.id.casefold() == folded), None)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Limits on a queue's parts in flight, summed over all live workers."""

    slots: int = 0
    reserved_slots: int = 0
    hard_slots: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Consistent snapshot of all rows."""

    engines: Mapping[str, EngineRow]
    by_name: Mapping[str, EngineRow]
    """Models by id and by name, both casefolded."""
    capacities: Mapping[str, Capacity]
    loaded: tuple[str, ...]
    """Ids of the models in the memory of a live worker."""
    missing: Mapping[str, str]
    """Models that live workers know but cannot serve: casefolded id to reason."""
    stand_ins: Mapping[str, StandInRow]
    """Enabled rows by documented id, casefolded."""
    documented_kinds: Mapping[str, str]
    """Kind of each documented id, casefolded, including disabled rows."""
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class _Prices:
    """Prices of all models, read in two queries."""

    tiers: Mapping[str, int]
    services: Mapping[str, int]

    @classmethod
    def read(cls) -> "_Prices":
        return cls(read_tier_prices(), service_prices({*SERVICES_BY_KIND.values()}))

    def of_tier(self, tier: str) -> int:
        return tier_price(tier, prices=self.tiers)


def read_catalogue() -> Catalogue:
    now = timezone.now()
    workers = list(Worker.objects.all())
    live = [worker for worker in workers if not worker.is_stopping and now - worker.last_seen_at < timedelta(seconds=LIVE_SECONDS)]
    recent = {engine for worker in workers if now - worker.last_seen_at < timedelta(seconds=RECENT_SECONDS) for engine in worker.engines}
    available = {engine for worker in live for engine in worker.engines}
    voices, prices = _read_voices(), _Prices.read()
    rows = [
        replace(
            _engine_row(engine, voices=voices.get(engine.id, []), prices=prices),
            is_available=engine.id in available,
            was_seen_lately=engine.id in recent,
        )
        for engine in Engine.objects.filter(is_enabled=True).order_by("id")
    ]
    installed = {row.id: row for row in rows}
    rows = [replace(row, base=installed.get(row.spec.base_engine)) if row.kind == "tts" else row for row in rows]
    stand_ins = list(StandIn.objects.all())
    by_name = {row.name.casefold(): row for row in rows} | {row.id.casefold(): row for row in rows}
    return Catalogue(
        engines={row.id: row for row in rows},
        by_name=by_name,
        capacities=_read_capacities(live),
        loaded=tuple(sorted({engine for worker in live for engine in worker.loaded})),
        missing={engine.casefold(): reason for worker in live for engine, reason in worker.missing.items()},
        stand_ins={row.model_id.casefold(): _stand_in_row(row, prices=prices) for row in stand_ins if row.is_enabled},
        documented_kinds={row.model_id.casefold(): row.kind for row in stand_ins},
        plans=tuple(Plan.objects.all()),
    )


def _stand_in_row(row: StandIn, *, prices: _Prices) -> StandInRow:
    return StandInRow(
        model_id=row.model_id,
        name=row.name or row.model_id,
        kind=row.kind,
        tier=row.tier,
        millicredits_per_1k=prices.of_tier(row.tier) if row.tier else None,
        candidates=tuple(row.candidates),
        voices={documented.casefold(): voice for documented, voice in row.voices.items()},
        max_characters=row.max_characters,
        has_cloning=row.has_cloning,
        note=row.note,
        created_at=row.created_at,
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


def _engine_row(engine: Engine, *, voices: list[VoiceRow], prices: _Prices) -> EngineRow:
    """Row of a model that nothing serves."""
    spec = EngineSpec.from_dict(engine.spec)
    default_first = sorted(voices, key=lambda voice: voice.id != spec.default_voice)
    return EngineRow(
        id=engine.id,
        name=engine.name,
        kind=engine.kind,
        version=engine.version,
        tier=engine.tier,
        queue=engine.queue,
        millicredits_per_1k=prices.of_tier(engine.tier) if engine.millicredits_per_1k is None else engine.millicredits_per_1k,
        millicredits_per_minute=prices.services[SERVICES_BY_KIND[engine.kind]] if engine.kind in SERVICES_BY_KIND else 0,
        spec=spec,
        voices={voice.id: voice for voice in default_first},
        first_announced_at=engine.first_announced_at,
        is_available=False,
        was_seen_lately=False,
    )


def _read_capacities(live: list[Worker]) -> dict[str, Capacity]:
    sums = (
        WorkerQueue.objects.filter(worker__in=live)
        .values("queue")
        .annotate(all_slots=Sum("slots"), all_reserved=Sum("reserved_slots"), all_hard=Sum(Greatest("hard_slots", "slots")))
    )
    return {row["queue"]: Capacity(slots=row["all_slots"], reserved_slots=row["all_reserved"], hard_slots=row["all_hard"]) for row in sums}
