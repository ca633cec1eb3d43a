"""The API by session below /web/v1/: who the caller is, what each role may do, and that it is the same API."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.acting import caller_of_member
from apps.accounts.authentication import recheck_caller
from apps.accounts.callers import caller_of_session
from apps.accounts.models import ApiKey, Membership, Role
from apps.accounts.roles import PERMISSIONS, SCOPES_OF_ROLE, Permission
from apps.accounts.scopes import SCOPES
from apps.core.errors import PermissionDeniedError
from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.factories import AccountFactory, MembershipFactory, bearer, make_key
from tests.factories_jobs import announce, wav_of
from tests.fresh_state import fresh_state
from tests.routes.table import routes_below

pytestmark = pytest.mark.usefixtures("_platform")

SPEECH = {"text": "Hello.", "voice": "af_bella"}


@pytest.fixture
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


def logged_in(membership: Membership) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(membership.user)
    client.cookies["csrftoken"] = "a" * 32
    return client


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def member(role: Role) -> Membership:
    return MembershipFactory(account=AccountFactory(credits=1000), role=role)


def test_web_api_has_every_route_of_the_api_with_the_same_view() -> None:
    api, web = ({route.path: route.view for route in routes_below(prefix)} for prefix in ("v1/", "web/v1/"))
    assert {path: view for path, view in api.items() if web.get(path) is not view and not view.__module__.startswith("apps.compat.")} == {}
    assert set(web) <= set(api)


def test_visitor_of_the_web_api_is_the_anonymous_caller_with_its_limits() -> None:
    answer = post(Client(), "/web/v1/tts", {"text": "Hello.", "model": "kokoro", "voice": "af_bella"})
    assert answer.status_code == 200, answer.content
    job = Job.objects.get()
    assert (job.account_id, job.tenant, answer.headers["X-RateLimit-Limit"]) == (None, "address:127.0.0.1", "10")
    assert error_of(Client().get("/web/v1/account")) == (401, "not_logged_in")


def test_web_api_is_private_has_json_errors_and_is_closed_to_other_sites(settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["*"]
    answer = logged_in(member(Role.OWNER)).get("/web/v1/nowhere", headers={"Origin": "https://elsewhere.example.com"})
    assert (error_of(answer), answer.headers["Cache-Control"]) == ((404, "not_found"), "no-store")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_key_in_the_web_api_decides_as_everywhere_else() -> None:
    key, secret = make_key(AccountFactory())
    client = logged_in(member(Role.OWNER))
    assert client.get("/web/v1/account", headers=bearer(secret)).json()["id"] == key.account_id


def test_web_api_change_without_the_csrf_header_is_refused_despite_a_form_token() -> None:
    client = logged_in(member(Role.OWNER))
    assert error_of(client.post("/web/v1/tts", SPEECH, content_type="application/json")) == (403, "csrf_failed")
    form = {"file": SimpleUploadedFile("a.wav", wav_of(bytes(4800))), "csrfmiddlewaretoken": "a" * 32}
    assert error_of(client.post("/web/v1/stt", form)) == (403, "csrf_failed")
    assert (Job.objects.count(), Upload.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", list(Role))
def test_role_decides_what_a_session_reads_and_changes(role: Role) -> None:
    membership = member(role)
    client = logged_in(membership)
    may_change, may_read = role in {Role.OWNER, Role.DEVELOPER}, role != Role.BILLING
    assert client.get("/web/v1/account").status_code == 200
    assert client.get("/web/v1/jobs").status_code == (200 if may_read else 403)
    assert client.get("/web/v1/keys").status_code == (200 if may_read else 403)
    assert post(client, "/web/v1/keys", {"name": "mine"}).status_code == (200 if may_change else 403)
    assert post(client, "/web/v1/tts", SPEECH).status_code == (200 if may_change else 403)
    assert ApiKey.objects.filter(account=membership.account).count() == int(may_change)


def test_refusals_of_a_role_name_the_role() -> None:
    answer = logged_in(member(Role.BILLING)).get("/web/v1/jobs").json()["error"]
    assert (answer["code"], "billing" in answer["message"], "jobs:read" in answer["message"]) == ("missing_scope", True, True)
    answer = post(logged_in(member(Role.VIEWER)), "/web/v1/keys", {"name": "mine"}).json()["error"]
    assert (answer["code"], "viewer" in answer["message"]) == ("role_changes_nothing", True)


def test_every_role_has_known_scopes_and_only_owners_and_developers_change_things() -> None:
    assert set(SCOPES_OF_ROLE) == set(PERMISSIONS) == set(Role)
    assert all(scopes <= set(SCOPES) for scopes in SCOPES_OF_ROLE.values())
    assert {role for role in Role if Permission.CHANGE in PERMISSIONS[role]} == {Role.OWNER, Role.DEVELOPER}
    assert {role for role in Role if Permission.MONEY in PERMISSIONS[role]} == {Role.OWNER, Role.BILLING}
    assert {role for role in Role if {Permission.TEAM, Permission.ACCOUNT} & PERMISSIONS[role]} == {Role.OWNER}
    assert not [scope for scope in SCOPES_OF_ROLE[Role.VIEWER] if not scope.endswith(":read")]


def test_removed_member_loses_access_at_once() -> None:
    membership = member(Role.DEVELOPER)
    client = logged_in(membership)
    assert client.get("/web/v1/jobs").status_code == 200
    caller = replace(caller_of_session(membership, address="127.0.0.1"), authenticated_at=0.0)
    recheck_caller(caller)
    membership.delete()
    assert error_of(client.get("/web/v1/jobs")) == (403, "no_account")
    assert error_of(post(client, "/web/v1/tts", SPEECH)) == (403, "no_account")
    with pytest.raises(PermissionDeniedError, match="ended or changed"):
        recheck_caller(caller)


def test_changed_role_ends_what_an_open_request_may_do(rf: Any) -> None:
    membership = member(Role.OWNER)
    caller = replace(caller_of_member(rf.get("/web/v1/jobs/"), membership), authenticated_at=0.0)
    Membership.objects.update(role=Role.VIEWER)
    with pytest.raises(PermissionDeniedError):
        recheck_caller(caller)
