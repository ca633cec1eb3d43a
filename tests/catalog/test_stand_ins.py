"""Documented models that are not installed: their stand-ins, prices, and disabling by an operator."""

from typing import Any

import pytest

from apps.accounts.models import Plan
from apps.billing.models import TierPrice
from apps.catalog.catalogue import EngineRow, read_catalogue
from apps.catalog.models import Engine, StandIn
from apps.catalog.selectors import clear_catalogue_cache, find_listed_model, find_model, list_stand_ins, list_voices
from apps.catalog.services import announce_worker, load_starting_stand_ins
from apps.catalog.starting_stand_ins import STARTING_STAND_INS
from apps.catalog.voices import find_named_voice, resolve_voice
from apps.core.errors import InvalidRequestError, NotFoundError, PermissionDeniedError, UnknownModelError
from tests.catalog.test_catalogue import announcement, silent_for
from tests.factories import PlanFactory
from tests.factories_jobs import engine_spec, nobody
from tests.transcription.conftest import WHISPER
from workers.contract.engines import VoiceSpec

pytestmark = pytest.mark.django_db

JOE = VoiceSpec("joe", name="Joe", language="en-us", gender="male")
PIPER = engine_spec("piper", voices=(JOE,), default_voice="joe")
KOKORO = engine_spec("kokoro", languages=("en", "es"))
LISTENER = engine_spec("whisper", **WHISPER)
SPEAKING = sorted(name for name, row in STARTING_STAND_INS.items() if row.get("kind", "tts") == "tts")
LISTENING = sorted(name for name, row in STARTING_STAND_INS.items() if row.get("kind") == "stt")
ABSENT = sorted(name for name, row in STARTING_STAND_INS.items() if not row.get("candidates"))


@pytest.fixture
def plan() -> Plan:
    return PlanFactory()


@pytest.fixture(autouse=True)
def _rows() -> None:
    for tier, price in {"free": 1000, "standard": 2000, "premium": 4000}.items():
        TierPrice.objects.create(tier=tier, millicredits_per_1k_characters=price)
    load_starting_stand_ins()
    announce_worker(announcement(PIPER, KOKORO, LISTENER))


def switch_off(model_id: str) -> None:
    StandIn.objects.filter(model_id=model_id).update(is_enabled=False)
    clear_catalogue_cache()


def test_catalogue_with_all_stand_ins_is_read_in_eight_queries(django_assert_num_queries: Any) -> None:
    assert StandIn.objects.count() > 20
    with django_assert_num_queries(8):  # workers, voices, prices of tiers and services, models, stand-ins, slots, plans
        read_catalogue()


def named(engine: EngineRow) -> tuple[str, str, int]:
    return engine.requested_id, engine.id, engine.millicredits_per_1k


@pytest.mark.parametrize("model_id", SPEAKING)
def test_every_documented_speaking_model_is_served_under_its_name(model_id: str, plan: Plan) -> None:
    engine = find_model(model_id.upper(), plan=plan)
    assert engine.requested_id == model_id
    assert engine.id in {"kokoro", "piper"}
    assert find_listed_model(model_id, plan=plan).requested_id == model_id


@pytest.mark.parametrize("model_id", LISTENING)
def test_every_documented_listening_model_is_served_under_its_name(model_id: str, plan: Plan) -> None:
    assert find_model(model_id, plan=plan, kind="stt").id == "whisper"
    with pytest.raises(UnknownModelError, match="of type 'stt'; this needs one of type 'tts': kokoro, piper"):
        find_model(model_id, plan=plan)


@pytest.mark.parametrize("model_id", ABSENT)
def test_a_model_without_candidates_is_reported_as_not_installed(model_id: str, plan: Plan) -> None:
    with pytest.raises(NotFoundError, match=r"not installed here\. Installed: none") as refused:
        find_listed_model(model_id, plan=plan)
    assert refused.value.code == "model_not_installed"


@pytest.mark.parametrize(
    ("model_id", "served_by", "price"),
    [
        ("melotts", "kokoro", 1000),
        ("vits", "piper", 1000),
        ("chatterbox", "kokoro", 2000),
        ("tts-1", "kokoro", 2000),
        ("piper", "piper", 1000),
    ],
)
def test_the_lower_price_of_both_models_is_charged(model_id: str, served_by: str, price: int, plan: Plan) -> None:
    assert named(find_model(model_id, plan=plan)) == (model_id, served_by, price)


def test_prices_that_the_operator_edits_are_those_of_the_stand_in_too(plan: Plan) -> None:
    Engine.objects.filter(id="kokoro").update(millicredits_per_1k=500)
    clear_catalogue_cache()
    assert [find_model(name, plan=plan).millicredits_per_1k for name in ("kokoro", "tts-1", "melotts", "chatterbox")] == [500] * 4
    TierPrice.objects.filter(tier="free").update(millicredits_per_1k_characters=250)
    clear_catalogue_cache()
    assert find_model("melotts", plan=plan).millicredits_per_1k == 250


def test_a_documented_model_that_is_installed_serves_itself(plan: Plan) -> None:
    announce_worker(announcement(PIPER, KOKORO, engine_spec("melotts")))
    assert named(find_model("melotts", plan=plan)) == ("melotts", "melotts", 1000)
    assert "melotts" not in [row.requested_id for row in list_stand_ins(plan)]


def test_the_first_candidate_installed_wins_in_the_rows_order(plan: Plan) -> None:
    StandIn.objects.filter(model_id="melotts").update(candidates=["hibari", "piper", "kokoro"])
    clear_catalogue_cache()
    assert find_model("melotts", plan=plan).id == "piper"
    Engine.objects.filter(id="piper").update(is_enabled=False)
    clear_catalogue_cache()
    assert find_model("melotts", plan=plan).id == "kokoro"


def test_a_row_that_is_switched_off_refuses_and_says_what_is_installed(plan: Plan) -> None:
    switch_off("melotts")
    with pytest.raises(UnknownModelError) as refused:
        find_model("melotts", plan=plan)
    assert (refused.value.status, refused.value.code) == (400, "model_not_installed")
    assert refused.value.message == "unknown model: 'melotts' is not installed here. Installed: kokoro, piper."
    with pytest.raises(NotFoundError, match="Installed: kokoro, piper"):
        find_listed_model("melotts", plan=plan)
    assert "melotts" not in [row.requested_id for row in list_stand_ins(plan)]


def test_starting_rows_are_created_once_and_stay_as_the_operator_left_them() -> None:
    StandIn.objects.filter(model_id="melotts").update(candidates=["piper"], is_enabled=False)
    assert load_starting_stand_ins() == 0
    row = StandIn.objects.get(model_id="melotts")
    assert (row.candidates, row.is_enabled, StandIn.objects.count()) == (["piper"], False, len(STARTING_STAND_INS))


@pytest.mark.parametrize(
    ("model_id", "options", "served_by"),
    [
        ("vits", {"language": "es"}, "kokoro"),
        ("vits", {"language": "es_MX"}, "kokoro"),
        ("vits", {"language": "auto"}, "piper"),
        ("vits", {"language": "de"}, "piper"),
        ("tts-1", {"voice": "joe"}, "piper"),
        ("tts-1", {"voice": "alloy"}, "kokoro"),
        ("vits", {"voice": "af_bella"}, "kokoro"),
    ],
)
def test_stand_in_is_the_engine_that_has_the_voice_and_the_language(
    model_id: str, options: dict[str, Any], served_by: str, plan: Plan
) -> None:
    assert find_model(model_id, plan=plan, **options).id == served_by


def test_voices_of_a_documented_model_are_mapped_by_its_row_or_stand_in(plan: Plan) -> None:
    StandIn.objects.filter(model_id="melotts").update(voices={"EN-US": "am_adam", "EN-AU": "nobody"})
    clear_catalogue_cache()
    engine = find_model("melotts", plan=plan)
    asked = {"en-us": "am_adam", "EN-AU": None, "anything": None, "AF_Bella": "af_bella", "": None, None: None}
    found = {voice: find_named_voice(nobody(), engine=engine, asked=voice) for voice in asked}
    assert {name: voice.id if voice else None for name, voice in found.items()} == asked


def test_alias_refuses_a_voice_that_does_not_exist(plan: Plan) -> None:
    engine = find_model("tts-1", plan=plan)
    with pytest.raises(InvalidRequestError, match="Unknown voice 'nobody'"):
        resolve_voice(nobody(), engine=engine, asked="nobody")


def test_voices_of_a_documented_model_are_those_of_its_stand_in(plan: Plan) -> None:
    assert [(voice.engine_id, voice.id) for voice in list_voices(plan=plan, model="vits")] == [("piper", "joe")]


def test_plan_lists_documented_models_by_name_and_aliases_by_stand_in() -> None:
    plan = PlanFactory(allowed_models=["melotts", "piper"])
    assert find_model("melotts", plan=plan).id == "kokoro"
    assert find_model("tts-1", plan=plan).id == "piper"
    for refused in ("chatterbox", "kokoro"):
        with pytest.raises(PermissionDeniedError, match="It includes: melotts, piper"):
            find_model(refused, plan=plan)


def test_model_that_needs_a_key_is_refused_without_one() -> None:
    plan = PlanFactory(slug="anonymous", allowed_models=["piper", "kokoro"])
    for model_id in ("chatterbox", "melotts"):
        with pytest.raises(PermissionDeniedError) as refused:
            find_model(model_id, plan=plan)
        assert refused.value.code == "model_not_allowed"
        assert f"The model {model_id!r} needs an API key: send a key as `Authorization: Bearer sk-tts-…`" in refused.value.message


def test_model_without_a_worker_is_replaced_by_an_available_one(plan: Plan) -> None:
    silent_for(700)
    announce_worker(announcement(PIPER, worker="two"))
    assert find_model("melotts", plan=plan).id == "piper"
