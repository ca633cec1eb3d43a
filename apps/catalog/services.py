"""Write operations: announcements, heartbeats and departures of workers."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.catalog.catalogue import LIVE_SECONDS
from apps.catalog.models import Engine, StandIn, Voice, Worker, WorkerQueue
from apps.catalog.selectors import clear_catalogue_cache
from apps.catalog.starting_stand_ins import STARTING_STAND_INS
from workers.contract.engines import EngineSpec
from workers.contract.messages import Announcement, Heartbeat, QueueSlots

TIERS = ("free", "standard", "premium")
FORGET_WORKERS_AFTER = timedelta(days=7)
HEARD = ["boot", "last_sent_at", "last_seen_at", "is_stopping", "loaded", "memory_bytes", "model_memory_bytes"]
"""Fields of a worker that a heartbeat overwrites."""
RENEWED = ["name", "language", "gender", "description", "tags", "last_announced_at"]
"""Voice fields that an announcement overwrites; the operator or the platform owns the others."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """State of a worker derived from its message."""

    is_current: bool
    """False for a late message of an earlier boot, and for a heartbeat of a worker that never announced itself."""
    is_new_boot: bool = False
    """The worker process restarted: the parts that it held before are lost."""


def announce_worker(announcement: Announcement) -> WorkerState:
    """Store a worker's announcement. A new model takes its tier from the settings, otherwise from the announcement."""
    with transaction.atomic():
        worker, _ = Worker.objects.select_for_update().get_or_create(name=announcement.worker, defaults={"boot": announcement.boot})
        is_new_boot = worker.boot != announcement.boot
        # A heartbeat of the same beat may be read before it: of one boot, announcements are compared with announcements.
        newest_sent_at = worker.last_sent_at if is_new_boot else worker.announced_sent_at
        if not _is_newest(worker, sent_at=announcement.sent_at, newest_sent_at=newest_sent_at):
            return WorkerState(is_current=not is_new_boot)
        if is_new_boot:
            worker.loaded, worker.is_stopping = [], False
        worker.boot, worker.last_seen_at, worker.announced_sent_at = announcement.boot, timezone.now(), announcement.sent_at
        worker.last_sent_at = max(worker.last_sent_at, announcement.sent_at)
        worker.device, worker.version = announcement.device[:100], announcement.version[:100]
        worker.engines, worker.missing = [spec.id for spec in announcement.engines], dict(announcement.missing)
        worker.save()
        _replace_queues(worker, queues=announcement.queues)
        for spec in sorted(announcement.engines, key=lambda spec: spec.id):  # one order for all workers: no deadlock
            _upsert_engine(spec)
    clear_catalogue_cache()
    return WorkerState(is_current=True, is_new_boot=is_new_boot)


def record_heartbeat(heartbeat: Heartbeat) -> WorkerState:
    """Record a heartbeat. Queues and engines come with the announcement."""
    with transaction.atomic():
        worker = Worker.objects.select_for_update().filter(name=heartbeat.worker).first()
        if worker is None:
            return WorkerState(is_current=False)
        if not _is_newest(worker, sent_at=heartbeat.sent_at, newest_sent_at=worker.last_sent_at):
            return WorkerState(is_current=worker.boot == heartbeat.boot)
        is_new_boot, was_stopping = worker.boot != heartbeat.boot, worker.is_stopping
        worker.boot, worker.last_sent_at, worker.last_seen_at = heartbeat.boot, heartbeat.sent_at, timezone.now()
        worker.is_stopping, worker.loaded = heartbeat.is_stopping, list(heartbeat.loaded)
        worker.memory_bytes, worker.model_memory_bytes = (
            _storable_bytes(heartbeat.memory_bytes),
            _storable_bytes(heartbeat.model_memory_bytes),
        )
        worker.save(update_fields=HEARD)
    if worker.is_stopping != was_stopping:
        clear_catalogue_cache()  # it takes no new parts from here on
    return WorkerState(is_current=True, is_new_boot=is_new_boot)


def forget_workers() -> int:
    """Delete workers that have been silent for long; returns their number. Their models stay, as unavailable."""
    deleted, _ = Worker.objects.filter(last_seen_at__lt=timezone.now() - FORGET_WORKERS_AFTER).delete()
    return deleted


def _is_newest(worker: Worker, *, sent_at: float, newest_sent_at: float) -> bool:
    """True if no later message of the worker has arrived: messages overtake each other, and a broker may deliver old ones."""
    if sent_at >= newest_sent_at:
        return True
    # Its clock was set back, or ours and it was seen in what is the future now: what it says now is the truth.
    return abs(timezone.now() - worker.last_seen_at) > timedelta(seconds=LIVE_SECONDS)


def _storable_bytes(number: object) -> int:
    """The number as the column stores it; 0 if invalid: one bad value must not cost a worker its heartbeat."""
    return number if isinstance(number, int) and 0 <= number < 1 << 63 else 0


def _replace_queues(worker: Worker, *, queues: tuple[QueueSlots, ...]) -> None:
    rows = [
        WorkerQueue(worker=worker, queue=entry.queue, slots=entry.slots, reserved_slots=entry.reserved_slots, hard_slots=entry.hard_slots)
        for entry in queues
    ]
    WorkerQueue.objects.filter(worker=worker).exclude(queue__in=[row.queue for row in rows]).delete()
    WorkerQueue.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["worker", "queue"], update_fields=["slots", "reserved_slots", "hard_slots"]
    )


def _upsert_engine(spec: EngineSpec) -> None:
    now = timezone.now()
    announced = {
        "name": spec.name,
        "kind": spec.kind,
        "version": spec.version,
        "queue": spec.queue_group,
        "spec": {**spec.to_dict(), "voices": []},
        "last_announced_at": now,
    }
    engine, _ = Engine.objects.update_or_create(id=spec.id, defaults=announced, create_defaults={**announced, "tier": _first_tier(spec)})
    voices = [
        Voice(
            engine=engine,
            voice_id=voice.id,
            name=voice.name,
            language=voice.language,
            gender=voice.gender,
            description=voice.description,
            tags=list(voice.tags),
            last_announced_at=now,
        )
        for voice in sorted((voice.with_full_tag() for voice in spec.voices), key=lambda voice: voice.id)
    ]
    Voice.objects.bulk_create(voices, update_conflicts=True, unique_fields=["engine", "voice_id"], update_fields=RENEWED)


def _first_tier(spec: EngineSpec) -> str:
    tier: str = settings.TTSAI_ENGINE_TIERS.get(spec.id, spec.suggested_tier)
    return tier if tier in TIERS else "standard"


def load_starting_stand_ins() -> int:
    """Create missing rows, including those added by an upgrade; returns their number. An operator disables an unwanted row instead of
    deleting it.
    """
    known = {name.casefold() for name in StandIn.objects.values_list("model_id", flat=True)}
    rows = [StandIn(model_id=model_id, **values) for model_id, values in STARTING_STAND_INS.items() if model_id not in known]
    created = len(StandIn.objects.bulk_create(rows, ignore_conflicts=True))
    clear_catalogue_cache()
    return created
