"""Every limit stated by GET /v1/models/ is enforced: languages, formats, speeds, lengths, prices, keys."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Account, AnonymousUse, Plan
from apps.billing.models import ServicePrice, TierPrice
from apps.catalog.models import Engine
from apps.catalog.selectors import clear_catalogue_cache
from apps.catalog.starting_stand_ins import STARTING_STAND_INS
from apps.jobs.models import Job
from tests.factories import AccountFactory, bearer, make_key
from tests.factories_jobs import announce, engine_spec
from tests.fresh_state import load_defaults
from tests.transcription.conftest import WHISPER
from workers.contract.engines import VoiceSpec
from workers.contract.formats import FORMATS

pytestmark = pytest.mark.django_db

SPANISH = VoiceSpec("ef_dora", name="Dora", language="es", gender="female")
SPEAKERS = (
    engine_spec(
        "kokoro",
        languages=("en", "es"),
        voices=(*engine_spec().voices, SPANISH),
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
    ),
    engine_spec("piper", has_cloning=True),
    engine_spec("tortoise", minimum_speed=0.8, maximum_speed=1.5, max_characters=400, has_streaming=True),
)
LANGUAGES = ("en", "es", "de", "zh")


@pytest.fixture(autouse=True)
def _platform(settings: Any, tmp_path: Any) -> None:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    load_defaults()
    Plan.objects.update(requests_per_minute=100_000, concurrent_jobs=10_000, total_concurrent_jobs=10_000)
    announce(*SPEAKERS, engine_spec("whisper", **WHISPER))


def listed() -> list[dict[str, Any]]:
    answer = Client().get("/v1/models/")
    assert answer.status_code == 200
    models: list[dict[str, Any]] = answer.json()["models"]
    return [model for model in models if model["type"] == "tts"]


def key_of(plan: str) -> dict[str, str]:
    """Authorization header of a caller on this plan."""
    if plan == "anonymous":
        return {}
    account: Account = AccountFactory(plan=Plan.objects.get(slug=plan), credits=10_000)
    return bearer(make_key(account)[1])


def say(headers: dict[str, str], **body: Any) -> Any:
    return Client().post("/v1/tts/", {"text": "Hello there.", **body}, content_type="application/json", headers=headers)


def test_the_catalogue_under_test_has_installed_and_documented_models() -> None:
    models = {model["id"]: model["served_by"] for model in listed()}
    assert (models["kokoro"], models["piper"], models["tortoise"]) == (None, None, None)
    assert (models["melotts"], models["vits"], models["chatterbox"], models["tts-1"]) == ("kokoro", "piper", "kokoro", "kokoro")
    stands_in_for = next(model["stands_in_for"] for model in listed() if model["id"] == "piper")
    assert "vits" in stands_in_for


def test_catalogue_states_which_models_clone_themselves_or_by_an_installed_one() -> None:
    cloning = {model["id"] for model in listed() if model["supports_cloning"]}
    assert cloning == {"piper", *(name for name, row in STARTING_STAND_INS.items() if row.get("has_cloning") and name != "tortoise")}


def test_catalogue_states_which_models_stream() -> None:
    assert {model["id"] for model in listed() if model["supports_streaming"]} >= {"kokoro", "tortoise"}


def test_each_model_takes_the_stated_speeds_without_a_warning_and_no_others() -> None:
    headers = key_of("pro")
    for model in listed():
        for speed in (model["minimum_speed"], 1.0, model["maximum_speed"]):
            answer = say(headers, model=model["id"], speed=speed)
            assert answer.status_code == 200
            assert not [warning for warning in answer.json().get("warnings", []) if warning.startswith("speed")]
        for speed in (model["minimum_speed"] - 0.01, model["maximum_speed"] + 0.01):
            answer = say(headers, model=model["id"], speed=speed)
            taken = [warning for warning in answer.json().get("warnings", []) if warning.startswith("speed")]
            assert answer.status_code == 400 or taken, (model["id"], speed)


def test_each_model_takes_the_stated_languages_and_no_others() -> None:
    headers = key_of("pro")
    for model in listed():
        taken = [language for language in LANGUAGES if say(headers, model=model["id"], language=language).status_code == 200]
        served_by = {language: _model_used(say(headers, model=model["id"], language=language)) for language in taken}
        assert set(model["languages"]) <= set(taken)
        beyond = set(taken) - set(model["languages"])
        assert all(served_by[language] != (model["served_by"] or model["id"]) for language in beyond), model["id"]


def _model_used(answer: Any) -> str:
    return Job.objects.get(uuid=answer.json()["uuid"]).engine_id


def test_each_model_takes_every_documented_format() -> None:
    headers = key_of("pro")
    for model in listed():
        assert {name: say(headers, model=model["id"], format=name).status_code for name in FORMATS} == dict.fromkeys(FORMATS, 200)


def test_each_plan_may_send_the_stated_length_and_no_more() -> None:
    for plan in Plan.objects.values_list("slug", flat=True):
        headers = key_of(plan)
        for model in listed():
            [terms] = [terms for terms in model["access"] if terms["plan"] == plan] or [None]
            if terms is None or terms["max_characters"] > 10_000:
                continue
            _forget_use()
            assert say(headers, model=model["id"], text="x" * terms["max_characters"]).status_code == 200, (plan, model["id"])
            answer = say(headers, model=model["id"], text="x" * (terms["max_characters"] + 1))
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "text_too_long"), (plan, model["id"])


def _forget_use() -> None:
    """Reset the daily use of anonymous callers."""
    AnonymousUse.objects.all().delete()


def test_a_larger_plan_never_has_a_shorter_longest_text() -> None:
    lengths = dict(Plan.objects.values_list("slug", "max_characters"))
    ascending = [lengths[slug] for slug in ("free", "starter", "pro", "enterprise")]
    assert ascending == [500, 1_000_000, 1_000_000, 1_000_000]


def test_each_plan_pays_the_stated_price_and_those_left_out_are_refused() -> None:
    text = "x" * 333
    for plan in Plan.objects.values_list("slug", flat=True):
        headers = key_of(plan)
        for model in listed():
            [terms] = [terms for terms in model["access"] if terms["plan"] == plan] or [None]
            _forget_use()
            answer = say(headers, model=model["id"], text=text)
            if terms is None:
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "model_not_allowed"), (plan, model["id"])
                assert plan != "anonymous" or "send a key" in answer.json()["error"]["message"]
                continue
            assert terms["needs_key"] == (plan != "anonymous")
            assert answer.json()["credits_used"] == pytest.approx(terms["credits_per_1k_chars"] * 0.333, abs=0.0005), (plan, model["id"])


def _charge_tier() -> None:
    TierPrice.objects.filter(tier="standard").update(millicredits_per_1k_characters=7000)


def _charge_model() -> None:
    Engine.objects.filter(id="kokoro").update(millicredits_per_1k=7000)


@pytest.mark.parametrize("edit", [_charge_tier, _charge_model])
def test_a_price_that_is_edited_is_the_one_stated_and_charged(edit: Callable[[], None]) -> None:
    edit()
    clear_catalogue_cache()
    kokoro = next(model for model in listed() if model["id"] == "kokoro")
    assert (kokoro["credits_per_1k_chars"], kokoro["credits_per_1k"], kokoro["access"][-1]["credits_per_1k_chars"]) == (7, 7, 7)
    assert say(key_of("pro"), model="kokoro", text="x" * 1000).json()["credits_used"] == 7


def test_the_price_of_a_minute_that_is_edited_is_the_one_stated() -> None:
    ServicePrice.objects.filter(service="transcription").update(millicredits=9000)
    clear_catalogue_cache()
    whisper = Client().get("/v1/models/whisper/").json()
    assert (whisper["credits_per_minute"], whisper["access"][0]["credits_per_minute"]) == (9, 9)
    assert "anonymous" not in [terms["plan"] for terms in whisper["access"]]


def test_a_response_names_the_model_used_and_the_reason() -> None:
    answer = say(key_of("pro"), model="chatterbox", voice="Lucy").json()
    assert answer["model_used"] == "kokoro"
    assert answer["warnings"] == [
        "model: chatterbox is not installed here; kokoro was used.",
        "voice: 'Lucy' is not a voice of kokoro; kokoro chooses one by the text's language.",
    ]
    result = Client().get(f"/v1/speech/results/?uuid={answer['uuid']}").json()
    assert (result["model"], result["model_used"], result["warnings"]) == ("chatterbox", "kokoro", answer["warnings"])
    assert Job.objects.get().params["asked_model"] == "chatterbox"
