"""Dialects: selection by path, reading of keys, format of errors."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BasicAuthentication

from apps.accounts.authentication import KeyAuthentication
from apps.accounts.models import AccountStatus
from apps.accounts.services import suspend_account
from apps.compat.clonyvoice.dialect import DIALECT as CLONYVOICE
from apps.compat.openai.dialect import DIALECT as OPENAI
from apps.core.dialects import API_KEY, AUTHORIZATION, PLATFORM, Dialect, KeyHeader, dialect_of, list_dialects, routed_path
from apps.core.schema import KeyScheme, add_common_responses
from apps.core.zones import zone_of
from tests.core.other_api import DIALECT as OTHER
from tests.factories import AccountFactory, AnonymousPlanFactory, PlanFactory, make_key

THINGS = "/v1/other/things"
WIDER = Dialect(name="wider", roots=("/v1/",), paths=("",))
RIVAL = Dialect(name="rival", roots=("/v1/",), paths=("audio/",))


@pytest.fixture(autouse=True)
def _other_api(settings: Any) -> None:
    settings.TTSAI_DIALECTS = [*settings.TTSAI_DIALECTS, "tests.core.other_api.DIALECT"]
    settings.ROOT_URLCONF = "tests.core.other_urls"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "dialect"),
    [("/v1/audio/speech", OPENAI), ("/v1/audio", OPENAI), ("/api/v1/audio/nowhere/", OPENAI), ("/v1/other/things/", OTHER), ("/v1/other", OTHER),
     ("/api/voices/x/", CLONYVOICE), ("/ws", CLONYVOICE), ("/api/v1/voices/", PLATFORM), ("/v1/others/", PLATFORM), ("/v1/tts/", PLATFORM), ("/audio/speech", PLATFORM), ("/", PLATFORM), ("", PLATFORM)],
)  # fmt: skip
def test_dialect_of_a_path_is_that_of_its_prefix(path: str, dialect: Dialect) -> None:
    assert dialect_of(path) is dialect


def test_longest_dialect_prefix_wins_in_any_order(settings: Any) -> None:
    for names in (["WIDER", "OPENAI"], ["OPENAI", "WIDER"]):
        settings.TTSAI_DIALECTS = [f"tests.core.test_dialects.{name}" for name in names]
        assert [dialect_of(path).name for path in ("/v1/audio/x/", "/v1/tts/", "/docs/")] == ["openai", "wider", "platform"]


def test_prefix_of_two_dialects_is_refused(settings: Any) -> None:
    settings.TTSAI_DIALECTS = ["tests.core.test_dialects.OPENAI", "tests.core.test_dialects.RIVAL"]
    with pytest.raises(ImproperlyConfigured, match="'openai' and 'rival' both claim the prefix '/v1/audio/'"):
        dialect_of("/")


def test_every_route_of_a_dialect_lies_below_its_prefixes() -> None:
    for dialect in list_dialects():
        for route in import_module(dialect.urlconf).urlpatterns:
            is_shared = str(route.pattern).startswith(dialect.shared_paths)
            for root in (dialect.home,) if is_shared else dialect.roots:
                assert dialect_of(f"{root}{route.pattern}") is dialect, f"{root}{route.pattern}"


TOKEN = {"HTTP_AUTHORIZATION": "Token k"}


@pytest.mark.parametrize(
    ("path", "meta", "routed"),
    [("/v1/account", TOKEN, "/other-home/account/"), ("/v1/account/usage/", TOKEN, "/other-home/account/usage/"), ("/account/", TOKEN, "/other-home/account/"),
     ("/v1/account", {"HTTP_AUTHORIZATION": "Bearer k"}, "/v1/account"), ("/v1/account", {"HTTP_AUTHORIZATION": "Token "}, "/v1/account"),
     ("/v1/account", {}, "/v1/account"), ("/v1/accounts", TOKEN, "/v1/accounts"), ("/v1/tts/", TOKEN, "/v1/tts/"), ("/other-home/account/", TOKEN, "/other-home/account/")],
)  # fmt: skip
def test_request_to_a_shared_path_is_routed_by_its_key_header(path: str, meta: dict[str, str], routed: str) -> None:
    assert routed_path(path, meta) == routed


def test_shared_paths_without_a_home_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="'homeless': shared paths need a home and key headers"):
        Dialect(name="homeless", roots=("/v1/",), shared_paths=("models/",))


@pytest.mark.django_db
def test_shared_path_answers_in_the_dialect_of_the_header_that_was_sent(client: Client) -> None:
    secret = make_key()[1]
    other = client.get("/v1/account?name=me", headers={"Authorization": f"Token {secret}"})
    assert other.json() == {"success": True, "data": {"name": "me"}}
    assert "id" in client.get("/v1/account", headers={"Authorization": f"Bearer {secret}"}).json()
    refused = client.get("/v1/account", headers={"Authorization": "Token wrong"}).json()
    assert refused["detail"]["status"] == "invalid_api_key"
    missing = client.get("/v1/account/nowhere", headers={"Authorization": f"Token {secret}"}).json()["detail"]
    assert (missing["status"], missing["message"].split(".")[0]) == ("not_found", "Unknown path /v1/account/nowhere/")
    assert client.get("/v1/account", headers={"X-API-Key": "wrong"}).json()["error"]["code"] == "invalid_api_key"


def test_dialect_at_the_root_leaves_the_zones_of_other_paths_alone() -> None:
    zones = [zone_of(path).name for path in ("/other/nowhere/", "/admin/", "/static/a.css", "/docs/", "/nowhere/", "/v1/tts/")]
    assert zones == ["api", "operator", "file", "site", "page", "api"]


def test_prefix_without_its_slashes_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="'/v1/audio' must begin and end with a slash"):
        Dialect(name="careless", roots=("/v1/",), paths=("audio",))


@pytest.mark.parametrize(
    ("header", "meta", "secret"),
    [(AUTHORIZATION, {}, None), (AUTHORIZATION, {"HTTP_AUTHORIZATION": "bearer  k "}, "k"), (AUTHORIZATION, {"HTTP_AUTHORIZATION": "Basic k"}, ""),
     (AUTHORIZATION, {"HTTP_AUTHORIZATION": ""}, ""), (API_KEY, {"HTTP_X_API_KEY": " k "}, "k"), (API_KEY, {"HTTP_X_API_KEY": ""}, ""),
     (KeyHeader("xi-api-key"), {"HTTP_XI_API_KEY": "k"}, "k"), (KeyHeader("xi-api-key"), {"HTTP_X_API_KEY": "k"}, None)],
)  # fmt: skip
def test_key_header_distinguishes_a_missing_key_from_an_empty_one(header: KeyHeader, meta: dict[str, str], secret: str | None) -> None:
    assert header.read(meta) == secret


def test_first_header_that_is_present_counts() -> None:
    assert PLATFORM.find_secret({"HTTP_X_API_KEY": "a", "HTTP_AUTHORIZATION": "Bearer b"}) == "b"
    assert OTHER.find_secret({"HTTP_XI_API_KEY": "", "HTTP_AUTHORIZATION": "Token b"}) == ""


Ask = Callable[[Client], Any]


def key(**limits: Any) -> dict[str, str]:
    return {"xi-api-key": make_key(**limits)[1]}


def ask_suspended(client: Client) -> Any:
    account = AccountFactory()
    headers = key(account=account)
    suspend_account(account, reason="a test")
    assert account.status == AccountStatus.SUSPENDED
    return client.get(THINGS, headers=headers)


def ask_too_often(client: Client) -> Any:
    headers = key(account=AccountFactory(plan=PlanFactory(requests_per_minute=1)))
    assert client.get(THINGS, headers=headers).status_code == 200
    return client.get(THINGS, headers=headers)


REFUSALS: dict[str, tuple[Ask, int, str]] = {
    "no key": (lambda client: client.get(THINGS), 401, "missing_api_key"),
    "a wrong key": (lambda client: client.get(THINGS, headers={"xi-api-key": "wrong"}), 401, "invalid_api_key"),
    "a key of another header": (lambda client: client.get(THINGS, headers={"X-API-Key": make_key()[1]}), 401, "missing_api_key"),
    "another scheme": (lambda client: client.get(THINGS, headers={"Authorization": f"Bearer {make_key()[1]}"}), 401, "invalid_api_key"),
    "a key in the query": (lambda client: client.get(f"{THINGS}?xi-api-key={make_key()[1]}"), 401, "missing_api_key"),
    "a missing scope": (lambda client: client.get(THINGS, headers=key(scopes=["voices:read"])), 403, "missing_scope"),
    "a suspended account": (ask_suspended, 403, "account_suspended"),
    "too many requests": (ask_too_often, 429, "rate_limit_exceeded"),
    "malformed JSON": (lambda client: client.post(THINGS, b"{", content_type="application/json", headers=key()), 422, "invalid_body"),
    "another media type": (lambda client: client.post(THINGS, b"a", content_type="text/csv", headers=key()), 415, "unsupported_media_type"),
    "a method that an API view lacks": (lambda client: client.delete(THINGS, headers=key()), 405, "method_not_allowed"),
    "a method that a page lacks": (lambda client: client.post("/v1/other/faults/bug"), 405, "method_not_allowed"),
    "an unknown route": (lambda client: client.get("/v1/other/nowhere"), 404, "not_found"),
    "an unknown route under the other root": (lambda client: client.post("/other/nowhere"), 404, "not_found"),
    "a known route under the other root": (lambda client: client.get("/other/things"), 401, "missing_api_key"),
    "OPTIONS of an unknown route": (lambda client: client.options("/v1/other/nowhere"), 404, "not_found"),
    "a NUL in the query": (lambda client: client.get(f"{THINGS}?name=%00"), 422, "invalid_request"),
    "a malformed Host": (lambda client: client.get(THINGS, headers={"Host": "a b"}), 422, "invalid_request"),
    "a bug of an API view": (lambda client: client.get("/v1/other/api-faults/bug"), 500, "internal_error"),
    "a bug of a page": (lambda client: client.get("/v1/other/faults/bug"), 500, "internal_error"),
    "a lost database": (lambda client: client.get("/v1/other/faults/database"), 503, "unavailable"),
    "a missing object": (lambda client: client.get("/v1/other/faults/missing"), 404, "not_found"),
    "a suspicious request": (lambda client: client.get("/v1/other/faults/suspicious"), 422, "invalid_request"),
    "an error of a service": (lambda client: client.get("/v1/other/api-faults/conflict"), 409, "not_now"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal_below_a_prefix_has_the_shape_of_its_dialect(client: Client, refusal: str) -> None:
    AnonymousPlanFactory()
    ask, status, code = REFUSALS[refusal]
    answer = ask(client)
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["status"]) == (status, code)
    assert set(answer.json()) == {"detail"}
    assert detail["request"] == answer.headers["request-id"]
    assert {"ratelimit-limit", "X-RateLimit-Remaining"} <= set(answer.headers)
    assert not {"X-Request-Id", "X-RateLimit-Limit"} & set(answer.headers)
    assert answer.headers.get("WWW-Authenticate") == ("Token" if status == 401 else None)
    assert ("Retry-After" in answer.headers) == (status in {429, 503})


@pytest.mark.django_db
def test_message_of_a_wrong_key_names_the_headers_of_the_dialect(client: Client) -> None:
    other = client.get(THINGS, headers={"xi-api-key": "wrong"}).json()["detail"]["message"]
    assert other == "The API key is wrong. Send it as `xi-api-key: sk-tts-…` or as `Authorization: Token sk-tts-…`."
    ours = client.get("/v1/account", headers={"X-API-Key": "wrong"}).json()["error"]["message"]
    assert ours == "The API key is wrong. Send it as `Authorization: Bearer sk-tts-…` or as `X-API-Key: sk-tts-…`."


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/audio/speech", "/v1/audio/nowhere", "/v1/account", "/v1/nowhere"])
def test_refusals_of_openai_and_the_platform_keep_their_shape(client: Client, path: str) -> None:
    AnonymousPlanFactory()
    answer = client.get(path, headers={"X-API-Key": "wrong", "X-Request-Id": "mine-1"})
    assert answer.status_code in {401, 404}
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"message", "type", "code", "param", "request_id"}
    assert (answer.json()["error"]["request_id"], answer.headers["X-Request-Id"]) == ("mine-1", "mine-1")
    assert answer.headers.get("WWW-Authenticate") == ("Bearer" if answer.status_code == 401 else None)


@pytest.mark.django_db
@pytest.mark.parametrize(("own_limits", "allowed"), [({}, 3), ({"tts:generate": 2}, 2), ({"voices:read": 1}, 3)])
def test_scope_limit_is_the_keys_own_or_the_dialects_default(client: Client, own_limits: dict[str, int], allowed: int) -> None:
    headers = key(requests_per_minute_by_scope=own_limits)
    answers = [client.get(THINGS, headers=headers) for _ in range(allowed + 1)]
    assert [answer.status_code for answer in answers] == [*[200] * allowed, 429]
    assert answers[-1].headers["ratelimit-limit"] == str(allowed)


@pytest.mark.django_db
def test_success_is_wrapped_and_names_its_id_as_the_dialect_does(client: Client) -> None:
    answer = client.get(f"{THINGS}?name=é", headers={**key(), "request-id": "mine-1"})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"name": "é"}})
    assert answer.headers["request-id"] == "mine-1"


@pytest.mark.django_db
def test_page_of_another_origin_may_send_and_read_the_headers_of_the_dialect(client: Client, settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["https://app.example.com"]
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    allowed = client.options(THINGS, headers=asked).headers["Access-Control-Allow-Headers"].split(", ")
    assert "xi-api-key" in allowed
    assert len(allowed) == len({name.lower() for name in allowed})
    exposed = client.get(THINGS, headers={**asked, **key()}).headers["Access-Control-Expose-Headers"].split(", ")
    assert {"request-id", "ratelimit-limit", "Retry-After"} <= set(exposed)


def test_openapi_schema_describes_keys_errors_and_headers_of_the_dialect() -> None:
    security = [{"bearer": []}, {"header": []}, {}]
    paths = {path: {"get": {"responses": {"200": {}}, "security": [*security]}} for path in ("/v1/other/things/", "/v1/audio/voices/")}
    schema = add_common_responses({"paths": paths})
    other, openai = (schema["paths"][path]["get"] for path in paths)
    assert (other["security"], openai["security"]) == ([{"other-xi-api-key": []}, {"other-Authorization": []}, {}], security)
    assert schema["components"]["securitySchemes"]["other-xi-api-key"]["name"] == "xi-api-key"
    refused = [operation["responses"]["401"]["content"]["application/json"]["schema"]["$ref"] for operation in (other, openai)]
    assert refused == ["#/components/schemas/OtherError", "#/components/schemas/Error"]
    assert schema["components"]["schemas"]["OtherError"] == OTHER.error_schema
    assert ("request-id" in other["responses"]["200"]["headers"], "X-Request-Id" in openai["responses"]["200"]["headers"]) == (True, True)


def test_openapi_schema_knows_the_keys_of_each_dialects_own_authentication() -> None:
    class OwnAuthentication(KeyAuthentication):
        pass

    found = [OpenApiAuthenticationExtension.get_match(one) for one in (KeyAuthentication, OwnAuthentication, BasicAuthentication)]
    assert [type(one) for one in found[:2]] == [KeyScheme, KeyScheme]
    assert not isinstance(found[2], KeyScheme)
