"""GET /v1/models/ and /v1/voices/."""

import pytest
from django.test import Client

from apps.billing.services import load_starting_tier_prices
from apps.catalog.models import Engine
from apps.catalog.services import announce_worker
from tests.catalog.test_catalogue import announcement
from tests.factories import AnonymousPlanFactory, PlanFactory, bearer, make_key
from tests.factories_jobs import engine_spec

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _some_models() -> None:
    AnonymousPlanFactory(requests_per_minute=1000)
    PlanFactory(slug="pro", max_characters=100_000)
    load_starting_tier_prices()
    announce_worker(
        announcement(engine_spec(has_word_timings=True, licence="Apache-2.0"), engine_spec("tortoise", voices=(), default_voice=""))
    )
    Engine.objects.update(first_announced_at="2026-01-01T00:00:00Z")


KOKORO = {
    "id": "kokoro",
    "object": "model",
    "created": 1767225600,
    "owned_by": "ttsai",
    "name": "Kokoro",
    "type": "tts",
    "tier": "standard",
    "description": "",
    "languages": ["en"],
    "supports_cloning": False,
    "supports_streaming": False,
    "supports_word_timings": True,
    "credits_per_1k_chars": 2,
    "credits_per_1k": 2,
    "credits_per_minute": 0,
    "max_characters": 5000,
    "minimum_speed": 0.5,
    "maximum_speed": 2.0,
    "sample_rate": 24000,
    "default_voice": "af_bella",
    "voice_count": 3,
    "version": "1",
    "licence": "Apache-2.0",
    "available": True,
    "served_by": None,
    "stands_in_for": [],
    "access": [
        {
            "plan": "anonymous",
            "needs_key": False,
            "credits_per_1k_chars": 0,
            "credits_per_minute": 0,
            "max_characters": 5000,
            "characters_per_day": 5000,
        },
        {
            "plan": "pro",
            "needs_key": True,
            "credits_per_1k_chars": 2,
            "credits_per_minute": 0,
            "max_characters": 100_000,
            "characters_per_day": None,
        },
    ],
}
"""Whole entry of the engine that the fixture announces."""


def test_model_list_has_the_fields_of_both_apis(client: Client) -> None:
    body = client.get("/v1/models/").json()
    kokoro, tortoise = body["models"]
    assert (body["object"], body["data"]) == ("list", body["models"])
    assert kokoro == KOKORO
    assert (tortoise["tier"], tortoise["credits_per_1k"], tortoise["default_voice"]) == ("premium", 4, None)
    assert [terms["plan"] for terms in tortoise["access"]] == ["pro"]


@pytest.mark.parametrize("path", ["/v1/models/kokoro/", "/v1/models/kokoro", "/api/v1/models/Kokoro/"])
def test_a_model_is_found_by_id_in_any_case(client: Client, path: str) -> None:
    assert client.get(path).json()["id"] == "kokoro"


def test_an_unknown_model_is_not_found(client: Client) -> None:
    answer = client.get("/v1/models/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_voices_as_the_sdk_reads_them(client: Client) -> None:
    body = client.get("/v1/voices/?model=kokoro&language=en&gender=female").json()
    assert body["total"] == 2
    assert body["voices"][0] == {
        "id": "af_bella",
        "voice_id": "af_bella",
        "name": "Bella",
        "model": "kokoro",
        "model_name": "kokoro",
        "language": "en",
        "gender": "female",
        "description": "",
        "tags": "en-us, warm",
        "is_premium": False,
        "preview_url": "http://testserver/v1/voices/kokoro/af_bella/preview/",
        "own": False,
        "state": "ready",
    }


@pytest.mark.parametrize(("query", "param"), [("gender=loud", "gender"), ("model=nothing", "model")])
def test_an_unknown_filter_value_is_refused(client: Client, query: str, param: str) -> None:
    answer = client.get(f"/v1/voices/?{query}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_the_requests_a_minute_hold_for_lists_too(client: Client) -> None:
    secret = make_key(requests_per_minute=1)[1]
    assert client.get("/v1/models/", headers=bearer(secret)).status_code == 200
    assert client.get("/v1/voices/", headers=bearer(secret)).status_code == 429
