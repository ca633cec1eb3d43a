"""The admin asks operators for a second factor where the setting says so, and shows nothing before."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from apps.accounts.models import Account, User
from tests.factories import AccountFactory, UserFactory
from tests.identity.people import code_of_app
from ttsai.settings.identity import asks_staff_for_second_factor

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.TTSAI_STAFF_SECOND_FACTOR = True


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss@example.com", PASSWORD)


def log_in(client: Client, path: str = "/admin/") -> str:
    answer = client.post(f"/account/login/?next={path}", {"login": "boss@example.com", "password": PASSWORD})
    return str(answer.headers.get("Location", ""))


def test_an_operator_without_a_factor_is_led_to_its_set_up_and_sees_nothing_before(boss: User) -> None:
    account = AccountFactory(name="A secret customer")
    client = Client()
    assert client.get("/admin/accounts/account/").headers["Location"] == "/admin/login/?next=/admin/accounts/account/"
    assert client.get("/admin/login/?next=/admin/jobs/").headers["Location"] == "/account/login/?next=%2Fadmin%2Fjobs%2F"
    assert log_in(client) == "/admin/"
    for path in ("/admin/", "/admin/accounts/account/", f"/admin/accounts/account/{account.pk}/change/", "/admin/live/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/account/2fa/")
    assert client.post(f"/admin/accounts/account/{account.pk}/suspend/", {"reason": "x"}).status_code == 302
    assert Account.objects.get(pk=account.pk).status == "active"
    page = client.get(client.get("/admin/").headers["Location"])
    assert "asks for a second factor" in page.content.decode()


def test_setting_up_an_app_opens_the_admin_in_that_session_alone(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = Client(), Client()
    log_in(client)
    log_in(other)
    activate = "/account/2fa/totp/activate/"
    assert client.get(activate).headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = re.search(r"secret=([A-Z2-7]+)", str(client.get(activate).context["totp_url"]))
    assert secret is not None
    with monkeypatch.context() as patched:  # the test's own transaction never commits
        patched.setattr("django.db.transaction.on_commit", lambda call, **_: call())
        assert client.post(activate, {"code": code_of_app(secret[1])}).headers["Location"] == "/account/2fa/recovery-codes/"
    assert ">I have kept them: open the admin<" in client.get("/account/2fa/recovery-codes/").content.decode()
    assert client.get("/admin/accounts/account/").status_code == 200
    asked = other.get("/admin/accounts/account/").headers["Location"]
    assert asked == "/account/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Faccount%2F&for=admin"


def test_a_login_with_the_factor_opens_the_admin_and_its_removal_closes_it(boss: User) -> None:
    TOTP.activate(boss, SECRET)
    client = Client()
    assert log_in(client) == "/account/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": code_of_app(SECRET)}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/admin/").headers["Location"].startswith("/account/2fa/")


def test_a_session_from_before_proves_the_factor_once_and_comes_back_to_its_page(boss: User) -> None:
    client = Client()
    log_in(client)
    TOTP.activate(boss, SECRET)
    path = client.get("/admin/accounts/account/").headers["Location"]
    assert client.post(path, {"code": code_of_app(SECRET)}).headers["Location"] == "/admin/accounts/account/"
    assert client.get("/admin/accounts/account/").status_code == 200


def test_an_operator_with_a_passkey_alone_is_asked_for_the_passkey(boss: User) -> None:
    client = Client()
    log_in(client)
    Authenticator.objects.create(user=boss, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}})
    assert client.get("/admin/").headers["Location"].startswith("/account/2fa/webauthn/reauthenticate/?next=%2Fadmin%2F")


def test_another_persons_proof_in_the_session_does_not_count(boss: User) -> None:
    TOTP.activate(boss, SECRET)
    client = Client()
    client.force_login(boss)
    session = client.session
    session["account_authentication_methods_user"] = str(boss.pk + 1)
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session.save()
    assert client.get("/admin/").headers["Location"].startswith("/account/2fa/reauthenticate/")


def test_customers_read_that_the_admin_is_not_theirs_without_a_loop() -> None:
    client = Client()
    client.force_login(UserFactory())
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 200
    assert [path for path, _ in answer.redirect_chain] == ["/admin/login/?next=/admin/"]


def test_without_the_setting_a_password_alone_opens_the_admin(boss: User, settings: Any) -> None:
    settings.TTSAI_STAFF_SECOND_FACTOR = False
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", {"username": boss.email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert client.get("/admin/accounts/account/").status_code == 200


@pytest.mark.parametrize(
    ("variables", "is_on"),
    [
        ({}, False),
        ({"TTSAI_DEMO": "0"}, True),
        ({"TTSAI_PUBLIC_URL": "https://speech.example.com"}, True),
        ({"TTSAI_PUBLIC_URL": "http://10.0.0.5:8000"}, False),
        ({"TTSAI_DEMO": "0", "TTSAI_STAFF_SECOND_FACTOR": "off"}, False),
        ({"TTSAI_STAFF_SECOND_FACTOR": "on"}, True),
    ],
)
def test_the_setting_is_on_unless_a_bare_make_run_serves_this_machine(variables: dict[str, str], is_on: bool) -> None:
    assert asks_staff_for_second_factor(variables.get("TTSAI_STAFF_SECOND_FACTOR", ""), variables) is is_on
