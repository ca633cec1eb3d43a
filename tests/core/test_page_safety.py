"""Security headers of responses for browsers."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import AccountFactory, AnonymousPlanFactory, bearer, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anonymous() -> None:
    AnonymousPlanFactory()


@pytest.mark.parametrize(
    "path", ["/", "/docs/", "/admin/login/", "/v1/schema/", "/v1/models/", "/v1/account/", "/nowhere/", "/v1/a/?b=%00"]
)
def test_every_response_forbids_sniffing_framing_and_referrers(path: str) -> None:
    answer = Client().get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_responses_with_account_data_are_no_store() -> None:
    _, secret = make_key(AccountFactory())
    for path in ("account", "keys", "jobs", "usage", "webhooks", "webhooks/deliveries", "webhooks/secret", "pronunciations", "models"):
        for prefix in ("/v1/", "/api/v1/"):
            answer = Client().get(f"{prefix}{path}/", headers=bearer(secret))
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
    assert Client().get("/v1/account/").headers["Cache-Control"] == "no-store"


def test_public_responses_may_be_cached() -> None:
    assert Client().get("/v1/schema/").headers["Cache-Control"] == "public, max-age=300"


def test_hsts_is_sent_over_https_if_it_is_configured(settings: Any) -> None:
    settings.TTSAI_HSTS_SECONDS = 3600
    settings.TTSAI_PUBLIC_URL = ""
    assert "Strict-Transport-Security" not in Client().get("/v1/schema/").headers
    assert Client().get("/v1/schema/", secure=True).headers["Strict-Transport-Security"] == "max-age=3600; includeSubDomains"
    settings.TTSAI_PUBLIC_URL = "https://speech.example.com"
    assert Client().get("/nowhere/").headers["Strict-Transport-Security"] == "max-age=3600; includeSubDomains"
