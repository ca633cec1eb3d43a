"""API keys over HTTP: authentication, limits in responses, managing other keys."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.callers import caller_of_key
from apps.accounts.models import ApiKey
from apps.accounts.services import create_key_for, revoke_key, rotate_key, suspend_account
from tests.factories import AccountFactory, AnonymousPlanFactory, PlanFactory, bearer, make_key

pytestmark = pytest.mark.django_db
KEYS = "/v1/keys/"


@pytest.fixture
def client() -> Client:
    AnonymousPlanFactory()
    return Client(raise_request_exception=False)


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def post(client: Client, path: str, *, secret: str, **body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers=bearer(secret))


class TestAuthentication:
    @pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
    def test_a_key_is_accepted_in_either_header(self, client: Client, header: str) -> None:
        key, secret = make_key()
        value = f"Bearer {secret}" if header == "Authorization" else secret
        response = client.get("/v1/account/", headers={header: value})
        assert response.status_code == 200
        assert response.json()["id"] == key.account_id

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "Bearer sk-tts-wrong"},
            {"Authorization": "Bearer sk-tts-" + "A" * 43},
            {"Authorization": "Bearer " + "A" * 50},
            {"Authorization": "Bearer "},
            {"Authorization": "Basic dXNlcjpwYXNz"},
            {"Authorization": ""},
            {"X-API-Key": ""},
            {"X-API-Key": "ключ"},
        ],
    )
    @pytest.mark.parametrize("path", ["/v1/account/", "/api/v1/account", "/v1/keys", "/v1/models/"])
    def test_an_invalid_key_is_401_and_not_treated_as_anonymous(self, client: Client, path: str, headers: dict[str, str]) -> None:
        response = client.get(path, headers=headers)
        assert error(response) == (401, "invalid_api_key")
        assert response["WWW-Authenticate"] == "Bearer"

    def test_a_revoked_key_is_401_at_once(self, client: Client) -> None:
        key, secret = make_key()
        assert client.get("/v1/account/", headers=bearer(secret)).status_code == 200
        revoke_key(key)
        response = client.get("/v1/account/", headers=bearer(secret))
        assert error(response) == (401, "invalid_api_key")
        assert "revoked" in response.json()["error"]["message"]

    def test_a_rotated_key_opens_until_the_overlap_has_passed(self, client: Client) -> None:
        key, old = make_key()
        _, new = rotate_key(key, overlap_seconds=3600)
        assert [client.get("/v1/account/", headers=bearer(secret)).status_code for secret in (old, new)] == [200, 200]
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        assert [client.get("/v1/account/", headers=bearer(secret)).status_code for secret in (old, new)] == [401, 200]

    def test_a_suspended_account_is_403(self, client: Client) -> None:
        key, secret = make_key()
        suspend_account(key.account, reason="a private note")
        response = client.get("/v1/account/", headers=bearer(secret))
        assert error(response) == (403, "account_suspended")
        assert b"private" not in response.content

    def test_the_last_use_is_noted_at_most_once_a_minute(self, client: Client) -> None:
        key, secret = make_key()
        client.get("/v1/account/", headers=bearer(secret))
        key.refresh_from_db()
        first = key.last_used_at
        assert timezone.now() - first < timedelta(seconds=10)
        client.get("/v1/account/", headers=bearer(secret))
        key.refresh_from_db()
        assert key.last_used_at == first
        ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
        client.get("/v1/account/", headers=bearer(secret))
        key.refresh_from_db()
        assert key.last_used_at > first

    def test_a_request_with_a_key_reads_key_account_and_plan_in_one_query(self, client: Client, django_assert_num_queries: Any) -> None:
        _, secret = make_key()
        client.get("/v1/account/", headers=bearer(secret))
        with django_assert_num_queries(2):  # the key, the balance
            client.get("/v1/account/", headers=bearer(secret))

    def test_wrong_keys_are_limited_by_address(self, client: Client, settings: Settings) -> None:
        settings.TTSAI_FAILED_KEYS_PER_MINUTE = 3
        _, secret = make_key()
        codes = [client.get("/v1/account/", headers=bearer("sk-tts-wrong")).status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]
        assert client.get("/v1/account/", headers=bearer(secret)).status_code == 200

    def test_no_secret_appears_in_a_log_or_an_answer_about_it(self, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        key, secret = make_key()
        with caplog.at_level(logging.DEBUG):
            answers = [client.get(path, headers=bearer(secret)).content.decode() for path in ("/v1/account/", KEYS, "/v1/nothing/")]
            revoke_key(key)
            answers.append(client.get(KEYS, headers=bearer(secret)).content.decode())
        assert not any(secret[12:] in text for text in [caplog.text, *answers])


class TestRequestsAMinute:
    def test_the_eleventh_request_of_ten_a_minute_is_429_with_retry_after(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=10))
        secrets = [make_key(account)[1] for _ in range(2)]
        responses = [client.get("/v1/account/", headers=bearer(secrets[number % 2])) for number in range(11)]
        assert [response.status_code for response in responses] == [200] * 10 + [429]
        assert [response["X-RateLimit-Remaining"] for response in responses] == ["9", "8", "7", "6", "5", "4", "3", "2", "1", "0", "0"]
        refused = responses[-1]
        assert error(refused) == (429, "rate_limit_exceeded")
        assert refused.json()["error"]["type"] == "rate_limit_error"
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert refused["X-RateLimit-Limit"] == "10"
        now = timezone.now().timestamp()
        assert now < int(refused["X-RateLimit-Reset"]) <= now + 61

    def test_key_with_its_own_limit_leaves_the_accounts_rest_to_others(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=5))
        _, narrow = make_key(account, requests_per_minute=2)
        _, other = make_key(account)
        first = client.get("/v1/account/", headers=bearer(narrow))
        assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("2", "1")
        assert [client.get("/v1/account/", headers=bearer(narrow)).status_code for _ in range(2)] == [200, 429]
        assert [client.get("/v1/account/", headers=bearer(other)).status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_many_keys_with_limits_of_their_own_allow_no_more_than_the_plan(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=4))
        secrets = [make_key(account, requests_per_minute=3)[1] for _ in range(3)]
        codes = [client.get("/v1/account/", headers=bearer(secrets[number % 3])).status_code for number in range(6)]
        assert codes == [200] * 4 + [429] * 2

    def test_key_with_a_limit_of_its_own_is_counted_separately(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=2))
        _, secret = make_key(account, requests_per_minute=5, is_operator=True)
        codes = [client.get("/v1/account/", headers=bearer(secret)).status_code for _ in range(6)]
        assert codes == [200] * 5 + [429]

    def test_scope_over_its_limit_is_a_429_while_other_scopes_are_served(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=10))
        _, secret = make_key(account, requests_per_minute_by_scope={"keys:read": 1})
        _, other = make_key(account)
        first = client.get(KEYS, headers=bearer(secret))
        assert (first.status_code, first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == (200, "1", "0")
        refused = client.get(KEYS, headers=bearer(secret))
        assert error(refused) == (429, "rate_limit_exceeded")
        assert "1 requests a minute with the scope 'keys:read' of this key" in refused.json()["error"]["message"]
        assert (refused["X-RateLimit-Limit"], refused["X-RateLimit-Remaining"]) == ("1", "0")
        assert 1 <= int(refused["Retry-After"]) <= 60
        answers = [client.get("/v1/account/", headers=bearer(secret)), client.get(KEYS, headers=bearer(other))]
        assert [(answer.status_code, answer["X-RateLimit-Remaining"]) for answer in answers] == [(200, "8"), (200, "7")]

    def test_answers_of_any_kind_tell_the_limit_without_using_it_up(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=7))
        _, secret = make_key(account)
        client.get("/v1/account/", headers=bearer(secret))
        for response in (
            client.get("/v1/nothing/", headers=bearer(secret)),
            client.get("/v1/account/"),
            client.get("/v1/account/", headers=bearer("sk-tts-wrong")),
        ):
            assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(response.headers)
        assert client.get("/v1/account/", headers=bearer(secret))["X-RateLimit-Remaining"] == "5"

    def test_forged_x_forwarded_for_does_not_reset_the_rate_limit(self, client: Client, settings: Settings) -> None:
        settings.TTSAI_FAILED_KEYS_PER_MINUTE = 2
        codes = [
            client.get("/v1/account/", headers={**bearer("sk-tts-wrong"), "X-Forwarded-For": f"198.51.100.{number}"}).status_code
            for number in range(3)
        ]
        assert codes == [401, 401, 429]

    def test_addresses_of_one_ipv6_network_share_a_limit(self, client: Client, settings: Settings) -> None:
        settings.TTSAI_FAILED_KEYS_PER_MINUTE = 2
        addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1"]
        codes = [client.get("/v1/account/", headers=bearer("sk-tts-wrong"), REMOTE_ADDR=address).status_code for address in addresses]
        assert codes == [401, 401, 429, 401]


class TestPolling:
    POLL = "/v1/speech/results/?uuid=00000000000000000000000000000001"

    def test_polls_do_not_count_as_requests_and_show_the_remaining_ones(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=7))
        _, secret = make_key(account)
        client.get("/v1/account/", headers=bearer(secret))
        polls = [client.get(self.POLL, headers=bearer(secret)) for _ in range(20)]
        assert {poll.status_code for poll in polls} == {404}
        assert {(poll["X-RateLimit-Limit"], poll["X-RateLimit-Remaining"]) for poll in polls} == {("7", "6")}

    def test_polls_have_a_limit_of_their_own(self, client: Client, settings: Settings) -> None:
        settings.TTSAI_POLLS_PER_MINUTE = 2
        polls = [client.get(self.POLL) for _ in range(3)]
        assert [poll.status_code for poll in polls] == [404, 404, 429]
        assert 1 <= int(polls[2]["Retry-After"]) <= 60
        assert polls[2]["X-RateLimit-Remaining"] == "10"
        assert client.get(self.POLL, REMOTE_ADDR="192.0.2.1").status_code == 404


class TestKeys:
    def test_a_key_is_made_its_secret_shown_once_and_listed_without_it(self, client: Client) -> None:
        _, secret = make_key()
        made = post(client, KEYS, secret=secret, name="laptop", scopes=["tts:generate"], requests_per_minute=5)
        assert made.status_code == 200
        assert made["Cache-Control"] == "no-store"
        body = made.json()
        assert client.get("/v1/keys", headers=bearer(body["key"])).status_code == 403  # tts:generate opens no list of keys
        assert (body["name"], body["scopes"], body["requests_per_minute"], body["concurrent_jobs"], body["is_live"]) == (
            "laptop",
            ["tts:generate"],
            5,
            None,
            True,
        )
        listed = client.get(KEYS, headers=bearer(secret)).json()
        assert (listed["total"], [key["name"] for key in listed["keys"]]) == (2, ["laptop", "test"])
        assert "key" not in listed["keys"][0]
        assert body["key"][12:] not in json.dumps(listed)

    def test_a_key_is_revoked_twice_with_the_same_answer(self, client: Client) -> None:
        key, secret = make_key()
        other, _ = make_key(key.account)
        answers = [client.delete(f"{KEYS}{other.pk}/", headers=bearer(secret)).json() for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[0]["is_live"] is False

    def test_a_key_is_rotated(self, client: Client) -> None:
        key, secret = make_key()
        response = post(client, f"{KEYS}{key.pk}/rotate", secret=secret, overlap_seconds=60)
        assert response.status_code == 200
        assert client.get(KEYS, headers=bearer(response.json()["key"])).json()["total"] == 2
        assert error(post(client, f"{KEYS}{key.pk}/rotate/", secret=secret)) == (409, "key_not_current")

    @pytest.mark.parametrize(
        ("body", "param"),
        [
            ({}, "name"),
            ({"name": ""}, "name"),
            ({"name": "a", "scopes": ["tts:sing"]}, "scopes"),
            ({"name": "a", "requests_per_minute": 0}, "requests_per_minute"),
            ({"name": "a", "requests_per_minute": 1001}, "requests_per_minute"),
            ({"name": "a", "concurrent_jobs": "many"}, "concurrent_jobs"),
            ({"name": "a", "requests_per_minute_by_scope": {"tts:sing": 1}}, "requests_per_minute_by_scope"),
            ({"name": "a", "requests_per_minute_by_scope": {"tts:generate": 0}}, "requests_per_minute_by_scope"),
            ({"name": "a", "requests_per_minute_by_scope": {"keys:read": 1001}}, "requests_per_minute_by_scope"),
            ({"name": "a", "requests_per_minute_by_scope": {"tts:generate": "many"}}, "requests_per_minute_by_scope"),
            ({"name": "a", "requests_per_minute_by_scope": [1]}, "requests_per_minute_by_scope"),
            ({"name": "a", "scopes": ["keys:read"], "requests_per_minute_by_scope": {"tts:generate": 1}}, "requests_per_minute_by_scope"),
        ],
    )
    def test_a_wrong_field_is_400_and_named(self, client: Client, body: dict[str, Any], param: str) -> None:
        _, secret = make_key()
        response = post(client, KEYS, secret=secret, **body)
        assert response.status_code == 400
        assert response.json()["error"]["param"].startswith(param)
        assert ApiKey.objects.count() == 1

    def test_a_key_cannot_make_or_rotate_one_that_opens_more(self, client: Client) -> None:
        wide, _ = make_key()
        _, narrow = make_key(wide.account, scopes=["keys:write", "keys:read"])
        assert error(post(client, KEYS, secret=narrow, name="a", scopes=["tts:generate"])) == (403, "missing_scope")
        assert error(post(client, f"{KEYS}{wide.pk}/rotate/", secret=narrow)) == (403, "missing_scope")
        made = post(client, KEYS, secret=narrow, name="a").json()
        assert made["scopes"] == ["keys:read", "keys:write"]

    def test_a_key_with_limits_hands_on_at_most_those(self, client: Client) -> None:
        wide, _ = make_key()
        _, narrow = make_key(wide.account, requests_per_minute=6)
        assert error(post(client, KEYS, secret=narrow, name="a", requests_per_minute=7)) == (403, "limit_too_high")
        assert error(post(client, f"{KEYS}{wide.pk}/rotate/", secret=narrow)) == (403, "limit_too_high")
        assert post(client, KEYS, secret=narrow, name="a").json()["requests_per_minute"] == 6

    def test_key_with_limits_of_scopes_hands_on_at_most_those(self, client: Client) -> None:
        wide, _ = make_key()
        _, narrow = make_key(wide.account, requests_per_minute_by_scope={"tts:generate": 6, "voices:read": 9})
        wider = post(client, KEYS, secret=narrow, name="a", requests_per_minute_by_scope={"tts:generate": 7})
        assert (error(wider), wider.json()["error"]["param"]) == ((403, "limit_too_high"), "requests_per_minute_by_scope")
        assert error(post(client, f"{KEYS}{wide.pk}/rotate/", secret=narrow)) == (403, "limit_too_high")
        made = post(client, KEYS, secret=narrow, name="a", requests_per_minute_by_scope={"tts:generate": 5, "keys:read": 2}).json()
        assert made["requests_per_minute_by_scope"] == {"tts:generate": 5, "voices:read": 9, "keys:read": 2}
        made = post(client, KEYS, secret=narrow, name="b", scopes=["voices:read", "keys:write"]).json()
        assert made["requests_per_minute_by_scope"] == {"voices:read": 9}
        rotated = post(client, f"{KEYS}{made['id']}/rotate/", secret=made["key"]).json()
        assert rotated["requests_per_minute_by_scope"] == {"voices:read": 9}

    def test_key_without_limits_of_scopes_grants_at_most_the_defaults_of_every_api(self, client: Client) -> None:
        wide, secret = make_key()
        limits = {"tts:generate": 10, "keys:read": 500}  # /api/ has 10 for speech, and none for the list of keys
        assert post(client, KEYS, secret=secret, name="a", requests_per_minute_by_scope=limits).status_code == 200
        wider = post(client, KEYS, secret=secret, name="a", requests_per_minute_by_scope={"tts:generate": 11})
        assert error(wider) == (403, "limit_too_high")
        raised, _ = make_key(wide.account, requests_per_minute_by_scope={"tts:generate": 11})
        assert error(post(client, f"{KEYS}{raised.pk}/rotate/", secret=secret)) == (403, "limit_too_high")

    def test_limits_above_the_plan_are_passed_on_and_the_plans_limits_hold_beside_them(self, client: Client) -> None:
        account = AccountFactory(plan=PlanFactory(requests_per_minute=5, concurrent_jobs=2))
        by_scope = {"tts:generate": 50, "voices:read": 2}
        maker, _ = make_key(account, requests_per_minute=70, concurrent_jobs=9, requests_per_minute_by_scope=by_scope, is_operator=True)
        made, secret = create_key_for(
            caller_of_key(maker, address="127.0.0.1"),
            name="a",
            scopes=[],
            requests_per_minute=None,
            requests_per_minute_by_scope={},
            concurrent_jobs=None,
        )
        assert (made.requests_per_minute, made.concurrent_jobs, made.requests_per_minute_by_scope) == (70, 9, by_scope)
        limits = client.get("/v1/account/", headers=bearer(secret)).json()["limits"]
        assert (limits["requests_per_minute"], limits["concurrent_jobs"]) == (5, 2)
        assert [client.get(KEYS, headers=bearer(secret)).status_code for _ in range(5)] == [200, 200, 200, 200, 429]


class TestAccount:
    def test_account_shows_plan_credits_and_limits(self, client: Client) -> None:
        plan = PlanFactory(slug="pro", name="Pro", requests_per_minute=60, concurrent_jobs=5, retention_days=90)
        account = AccountFactory(name="Owner Ltd", plan=plan, credits=15)
        key, secret = make_key(account, concurrent_jobs=2)
        body = client.get("/api/v1/account", headers=bearer(secret)).json()
        assert body.pop("created_at")
        assert body == {
            "id": account.pk,
            "name": "Owner Ltd",
            "status": "active",
            "plan": "pro",
            "plan_name": "Pro",
            "credits": 15,
            "limits": {
                "requests_per_minute": 60,
                "concurrent_jobs": 2,
                "max_characters": 1_000_000,
                "max_voices": 100,
                "max_samples": 10,
                "retention_days": 90,
                "allowed_models": [],
            },
            "key": {"id": key.pk, "name": "test", "prefix": secret[:12], "scopes": [], "requests_per_minute_by_scope": {}},
        }
