"""CORS: the origins of the setting, every answer, never with cookies."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import AnonymousPlanFactory

pytestmark = pytest.mark.django_db

PAGE = "https://app.example.com"
ASKED = "authorization, x-api-key, idempotency-key, prefer, content-type, x-stainless-lang"


@pytest.fixture(autouse=True)
def _origins(settings: Any) -> None:
    AnonymousPlanFactory()
    settings.TTSAI_CORS_ORIGINS = [PAGE, "https://*.example.org"]


def preflight(path: str = "/v1/tts/", *, origin: str = PAGE, headers: str = ASKED) -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    return Client().options(path, headers=asked)


def names(header: str) -> set[str]:
    return {name.strip().lower() for name in header.split(",")}


@pytest.mark.parametrize("path", ["/v1/tts/", "/v1/tts", "/api/v1/keys/1/rotate/", "/v1/uploads/x/content/", "/v1/nowhere/"])
def test_preflight_allows_the_headers_that_a_browser_asks_for(path: str) -> None:
    answer = preflight(path)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert {"get", "post", "put", "patch", "delete"} <= names(answer.headers["Access-Control-Allow-Methods"])
    assert names(ASKED) <= names(answer.headers["Access-Control-Allow-Headers"])
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert not answer.cookies
    assert names(answer.headers["Vary"]) >= {"origin", "access-control-request-headers"}


def test_an_invalid_header_name_is_not_echoed() -> None:
    allowed = preflight(headers="x-good, b ad, x:y, , " + "z" * 101).headers["Access-Control-Allow-Headers"]
    assert allowed.split(", ")[-1] == "x-good"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.com", "http://app.example.com", "https://app.example.com.evil.com", "https://example.org", "https://x.example.org:8443",
     "https://evil.com/.example.org", "null", "", "https://app.example.com\r\nX-Injected: 1"],
)  # fmt: skip
def test_pages_of_other_origins_get_no_cors_headers(origin: str) -> None:
    answers = [preflight(origin=origin), Client().get("/v1/models/", headers={"Origin": origin})]
    for answer in answers:
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
        assert "origin" in names(answer.headers["Vary"])


def test_names_below_a_wildcard_are_allowed() -> None:
    for origin in ("https://a.example.org", "https://a.b-c.example.org"):
        assert preflight(origin=origin).headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/models/", 200), ("GET", "/v1/account/", 401), ("GET", "/v1/nowhere/", 404), ("DELETE", "/v1/models/", 405),
     ("GET", "/v1/models/?a=%00", 400), ("GET", "/v1/speech/results/?uuid=ffffffffffffffffffffffffffffffff", 404), ("GET", "/static/downloads/ffffffffffffffffffffffffffffffff/output.mp3", 404)],
)  # fmt: skip
def test_pages_can_read_every_answer_and_its_headers(method: str, path: str, status: int) -> None:
    answer = Client().generic(method, path, headers={"Origin": PAGE})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    exposed = names(answer.headers["Access-Control-Expose-Headers"])
    assert exposed >= {"x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"}


def test_pages_can_read_that_they_ask_too_often() -> None:
    for _ in range(10):
        Client().get("/v1/models/", headers={"Origin": PAGE})
    answer = Client().get("/v1/models/", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (429, PAGE)
    assert int(answer.headers["Retry-After"]) > 0


def test_an_asterisk_lets_every_page_in_alike(settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["*"]
    for answer in (preflight(origin="https://anybody.test"), Client().get("/v1/models/")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "origin" not in names(answer.headers.get("Vary", ""))


def test_the_admin_never_gets_cors_headers(settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["*"]
    for answer in (preflight("/admin/login/"), Client().get("/admin/login/", headers={"Origin": PAGE})):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_responses_without_the_cors_setting_have_no_cors_headers(settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = []
    for answer in (preflight(), Client().get("/v1/models/", headers={"Origin": PAGE})):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
