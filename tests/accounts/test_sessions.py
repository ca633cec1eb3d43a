"""Callers by session: a person acts for an account in zones with sessions, and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import path

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.authentication import KeyAuthentication
from apps.accounts.models import ApiKey, Role
from apps.accounts.selectors import get_anonymous_plan
from apps.accounts.services import suspend_account
from apps.accounts.session_authentication import SessionAuthentication
from apps.accounts.views import KeyListView, KeyRotationView
from apps.batches.models import Batch
from apps.batches.views import BatchView
from apps.billing.views import AccountView
from apps.core.storage import get_storage
from apps.core.zones import API, OPERATOR, in_zone
from apps.jobs.models import Job
from apps.jobs.publishing import forget_broker_state
from apps.jobs.views import JobListView, UsageView
from apps.speech.views import SpeechView
from tests.factories import AccountFactory, MembershipFactory, PlanFactory, UserFactory, bearer, make_key
from tests.factories_jobs import announce
from ttsai.urls import urlpatterns as platform_routes

CUSTOMERS = replace(OPERATOR, name="customers", has_optional_slash=True, has_error_pages=False, shows_limits=True)
BOTH = {"authentication_classes": [SessionAuthentication, KeyAuthentication]}
VIEWS = {
    "account": AccountView, "keys": KeyListView, "keys/<int:key_id>/rotate": KeyRotationView, "tts": SpeechView, "batch": BatchView,
    "jobs": JobListView, "usage": UsageView,
}  # fmt: skip

urlpatterns = [
    *(in_zone(CUSTOMERS, path(f"portal/{name}/", view.as_view(**BOTH))) for name, view in VIEWS.items()),
    in_zone(CUSTOMERS, path("portal/only/", AccountView.as_view(authentication_classes=[SessionAuthentication]))),
    in_zone(API, path("api-only/", AccountView.as_view(**BOTH))),
    *platform_routes,
]


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.accounts.test_sessions"
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    get_storage.cache_clear()
    forget_broker_state()
    call_command("load_defaults")
    announce()
    assert get_anonymous_plan() is not None
    yield
    get_storage.cache_clear()


@pytest.fixture
def member() -> Any:
    """An owner of an account with 1,000 credits."""
    return MembershipFactory(account=AccountFactory(credits=1000), role=Role.OWNER)


def logged_in(member: Any) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)
    client.cookies["csrftoken"] = "a" * 32
    return client


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_session_acts_for_the_account_with_the_limits_of_its_plan(member: Any) -> None:
    answer = logged_in(member).get("/portal/account")
    body = answer.json()
    assert (body["id"], body["credits"], body["key"]) == (member.account.pk, 1000, None)
    assert body["limits"]["requests_per_minute"] == member.account.plan.requests_per_minute
    assert answer.headers["X-RateLimit-Remaining"] == str(member.account.plan.requests_per_minute - 1)


def test_requests_by_session_and_by_key_share_the_limit_of_the_account() -> None:
    member = MembershipFactory(account=AccountFactory(plan=PlanFactory(requests_per_minute=2)))
    client, (_, secret) = logged_in(member), make_key(member.account)
    assert [client.get("/portal/account").status_code, client.get("/v1/account", headers=bearer(secret)).status_code] == [200, 200]
    assert error_of(client.get("/portal/account")) == (429, "rate_limit_exceeded")


def test_session_makes_speech_and_batches_that_belong_to_the_account_and_no_key(member: Any) -> None:
    client = logged_in(member)
    queued = post(client, "/portal/tts", {"text": "Hello.", "voice": "af_bella"}).json()
    job = Job.objects.get(uuid=queued["uuid"])
    assert (job.account_id, job.api_key_id, job.tenant) == (member.account.pk, None, f"account:{member.account.pk}")
    assert post(client, "/portal/tts", {"text": "Hello.", "voice": "af_bella"}).json()["uuid"] == queued["uuid"]
    batch = post(client, "/portal/batch", {"texts": [{"text": "One.", "voice": "af_bella"}]})
    assert batch.status_code == 200, batch.content
    assert list(Batch.objects.values_list("account_id", "api_key_id")) == [(member.account.pk, None)]
    assert [shown["uuid"] for shown in client.get("/portal/jobs").json()["jobs"]].count(queued["uuid"]) == 1
    [usage] = client.get("/portal/usage?group_by=key").json()["usage"]
    assert (usage["key"], usage["jobs"]) == (None, 2)


def test_same_text_of_two_accounts_by_session_makes_two_jobs(member: Any) -> None:
    other = MembershipFactory(account=AccountFactory(credits=1000))
    uuids = {post(logged_in(one), "/portal/tts", {"text": "Hello.", "voice": "af_bella"}).json()["uuid"] for one in (member, other)}
    assert len(uuids) == 2


def test_person_makes_and_rotates_keys_within_the_plan(member: Any) -> None:
    client = logged_in(member)
    made = post(client, "/portal/keys", {"name": "mine", "scopes": ["voices:read"], "requests_per_minute": 5}).json()
    key = ApiKey.objects.get(pk=made["id"])
    assert (key.account, key.created_by, key.scopes, key.requests_per_minute) == (member.account, member.user, ["voices:read"], 5)
    assert error_of(post(client, "/portal/keys", {"name": "a", "requests_per_minute": 1001})) == (400, "invalid_request")
    assert post(client, f"/portal/keys/{key.pk}/rotate", {}).json()["scopes"] == ["voices:read"]


def test_post_without_the_csrf_token_is_refused(member: Any) -> None:
    client = logged_in(member)
    body = {"text": "Hello.", "voice": "af_bella"}
    assert error_of(client.post("/portal/tts", body, content_type="application/json")) == (403, "csrf_failed")
    wrong = client.post("/portal/tts", body, content_type="application/json", headers={"X-CSRFToken": "b" * 32})
    assert error_of(wrong) == (403, "csrf_failed")
    assert Job.objects.count() == 0


@pytest.mark.parametrize("path", ["/v1/account", "/api-only"])
def test_session_means_nothing_in_an_api_zone(member: Any, path: str) -> None:
    assert error_of(logged_in(member).get(path)) == (401, "missing_api_key")


def test_key_decides_where_a_request_has_both(member: Any) -> None:
    key, secret = make_key(AccountFactory())
    client = logged_in(member)
    assert client.get("/portal/account", headers=bearer(secret)).json()["id"] == key.account_id
    assert error_of(client.get("/portal/account", headers=bearer("wrong"))) == (401, "invalid_api_key")


def test_view_for_sessions_only_asks_others_to_log_in(member: Any) -> None:
    assert error_of(Client().get("/portal/only")) == (401, "not_logged_in")
    assert error_of(Client().get("/portal/only", headers=bearer(make_key()[1]))) == (401, "not_logged_in")
    assert logged_in(member).get("/portal/only").status_code == 200


def test_people_without_an_account_or_with_a_suspended_one_are_refused(member: Any) -> None:
    stranger = Client()
    stranger.force_login(UserFactory())
    assert error_of(stranger.get("/portal/account")) == (403, "no_account")
    suspend_account(member.account, reason="a test")
    assert error_of(logged_in(member).get("/portal/account")) == (403, "account_suspended")
    member.user.is_active = False
    member.user.save()
    assert error_of(logged_in(member).get("/portal/only")) == (401, "not_logged_in")


def test_person_with_several_accounts_acts_for_the_chosen_or_the_owned_one(member: Any) -> None:
    joined, foreign = AccountFactory(), AccountFactory()
    earlier = MembershipFactory(user=member.user, account=joined, role=Role.DEVELOPER)
    client = logged_in(member)

    def acting_for(account_id: int) -> int:
        session = client.session
        session[SESSION_ACCOUNT] = account_id
        session.save()
        return int(client.get("/portal/account").json()["id"])

    assert client.get("/portal/account").json()["id"] == member.account.pk
    assert [acting_for(account.pk) for account in (earlier.account, member.account, foreign)] == [
        joined.pk,
        member.account.pk,
        member.account.pk,
    ]


def test_account_that_the_person_left_is_never_replaced_by_another_in_a_change(member: Any) -> None:
    left = MembershipFactory(user=member.user, account=AccountFactory(), role=Role.OWNER)
    client = logged_in(member)
    session = client.session
    session[SESSION_ACCOUNT] = left.account_id
    session.save()
    left.delete()
    assert error_of(post(client, "/portal/keys", {"name": "mine"})) == (403, "not_a_member")
    assert (ApiKey.objects.count(), client.get("/portal/account").json()["id"]) == (0, member.account.pk)
