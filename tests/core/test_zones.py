"""Zones: what the middleware does for a route, declared where the route is included."""

from dataclasses import replace
from typing import Any, Final

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from apps.core.zones import API, FILE, OPERATOR, PAGE, SITE, Zone, in_zone, with_slash, zone_of
from tests.factories import AnonymousPlanFactory, UserFactory
from ttsai.urls import handler404, handler500
from ttsai.urls import urlpatterns as platform_routes

__all__ = ["handler404", "handler500"]

CUSTOMERS: Final = replace(OPERATOR, name="customers", has_optional_slash=True, content_security_policy="default-src 'self'")


def fill_form(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and "bug" in request.GET:
        raise RuntimeError("a bug")
    return HttpResponse(f"{request.user} {request.session.session_key or '-'}")


urlpatterns = [in_zone(CUSTOMERS, path("portal/", include([path("form/", fill_form)]))), *platform_routes]


@pytest.mark.parametrize(
    ("path", "zone"),
    [("/v1/tts/", API), ("/api/v1/nowhere/", API), ("/v1/audio/speech/", API), ("/admin/", OPERATOR), ("/admin/nowhere/x", OPERATOR),
     ("/static/downloads/1/output.mp3", FILE), ("/static/admin/a.css", FILE), ("/", SITE), ("/docs/", SITE), ("/nowhere/", PAGE),
     ("/administrators/", PAGE), ("/v10/", PAGE)],
)  # fmt: skip
def test_zone_of_a_path_is_that_of_the_route_it_begins_with(path: str, zone: Zone) -> None:
    assert zone_of(path) is zone


@pytest.mark.parametrize(
    ("path", "spelled"),
    [("/v1/tts", "/v1/tts/"), ("/docs", "/docs/"), ("/admin", "/admin/"), ("/admin/login", "/admin/login"), ("/static/a.css", "/static/a.css")],
)  # fmt: skip
def test_last_slash_is_added_where_the_zone_makes_it_optional(path: str, spelled: str) -> None:
    assert with_slash(path) == spelled


@pytest.fixture
def client(db: None, settings: Any) -> Client:
    AnonymousPlanFactory()
    settings.ROOT_URLCONF = "tests.core.test_zones"
    settings.TTSAI_CORS_ORIGINS = ["*"]
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def test_route_in_a_zone_with_sessions_knows_the_person_and_enforces_csrf(client: Client) -> None:
    person = UserFactory()
    client.force_login(person)
    assert client.get("/portal/form").content.decode().startswith(f"{person.email} ")
    refused = client.post("/portal/form")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


@pytest.mark.parametrize(("path", "status"), [("/portal/nowhere", 404), ("/portal/form?bug", 500), ("/portal/form", 200)])
def test_zone_with_error_pages_answers_in_html_with_its_own_policy(client: Client, path: str, status: int) -> None:
    answer = client.get(path, headers={"Origin": "https://app.example.com"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"]
    assert not [name for name in answer.headers if name.startswith(("Access-Control-", "X-RateLimit-"))]


@pytest.mark.parametrize(("path", "policy"), [("/v1/nowhere", "no-store"), ("/nowhere", None)])
def test_unknown_route_outside_is_json_that_other_pages_may_read(client: Client, path: str, policy: str | None) -> None:
    answer = client.get(path, headers={"Origin": "https://app.example.com"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert answer.headers.get("Cache-Control") == policy
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-RateLimit-Limit" in answer.headers


def test_unknown_page_of_the_admin_is_html_for_an_operator(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    answer = client.get("/admin/nowhere/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "'unsafe-eval'" in answer.headers["Content-Security-Policy"]
