"""/api/api-keys: keys of ClonyVoice's API, and their scopes and limits in every API."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import ApiKey
from apps.compat.clonyvoice.dialect import REQUESTS_PER_MINUTE_BY_SCOPE
from apps.compat.clonyvoice.key_views import key_shape
from tests.compat.clonyvoice.conftest import ApiCaller
from tests.factories import AccountFactory, PlanFactory, bearer, make_key

VOICES = "/api/voices"


def make(owner: ApiCaller, *, key: str = "", **body: Any) -> dict[str, Any]:
    answer = owner.post("/api/api-keys", {"name": "laptop", **body}, key=key)
    assert answer.status_code == 200, answer.content
    made: dict[str, Any] = answer.json()
    return made


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_new_clonyvoice_key_has_its_prefix_scopes_and_documented_limits(owner: ApiCaller) -> None:
    made = make(owner)
    assert made["key"].startswith("cvk_")
    assert made["prefix"] == made["key"][:12]
    assert made["limits"] == REQUESTS_PER_MINUTE_BY_SCOPE
    assert set(REQUESTS_PER_MINUTE_BY_SCOPE) <= set(made["scopes"])
    assert ApiKey.objects.get(pk=made["id"]).scopes == []


def test_list_of_keys_shows_every_key_of_the_account_and_no_secret(owner: ApiCaller) -> None:
    made = make(owner, scopes=["voices:read"])
    listed = owner.get("/api/api-keys").json()
    assert (listed["total"], [key["prefix"] for key in listed["keys"]]) == (2, [made["prefix"], owner.key[:12]])
    assert listed["keys"][0]["scopes"] == ["voices:read"]
    assert listed["keys"][0]["limits"] == {"voices:read": 60}
    assert "key" not in listed["keys"][0]
    assert made["key"] not in str(listed)


def test_keys_of_both_prefixes_open_both_apis_by_both_headers(owner: ApiCaller) -> None:
    cvk = make(owner)["key"]
    for key in (cvk, owner.key):
        for path in (VOICES, "/v1/voices/", "/api/v1/voices/"):
            for headers in ({"X-API-Key": key}, bearer(key)):
                assert Client().get(path, headers=headers).status_code == 200, (path, headers)


def test_key_has_at_most_the_scopes_of_the_key_that_makes_it(owner: ApiCaller) -> None:
    limited = make(owner, scopes=["system:read", "voices:read"])["key"]
    assert code_of(owner.post("/api/api-keys", {"name": "x", "scopes": ["tts:generate"]}, key=limited)) == (403, "missing_scope")
    child = make(owner, key=limited)
    assert (child["scopes"], child["limits"]) == (["system:read", "voices:read"], {"system:read": 60, "voices:read": 60})


@pytest.mark.parametrize("path", ["/api/api-keys", "/v1/keys/"])
def test_an_empty_list_of_scopes_is_refused_instead_of_granting_all(owner: ApiCaller, path: str) -> None:
    answer = owner.post(path, {"name": "x", "scopes": []})
    assert answer.status_code == 400
    assert "leave `scopes` out" in answer.content.decode()
    assert ApiKey.objects.count() == 1


def test_key_has_at_most_the_limits_of_the_key_that_makes_it(owner: ApiCaller) -> None:
    maker = make(owner, limits={"tts:generate": 3})
    assert maker["limits"]["tts:generate"] == 3
    assert code_of(owner.post("/api/api-keys", {"name": "x", "limits": {"clone:create": 40}})) == (403, "limit_too_high")
    wider = owner.post("/api/api-keys", {"name": "x", "limits": {"tts:generate": 4}}, key=maker["key"])
    assert (*code_of(wider), wider.json()["param"]) == (403, "limit_too_high", "limits")
    child = make(owner, key=maker["key"], limits={"clone:create": 1})
    assert (child["limits"]["tts:generate"], child["limits"]["clone:create"]) == (3, 1)
    assert child["limits"]["voices:read"] == 60


def test_limits_beyond_the_plan_are_refused_and_defaults_stay_within_it() -> None:
    account = AccountFactory(plan=PlanFactory(requests_per_minute=15))
    owner = ApiCaller(account, make_key(account)[1])
    made = make(owner)
    assert (made["limits"]["voices:read"], made["limits"]["tts:generate"]) == (15, 10)
    refused = owner.post("/api/api-keys", {"name": "x", "limits": {"keys:read": 16}})
    assert (refused.status_code, refused.json()["code"], refused.json()["param"]) == (400, "invalid_request", "limits")
    assert refused.json()["detail"] == "limits of a key is 1 to 15, the plan's own limit."


def limits_of(made: dict[str, Any]) -> dict[str, int]:
    """Limits of a key as they are shown now."""
    limits: dict[str, int] = key_shape(ApiKey.objects.get(pk=made["id"]))["limits"]
    return limits


def test_limits_of_a_key_follow_the_plan_unless_its_owner_set_lower_ones() -> None:
    plan = PlanFactory(requests_per_minute=15)
    owner = ApiCaller(account := AccountFactory(plan=plan), make_key(account)[1])
    made = make(owner)
    lower = make(owner, limits={"voices:read": 4})
    child = make(owner, key=made["key"])
    plan.requests_per_minute = 200
    plan.save()
    assert limits_of(made) == limits_of(child) == REQUESTS_PER_MINUTE_BY_SCOPE
    assert limits_of(lower) == REQUESTS_PER_MINUTE_BY_SCOPE | {"voices:read": 4}
    plan.requests_per_minute = 3
    plan.save()
    assert set(limits_of(made).values()) == {2, 3}
    assert owner.get(VOICES, key=made["key"]).status_code == 429


@pytest.mark.parametrize(
    ("body", "param"),
    [({}, "name"), ({"name": ""}, "name"), ({"name": 5}, "name"), ({"name": "x" * 101}, "name"), ({"name": "x", "scopes": ["fly"]}, "scopes[0]"),
     ({"name": "x", "scopes": "tts:generate"}, "scopes"), ({"name": "x", "limits": {"tts:generate": 0}}, "limits.tts:generate"),
     ({"name": "x", "limits": {"fly": 1}}, "limits"), ({"name": "x", "limits": []}, "limits"),
     ({"name": "x", "scopes": ["voices:read"], "limits": {"tts:generate": 1}}, "limits")],
)  # fmt: skip
def test_invalid_key_request_names_the_field_and_makes_no_key(owner: ApiCaller, body: dict[str, Any], param: str) -> None:
    answer = owner.post("/api/api-keys", body)
    assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert ApiKey.objects.count() == 1


def test_scope_above_its_limit_is_refused_until_the_key_allows_more(owner: ApiCaller) -> None:
    key = make(owner, limits={"voices:read": 2})["key"]
    assert [owner.get(VOICES, key=key).status_code for _ in range(2)] == [200, 200]
    refused = owner.get(VOICES, key=key)
    assert code_of(refused) == (429, "rate_limit_exceeded")
    assert "2 requests a minute with the scope 'voices:read'" in refused.json()["detail"]
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert owner.get("/api/api-keys", key=key).status_code == 200
    ApiKey.objects.filter(prefix=key[:12]).update(requests_per_minute_by_scope={"voices:read": 4})
    assert [owner.get(VOICES, key=key).status_code for _ in range(3)] == [200, 200, 429]


def test_limits_of_a_clonyvoice_key_hold_in_the_platforms_own_api_too(owner: ApiCaller) -> None:
    key = make(owner, limits={"voices:read": 2})["key"]
    own = [Client().get("/v1/voices/", headers=bearer(key)).status_code for _ in range(2)]
    assert [*own, owner.get(VOICES, key=key).status_code] == [200, 200, 429]


def test_default_scope_limit_applies_to_api_paths_but_not_to_v1(owner: ApiCaller) -> None:
    statuses = [owner.post("/api/api-keys", {}).status_code for _ in range(61)]
    assert (statuses[59], statuses[60]) == (400, 429)
    assert Client().get("/v1/voices/", headers=bearer(owner.key)).status_code == 200


def test_key_in_the_query_is_not_read() -> None:
    in_query = Client().get(f"{VOICES}?api_key={make_key()[1]}")
    assert code_of(in_query) == (401, "missing_api_key")
    assert "X-API-Key: cvk_" in in_query.json()["detail"]
