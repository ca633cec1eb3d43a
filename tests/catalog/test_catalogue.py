"""Announcements of workers, and the models that requests find."""

import time
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from apps.billing.models import TierPrice
from apps.billing.services import load_starting_tier_prices
from apps.catalog.catalogue import Capacity
from apps.catalog.models import Engine, Voice, Worker, WorkerQueue
from apps.catalog.selectors import (
    capacity,
    clear_catalogue_cache,
    find_model,
    list_loaded_models,
    list_models,
    list_voices,
)
from apps.catalog.services import announce_worker, forget_workers, record_heartbeat
from apps.catalog.voices import resolve_voice
from apps.core.errors import InvalidRequestError, PermissionDeniedError, UnavailableError, UnknownModelError
from tests.factories import PlanFactory
from tests.factories_jobs import engine_spec, nobody
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.messages import Announcement, Heartbeat, QueueSlots

pytestmark = pytest.mark.django_db


def announcement(*specs: EngineSpec, worker: str = "one", boot: str = "a", sent_at: float | None = None, **changes: Any) -> Announcement:
    values: dict[str, Any] = {
        "worker": worker,
        "boot": boot,
        "device": "cpu",
        "engines": specs or (engine_spec(),),
        "queues": (QueueSlots("kokoro", slots=2, reserved_slots=1, hard_slots=4),),
        "sent_at": time.time() if sent_at is None else sent_at,
    }
    return Announcement(**{**values, **changes})


def silent_for(seconds: float) -> None:
    """Make every worker look silent for this long."""
    Worker.objects.update(last_seen_at=timezone.now() - timedelta(seconds=seconds))
    clear_catalogue_cache()


def test_a_new_engine_appears_with_its_voices() -> None:
    announce_worker(announcement(engine_spec("brandnew", suggested_tier="premium")))
    [row] = list_models()
    assert (row.id, row.tier, row.queue, row.is_available, list(row.voices)) == (
        "brandnew",
        "premium",
        "brandnew",
        True,
        ["af_bella", "am_adam", "bf_emma"],
    )
    assert resolve_voice(nobody(), engine=row).id == "af_bella"


@pytest.mark.parametrize(
    ("engine_id", "suggested", "tier"),
    [("piper", "premium", "free"), ("kokoro", "free", "standard"), ("tortoise", "free", "premium"), ("own", "gold", "standard")],
)
def test_the_first_tier_comes_from_the_settings_or_the_announcement(engine_id: str, suggested: str, tier: str) -> None:
    announce_worker(announcement(engine_spec(engine_id, suggested_tier=suggested)))
    assert Engine.objects.get().tier == tier


def test_an_announcement_never_changes_what_the_operator_decided() -> None:
    announce_worker(announcement())
    Engine.objects.update(tier="free", millicredits_per_1k=123, is_enabled=False)
    Voice.objects.filter(voice_id="am_adam").update(is_enabled=False)
    announce_worker(announcement(engine_spec(version="2", suggested_tier="premium", name="Other")))
    engine = Engine.objects.get()
    assert (engine.tier, engine.millicredits_per_1k, engine.is_enabled, engine.version, engine.name) == ("free", 123, False, "2", "Other")
    assert not Voice.objects.get(voice_id="am_adam").is_enabled
    assert list_models() == []


def test_the_price_is_the_models_own_or_that_of_its_tier() -> None:
    load_starting_tier_prices()
    announce_worker(announcement(engine_spec("kokoro"), engine_spec("piper")))
    prices = {row.id: row.millicredits_per_1k for row in list_models()}
    assert prices == {"kokoro": 2000, "piper": 1000}
    Engine.objects.filter(id="kokoro").update(millicredits_per_1k=0)
    TierPrice.objects.filter(tier="free").update(millicredits_per_1k_characters=1500)
    clear_catalogue_cache()
    assert {row.id: row.millicredits_per_1k for row in list_models()} == {"kokoro": 0, "piper": 1500}


def test_capacity_is_that_of_live_workers() -> None:
    announce_worker(announcement(worker="one"))
    announce_worker(announcement(worker="two", queues=(QueueSlots("kokoro", slots=3),)))
    assert capacity("kokoro") == Capacity(slots=5, reserved_slots=1, hard_slots=7)
    record_heartbeat(Heartbeat(worker="one", boot="a", sent_at=time.time(), is_stopping=True))
    assert capacity("kokoro") == Capacity(slots=3, reserved_slots=0, hard_slots=3)
    silent_for(16)
    assert (capacity("kokoro"), capacity("unknown")) == (Capacity(), Capacity())


def test_an_announcement_replaces_a_workers_queues() -> None:
    announce_worker(announcement())
    announce_worker(announcement(queues=(QueueSlots("kokoro", slots=9), QueueSlots("codec", slots=1))))
    assert sorted(WorkerQueue.objects.values_list("queue", "slots")) == [("codec", 1), ("kokoro", 9)]
    announce_worker(announcement(queues=()))
    assert not WorkerQueue.objects.exists()


def test_a_model_is_found_by_its_id_or_name_in_any_case() -> None:
    announce_worker(announcement(engine_spec(name="Kokoro 82M")))
    plan = PlanFactory()
    assert {find_model(name, plan=plan).id for name in ("kokoro", "KOKORO", "kokoro 82m")} == {"kokoro"}
    for unknown in ("nothing", "", "x" * 5000):
        with pytest.raises(UnknownModelError, match="unknown model"):
            find_model(unknown, plan=plan)
    with pytest.raises(UnknownModelError):
        find_model("kokoro", plan=plan, kind="stt")


def test_a_plan_may_include_some_models_only() -> None:
    announce_worker(announcement(engine_spec("kokoro"), engine_spec("tortoise")))
    plan = PlanFactory(name="Small", allowed_models=["kokoro"])
    assert find_model("kokoro", plan=plan).id == "kokoro"
    with pytest.raises(PermissionDeniedError) as caught:
        find_model("tortoise", plan=plan)
    assert (caught.value.status, caught.value.code, caught.value.param) == (403, "model_not_allowed", "model")


def test_a_model_whose_worker_restarts_is_accepted_for_ten_minutes() -> None:
    announce_worker(announcement())
    plan = PlanFactory()
    silent_for(590)
    assert find_model("kokoro", plan=plan).is_available is False
    silent_for(610)
    with pytest.raises(UnavailableError) as caught:
        find_model("kokoro", plan=plan)
    assert (caught.value.status, caught.value.code) == (503, "model_unavailable")
    assert [row.id for row in list_models()] == ["kokoro"]


def test_an_unknown_voice_names_some() -> None:
    announce_worker(announcement())
    engine = find_model("kokoro", plan=PlanFactory())
    assert resolve_voice(nobody(), engine=engine, asked="AM_Adam").id == "am_adam"
    with pytest.raises(InvalidRequestError, match="af_bella, am_adam") as caught:
        resolve_voice(nobody(), engine=engine, asked="nobody")
    assert (caught.value.code, caught.value.param) == ("unknown_voice", "voice")


def test_voices_are_found_by_model_language_and_gender() -> None:
    spanish = engine_spec("hibari", voices=(VoiceSpec("heart", name="Heart", language="es", gender="female"),), default_voice="heart")
    announce_worker(announcement(engine_spec(), spanish))
    plan = PlanFactory()
    assert [voice.id for voice in list_voices(plan=plan)] == ["heart", "af_bella", "am_adam", "bf_emma"]
    assert [voice.id for voice in list_voices(plan=plan, model="kokoro", language="en", gender="female")] == ["af_bella", "bf_emma"]
    assert [voice.id for voice in list_voices(plan=plan, language="EN_gb")] == ["bf_emma"]
    assert list_voices(plan=plan, language="e") == []
    with pytest.raises(UnknownModelError):
        list_voices(plan=plan, model="nothing")


def test_a_voice_that_is_announced_no_more_goes_after_a_while() -> None:
    announce_worker(announcement())
    announce_worker(announcement(engine_spec(voices=engine_spec().voices[:1])))
    assert len(list_voices(plan=PlanFactory())) == 3, "a worker of the other version may still serve it"
    Voice.objects.exclude(voice_id="af_bella").update(last_announced_at=timezone.now() - timedelta(minutes=11))
    clear_catalogue_cache()
    assert [voice.id for voice in list_voices(plan=PlanFactory())] == ["af_bella"]


def test_earlier_boot_is_distinguished_from_a_clock_set_back() -> None:
    announce_worker(announcement(boot="a", sent_at=100.0))
    assert announce_worker(announcement(boot="b", sent_at=200.0)).is_new_boot
    assert not announce_worker(announcement(boot="a", sent_at=150.0)).is_current
    assert not record_heartbeat(Heartbeat(worker="one", boot="a", sent_at=150.0)).is_current
    assert Worker.objects.get().boot == "b"
    silent_for(20)
    assert announce_worker(announcement(boot="c", sent_at=50.0)).is_new_boot
    assert Worker.objects.get().boot == "c"


def test_a_heartbeat_updates_the_loaded_models() -> None:
    announce_worker(announcement())
    record_heartbeat(Heartbeat(worker="one", boot="a", sent_at=time.time() + 1, loaded=("kokoro",)))
    clear_catalogue_cache()
    assert list_loaded_models() == ["kokoro"]
    silent_for(20)
    assert list_loaded_models() == []


def test_workers_that_are_gone_for_a_week_are_forgotten_and_their_models_stay() -> None:
    announce_worker(announcement(worker="one"))
    announce_worker(announcement(worker="two"))
    Worker.objects.filter(name="one").update(last_seen_at=timezone.now() - timedelta(days=8))
    forget_workers()
    assert list(Worker.objects.values_list("name", flat=True)) == ["two"]
    assert Engine.objects.count() == 1


def test_reading_the_catalogue_twice_asks_the_database_once(django_assert_num_queries: Any) -> None:
    announce_worker(announcement())
    plan = PlanFactory()
    find_model("kokoro", plan=plan)
    somebody = nobody()
    with django_assert_num_queries(0):
        resolve_voice(somebody, engine=find_model("kokoro", plan=plan))
        capacity("kokoro")
        list_voices(plan=plan, model="kokoro")


def test_a_model_that_is_known_and_not_installed_says_what_would_help() -> None:
    announce_worker(announcement(missing={"Sense": "Run `ttsai models pull sense`."}))
    with pytest.raises(UnknownModelError) as refused:
        find_model("sense", plan=PlanFactory())
    assert refused.value.code == "model_not_installed"
    assert refused.value.message == "unknown model: 'sense' is not installed here. Run `ttsai models pull sense`. Installed: kokoro."


def test_migration_moves_the_region_of_stored_voices_into_their_language() -> None:
    announce_worker(announcement())
    Voice.objects.filter(voice_id="bf_emma").update(language="en", tags=["en-gb", "warm"])
    Voice.objects.filter(voice_id="am_adam").update(language="en", tags=[])
    import_module("apps.catalog.migrations.0004_full_language_tags").move_regions(apps, None)
    stored = Voice.objects.order_by("voice_id").values_list("voice_id", "language", "tags")
    assert list(stored) == [("af_bella", "en-us", ["warm"]), ("am_adam", "en", []), ("bf_emma", "en-gb", ["warm"])]
