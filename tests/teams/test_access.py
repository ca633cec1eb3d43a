"""Access to pages of an account: login first, an account, a role that may, and links back that stay on this site."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.models import Membership, Role
from apps.accounts.roles import Permission
from apps.accounts.services import suspend_account
from apps.core.zones import OPERATOR, in_zone
from apps.teams.access import AccountRequest, account_page, person_page
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory, UserFactory
from ttsai.urls import handler403, handler404
from ttsai.urls import urlpatterns as platform_routes

__all__ = ["handler403", "handler404"]


@account_page(Permission.READ, changes=Permission.CHANGE)
def show_voices(request: AccountRequest, number: int) -> HttpResponse:
    return HttpResponse(f"{request.account.pk} {request.caller.tenant} {request.membership.role} {len(request.memberships)} {number}")


@account_page(Permission.MONEY)
def show_invoices(request: AccountRequest) -> HttpResponse:
    return HttpResponse(request.account.name)


@person_page
def show_person(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


urlpatterns = [
    in_zone(OPERATOR, path("portal/voices/<int:number>/", show_voices)),
    in_zone(OPERATOR, path("portal/invoices/", show_invoices)),
    in_zone(OPERATOR, path("portal/me/", show_person)),
    *platform_routes,
]


@pytest.fixture(autouse=True)
def _pages(db: None, settings: Any) -> None:
    AnonymousPlanFactory()
    settings.ROOT_URLCONF = "tests.teams.test_access"


def logged_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def next_of(location: str) -> str:
    parts = urlsplit(location)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/account/login/")
    return parse_qs(parts.query)["next"][0]


def test_page_shows_the_account_with_few_queries(django_assert_num_queries: Any) -> None:
    membership = MembershipFactory(role=Role.VIEWER)
    client = logged_in(membership)
    with django_assert_num_queries(3):  # session, person, memberships with account and plan
        answer = client.get("/portal/voices/7/")
    assert answer.content.decode() == f"{membership.account_id} account:{membership.account_id} viewer 1 7"


def test_page_asks_visitors_to_log_in_and_leads_back_to_itself() -> None:
    answer = Client().get("/portal/voices/7/?page=2&q=a%26b")
    assert (answer.status_code, next_of(answer.headers["Location"])) == (302, "/portal/voices/7/?page=2&q=a%26b")
    assert next_of(Client().get("/portal/me/").headers["Location"]) == "/portal/me/"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/portal/voices/7/?q=1#top", "/portal/voices/7/?q=1"),
        ("https://elsewhere.example.com/portal/", "/dashboard/"),
        ("//elsewhere.example.com/", "/dashboard/"),
        ("http://testserver//elsewhere.example.com/", "/dashboard/"),
        ("http://testserver/\\elsewhere.example.com/", "/dashboard/"),
        ("javascript:alert(1)", "/dashboard/"),
        ("", "/dashboard/"),
    ],
)
def test_login_from_a_fragment_or_form_returns_to_a_local_page(page: str, back: str) -> None:
    fragment = Client().get("/portal/voices/7/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (fragment.status_code, next_of(fragment.headers["HX-Redirect"])) == (200, back)
    form = Client().post("/portal/voices/7/", headers={"Referer": page})
    assert (form.status_code, next_of(form.headers["Location"])) == (302, back)


@pytest.mark.parametrize(
    ("role", "voices", "change", "invoices"),
    [(Role.OWNER, 200, 200, 200), (Role.DEVELOPER, 200, 200, 403), (Role.BILLING, 403, 403, 200), (Role.VIEWER, 200, 403, 403)],
)
def test_role_decides_which_pages_and_forms_a_member_has(role: Role, voices: int, change: int, invoices: int) -> None:
    client = logged_in(MembershipFactory(role=role))
    answers = client.get("/portal/voices/7/"), client.post("/portal/voices/7/"), client.get("/portal/invoices/")
    assert [answer.status_code for answer in answers] == [voices, change, invoices]


def test_person_without_an_account_is_led_to_making_one() -> None:
    client = Client()
    client.force_login(UserFactory())
    assert client.get("/portal/voices/7/").headers["Location"] == "/dashboard/accounts/new/"
    assert client.get("/portal/me/").status_code == 200


def test_suspended_account_has_no_pages_but_billing() -> None:
    membership = MembershipFactory(role=Role.OWNER)
    suspend_account(membership.account, reason="a test")
    client = logged_in(membership)
    assert client.get("/portal/voices/7/").headers["Location"] == "/dashboard/billing/"
    assert client.post("/portal/voices/7/").status_code == 403
    viewer = logged_in(MembershipFactory(account=membership.account, role=Role.VIEWER))
    assert "is suspended. Please write to the operator." in viewer.get("/portal/voices/7/").content.decode()


def test_chosen_account_is_shown_and_a_left_one_changes_nothing_else() -> None:
    membership = MembershipFactory(role=Role.OWNER)
    second = MembershipFactory(user=membership.user, account=AccountFactory(), role=Role.VIEWER)
    client = logged_in(membership)
    session = client.session
    session[SESSION_ACCOUNT] = second.account_id
    session.save()
    assert client.get("/portal/voices/7/").content.decode().startswith(f"{second.account_id} ")
    second.delete()
    assert client.get("/portal/voices/7/").content.decode().startswith(f"{membership.account_id} ")
    assert client.post("/portal/voices/7/").status_code == 403
