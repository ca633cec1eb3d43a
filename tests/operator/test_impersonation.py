"""Visits of operators: they see an account's pages, change nothing, and every visit is audited."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, User
from apps.audit.models import AuditEntry
from apps.core.read_only_sessions import OPEN_PATHS
from tests.factories import AccountFactory, UserFactory
from tests.operator.rows import staff
from tests.pages.table import site_routes
from tests.routes.table import admin_paths, routes_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def visited() -> Account:
    return AccountFactory(name="Visited Ltd", credits=7)


@pytest.fixture
def visitor(visited: Account) -> Client:
    client = Client()
    client.force_login(staff("view_account", "impersonate_account"))
    began = client.post(f"/admin/accounts/account/{visited.pk}/impersonate/", {"reason": "asked for help"})
    assert (began.status_code, began["Location"]) == (302, "/dashboard/")
    return client


def test_a_visit_reads_the_account_and_is_audited(visitor: Client, visited: Account) -> None:
    answer = visitor.get("/web/v1/account/")
    assert (answer.status_code, answer.json()["name"], answer.json()["credits"]) == (200, "Visited Ltd", 7)
    assert "You see <strong>Visited Ltd</strong>" in visitor.get("/report/").content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.account_id, entry.message) == ("impersonate", visited.pk, "The visit began: asked for help")


def test_a_visit_refuses_every_method_that_changes_something(visitor: Client, visited: Account) -> None:
    for path in ("/web/v1/keys/", "/web/v1/tts/", "/web/v1/voices/voice_1/", "/report/", "/announcements/1/dismiss/"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = visitor.generic(method, path, data="{}", content_type="application/json")
            assert answer.status_code == 403, (method, path)
            assert "nothing can be changed" in answer.content.decode(), (method, path)
    assert not visited.keys.exists()


def test_a_visit_refuses_a_post_to_every_page_and_operation_by_session(visitor: Client) -> None:
    paths = [*(route.path for route in site_routes()), *(f"web/v1/{route.path}" for route in routes_below("web/v1/"))]
    changing = {*paths} - {path.removeprefix("/") for path in OPEN_PATHS}
    filled = sorted({re.sub(r"<(int:)?[^>]+>", lambda name: "1" if name[1] else "a" * 32, path) for path in changing})
    answers = {path: visitor.post(f"/{path}", "{}", content_type="application/json") for path in filled}
    assert len(answers) > 150
    unexpected = {path: answer.status_code for path, answer in answers.items() if answer.status_code not in {403, 404}}
    assert unexpected == {}
    found = [answer for answer in answers.values() if answer.status_code == 403]
    assert len(found) > 150
    assert all("nothing can be changed" in answer.content.decode() for answer in found)


def test_a_visit_refuses_changes_in_the_admin_until_it_ends(visitor: Client, visited: Account) -> None:
    operator = User.objects.get(pk=visitor.session["_auth_user_id"])
    operator.is_superuser = True
    operator.save()
    path = f"/admin/accounts/account/{visited.pk}/suspend/"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = visitor.generic(method, path, "reason=spam&_confirm=1", content_type="application/x-www-form-urlencoded")
        assert (refused.status_code, "nothing can be changed" in refused.content.decode()) == (403, True), method
    assert 'action="/admin/impersonation/end/"' in refused.content.decode()
    assert AuditEntry.objects.filter(outcome="denied", message=f"Read-only visit: POST {path}").count() == 1
    assert visitor.get("/admin/accounts/account/").status_code == 200
    visitor.post("/admin/impersonation/end/")
    assert visitor.post(path, {"reason": "spam"}).status_code in {200, 302}


def test_a_visit_refuses_a_post_to_every_page_of_the_admin(visitor: Client) -> None:
    paths = {f"/admin/{re.sub('<[^>]+>', '1', path)}" for path in admin_paths()} - OPEN_PATHS
    assert len(paths) > 50
    assert {path: code for path in sorted(paths) if (code := visitor.post(path).status_code) != 403} == {}


def test_a_visit_ends_by_logging_out_of_the_admin(visitor: Client) -> None:
    assert visitor.post("/admin/logout/")["Location"] == "/"
    assert "impersonation" not in visitor.session


def test_refused_changes_of_a_visit_are_audited_once_a_minute_for_each_path(visitor: Client, visited: Account) -> None:
    for path in ("/web/v1/keys/", "/web/v1/keys/", "/report/"):
        assert visitor.post(path, "{}", content_type="application/json").status_code == 403
    denied = AuditEntry.objects.filter(outcome="denied").order_by("id")
    messages = ["Read-only visit: POST /web/v1/keys/", "Read-only visit: POST /report/"]
    assert [(entry.action, entry.account_id, entry.message) for entry in denied] == [
        ("change_in_visit", visited.pk, text) for text in messages
    ]
    later = timezone.now() + timedelta(minutes=2)
    with patch("apps.operator.impersonation.timezone.now", return_value=later):
        visitor.post("/report/", "{}", content_type="application/json")
    assert AuditEntry.objects.filter(outcome="denied").count() == 3


def test_a_visit_ends_by_a_click_and_is_audited(visitor: Client, visited: Account) -> None:
    ended = visitor.post("/admin/impersonation/end/")
    assert ended["Location"] == f"/admin/accounts/account/{visited.pk}/change/"
    assert visitor.get("/web/v1/account/").status_code == 403
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == ["impersonate", "end_impersonation"]


def test_visit_ends_with_its_permission_or_its_time(visitor: Client, visited: Account) -> None:
    session = visitor.session
    entry = session["impersonation"]
    session["impersonation"] = {**entry, "until": 1}
    session.save()
    assert visitor.get("/web/v1/account/").status_code == 403
    session["impersonation"] = entry
    session.save()
    assert visitor.get("/web/v1/account/").json()["name"] == "Visited Ltd"
    User.objects.get(pk=session["_auth_user_id"]).user_permissions.clear()
    assert visitor.get("/web/v1/account/").status_code == 403


def test_a_customer_who_forges_the_session_entry_sees_nothing(visited: Account) -> None:
    customer = Client()
    customer.force_login(UserFactory())
    session = customer.session
    session["impersonation"] = {"account_id": visited.pk, "name": "x", "until": 9_999_999_999}
    session.save()
    assert customer.get("/web/v1/account/").status_code == 403
