"""Security of people's accounts: CSRF, session fixation, redirects, enumeration, limits of attempts, ends of sessions."""

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import identify_hasher
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts.models import User
from apps.identity.devices import name_device
from apps.mail.models import OutgoingMail
from tests.factories import MembershipFactory
from tests.identity.people import LOGIN, PASSWORD, SIGN_UP, add_passkey, add_totp, code_of_app, last_code, log_in, person, sign_up

FORMS = [
    LOGIN, SIGN_UP, "/account/signup/passkey/", "/account/logout/", "/account/password/reset/", "/account/password/change/",
    "/account/password/set/", "/account/email/", "/account/confirm-email/", "/account/reauthenticate/", "/account/2fa/authenticate/",
    "/account/2fa/totp/activate/", "/account/2fa/totp/deactivate/", "/account/2fa/recovery-codes/generate/", "/account/2fa/webauthn/add/",
    "/account/2fa/webauthn/login/", "/account/sessions/", "/account/sessions/1/end/", "/account/switch/", "/account/3rdparty/",
    "/dashboard/accounts/new/", "/dashboard/team/invite/", "/dashboard/team/leave/", "/dashboard/team/rename/",
    "/dashboard/team/members/1/role/", "/dashboard/team/members/1/remove/", "/dashboard/team/members/1/transfer/",
    "/dashboard/team/invitations/1/resend/", "/dashboard/team/invitations/1/revoke/", "/invitations/open/accept/", "/invitations/open/decline/",
]  # fmt: skip
EVIL = ["https://evil.example.com/", "//evil.example.com/", "/\\evil.example.com/", "\\\\evil.example.com", "javascript:alert(1)",
        "http:evil.example.com", "/\t/evil.example.com/", "http://testserver/dashboard/", " //evil.example.com", "evil"]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_forms_refuse_requests_without_the_csrf_token(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())
    assert client.post(path, {"email": "a@example.com"}).status_code == 403


def test_login_gives_the_session_a_new_key() -> None:
    user, client = person(), Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by the attacker"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    assert log_in(client, user.email).status_code == 302
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_session_cookie_is_closed_to_scripts_and_other_sites() -> None:
    user, client = person(), Client()
    log_in(client, user.email)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


@pytest.mark.parametrize("target", EVIL)
def test_login_and_logout_lead_to_pages_of_this_site_only(target: str) -> None:
    user, client = person(), Client()
    assert log_in(client, user.email, next=target).headers["Location"] == "/dashboard/"
    assert client.get(LOGIN, {"next": target}).headers["Location"] == "/dashboard/"
    assert client.post("/account/logout/", {"next": target}).headers["Location"] == "/"


def test_login_leads_back_to_the_page_that_asked_for_it() -> None:
    user = person()
    assert log_in(Client(), user.email, next="/dashboard/jobs/?page=2").headers["Location"] == "/dashboard/jobs/?page=2"


def plain(answer: Any, *addresses: str) -> tuple[int, str, str]:
    """Status, address and text of an answer, without tokens and the addresses that were sent."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="[^"]+"', "", answer.content.decode())
    for address in addresses:
        text = text.replace(address, "…")
    return answer.status_code, answer.headers.get("Location", ""), text


@pytest.mark.parametrize("path", [SIGN_UP, LOGIN, "/account/password/reset/", "/account/signup/passkey/"])
def test_answers_are_the_same_for_addresses_with_and_without_an_account(path: str) -> None:
    person("known@example.com")
    answers = []
    for email in ("known@example.com", "other@example.com"):
        client = Client()
        first = client.post(path, {"email": email, "password1": PASSWORD, "login": email, "password": "wrong"})
        shown = [plain(first, email)]
        if first.status_code == 302:
            shown.append(plain(client.get(first.headers["Location"]), email))
            shown.append(plain(client.get("/account/mail-state/"), email))
        answers.append(shown)
        assert OutgoingMail.objects.filter(to=email).count() == (0 if path == LOGIN else 1)
    assert answers[0] == answers[1]


def test_password_is_hashed_as_often_for_known_addresses_as_for_unknown_ones(monkeypatch: Any) -> None:
    person("known@example.com")
    hashed: list[str] = []
    hasher = type(identify_hasher(User.objects.get().password))
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda self, *args, **more: (hashed.append("encode"), encode(self, *args, **more))[1])
    monkeypatch.setattr(hasher, "verify", lambda self, *args, **more: (hashed.append("verify"), verify(self, *args, **more))[1])
    counts = []
    for email in ("known@example.com", "other@example.com"):
        log_in(Client(), email, password="wrong")
        sign_up(Client(), email)
        counts.append(len(hashed))
        hashed.clear()
    assert counts == [2, 2]


def test_passwords_of_one_address_cannot_be_tried_without_end() -> None:
    person("ann@example.com")
    places = [f"192.0.2.{number}" for number in range(1, 7)]
    for place in places[:5]:
        Client(REMOTE_ADDR=place).post(LOGIN, {"login": "ann@example.com", "password": "wrong"})
    right = Client(REMOTE_ADDR=places[5]).post(LOGIN, {"login": "ann@example.com", "password": PASSWORD})
    assert (right.status_code, "Too many attempts to sign in" in right.content.decode()) == (200, True)


def test_passwords_from_one_address_block_cannot_be_tried_without_end() -> None:
    def attempt(number: int, place: str) -> str:
        form = {"login": f"person-{number}@example.com", "password": "wrong"}
        return Client(REMOTE_ADDR=place).post(LOGIN, form).content.decode()

    for number in range(10):
        attempt(number, f"2001:db8::{number}")
    assert "Too many attempts to sign in" in attempt(10, "2001:db8::ffff")
    assert "Too many attempts to sign in" not in attempt(11, "2001:db8:0:1::1")


def test_forged_forwarding_header_does_not_escape_the_limit() -> None:
    for number in range(11):
        form = {"login": f"person-{number}@example.com", "password": "wrong"}
        answer = Client(headers={"X-Forwarded-For": f"198.51.100.{number}"}).post(LOGIN, form)
    assert "Too many attempts to sign in" in answer.content.decode()


def test_page_after_too_many_attempts_says_how_long_to_wait() -> None:
    answers = [Client().post(SIGN_UP, {}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [*[200] * 20, 429]
    page = answers[-1].content.decode()
    assert ("Wait five minutes" in page, "Speech Platform" in page) == (True, True)


def test_change_of_the_password_ends_all_other_sessions() -> None:
    user, here, elsewhere = person(), Client(), Client()
    log_in(here, user.email)
    log_in(elsewhere, user.email)
    new = {"oldpassword": PASSWORD, "password1": "another long sentence", "password2": "another long sentence"}
    assert here.post("/account/password/change/", new).status_code == 302
    assert (here.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 302)
    assert log_in(Client(), user.email).status_code == 200
    assert OutgoingMail.objects.get(to=user.email).subject == "Your password was changed"


def test_password_is_reset_by_a_code_once() -> None:
    user, client, session = person("ann@example.com"), Client(), Client()
    log_in(session, user.email)
    client.post("/account/password/reset/", {"email": user.email})
    code = last_code(user.email)
    assert client.post("/account/password/reset/confirm/", {"code": code}).headers["Location"] == "/account/password/reset/complete/"
    new = {"password1": "another long sentence", "password2": "another long sentence"}
    assert client.post("/account/password/reset/complete/", new).status_code == 302
    assert log_in(Client(), user.email, password="another long sentence").status_code == 302
    assert session.get("/account/").status_code == 302
    assert client.post("/account/password/reset/confirm/", {"code": code}).headers["Location"] == LOGIN


def test_mail_never_links_to_a_forged_host(settings: Any) -> None:
    person("known@example.com")
    client = Client(HTTP_HOST="evil.example.com")
    client.post("/account/password/reset/", {"email": "nobody@example.com"})
    sign_up(client, "known@example.com")
    texts = [mail.text + mail.html for mail in OutgoingMail.objects.all()]
    assert len(texts) == 2
    assert not [text for text in texts if "evil" in text]
    assert all(f"{settings.TTSAI_LOCAL_URL}/account/" in text for text in texts)


def test_sessions_are_listed_and_ended_one_by_one_or_together() -> None:
    user, here, phone, laptop = person(), Client(), Client(headers={"User-Agent": "Phone 1"}), Client()
    for client in (here, phone, laptop):
        log_in(client, user.email)
    page = here.get("/account/sessions/").content.decode()
    assert ("Phone 1" in page, page.count("This device")) == (True, 1)
    stranger = Client()
    log_in(stranger, person().email)
    session = UserSession.objects.get(user=user, user_agent="Phone 1")
    stranger.post(f"/account/sessions/{session.pk}/end/")
    assert phone.get("/account/").status_code == 200
    here.post(f"/account/sessions/{session.pk}/end/")
    assert (phone.get("/account/").status_code, laptop.get("/account/").status_code) == (302, 200)
    here.post("/account/sessions/")
    assert (laptop.get("/account/").status_code, here.get("/account/").status_code) == (302, 200)


def test_session_without_a_row_is_listed_with_a_short_name_of_its_device() -> None:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    client.force_login(person())  # no login of django-allauth
    assert "1 device signed in." in client.get("/account/").content.decode()
    page = client.get("/account/sessions/").content.decode()
    assert ("Firefox on Linux" in page, "Gecko/20100101" in page, page.count("This device")) == (True, True, 1)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9.1", "curl/8.9.1"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_devices_are_named_by_browser_and_system(user_agent: str, name: str) -> None:
    assert name_device(user_agent) == name


def test_second_factor_is_asked_for_and_recovery_code_works_once() -> None:
    user, client = person(), Client()
    secret = add_totp(user)
    assert log_in(client, user.email, next="/account/").headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/account/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": code_of_app(secret)}).headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    row = user.authenticator_set.get(type="totp")
    assert secret not in str(row.data)
    recovery = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    outcomes = []
    for _ in range(2):
        other = Client()
        log_in(other, user.email)
        outcomes.append(other.post("/account/2fa/authenticate/", {"code": recovery}).status_code)
    assert outcomes == [302, 200]


def test_code_of_the_app_is_not_accepted_twice() -> None:
    user = person()
    secret = add_totp(user)
    outcomes = []
    for _ in range(2):
        client = Client()
        log_in(client, user.email)
        outcomes.append(client.post("/account/2fa/authenticate/", {"code": code_of_app(secret)}).status_code)
    assert outcomes == [302, 200]


def test_code_that_switched_the_app_on_is_not_accepted_at_a_login() -> None:
    user, client = person(), Client()
    log_in(client, user.email)
    activate = "/account/2fa/totp/activate/"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = re.search(r"secret=([A-Z2-7]+)", str(client.get(activate).context["totp_url"]))
    assert secret is not None
    code = code_of_app(secret[1])
    assert client.post(activate, {"code": code}).headers["Location"] == "/account/2fa/recovery-codes/"
    other = Client()
    assert log_in(other, user.email).headers["Location"] == "/account/2fa/authenticate/"
    refused = other.post("/account/2fa/authenticate/", {"code": code})
    assert (refused.status_code, "incorrect" in refused.content.decode().lower()) == (200, True)
    following = code_of_app(secret[1], periods=1)  # a real app's next code, within the tolerance
    assert other.post("/account/2fa/authenticate/", {"code": following}).status_code == 302


def test_sensitive_changes_ask_for_the_password_again() -> None:
    user, client = person(), Client()
    client.force_login(user)
    for path in ("/account/2fa/totp/activate/", "/account/2fa/webauthn/add/", "/account/email/"):
        answer = client.post(path, {"email": "new@example.com", "action_add": ""})
        assert answer.headers["Location"].startswith("/account/reauthenticate/"), path
    assert client.post("/account/reauthenticate/", {"password": "wrong"}).status_code == 200
    assert client.post("/account/reauthenticate/?next=/account/2fa/totp/activate/", {"password": PASSWORD}).status_code == 302
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    passkeys = client.get("/account/2fa/webauthn/add/").content.decode()
    assert ("Sign in with this passkey alone" in passkeys, 'value="Passkey"' in passkeys) == (True, True)


def test_new_address_counts_once_it_is_verified() -> None:
    user, client = person("old@example.com"), Client()
    log_in(client, user.email)
    asked = client.post("/account/email/", {"email": "new@example.com", "action_add": ""}).headers["Location"]
    client.post(asked, {"password": PASSWORD})
    assert User.objects.get().email == "old@example.com"
    client.post("/account/confirm-email/", {"code": last_code("new@example.com")})
    assert User.objects.get().email == "new@example.com"
    assert log_in(Client(), "new@example.com").status_code == 302
    assert OutgoingMail.objects.filter(subject="Your email address was changed").exists()


def test_inactive_person_cannot_log_in() -> None:
    user = person(is_active=False)
    client = Client()
    log_in(client, user.email)
    assert client.get("/account/").status_code == 302


def test_passkey_login_offers_a_challenge_and_refuses_nonsense() -> None:
    client = Client()
    options = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()["request_options"]["publicKey"]
    assert (len(options["challenge"]) > 40, options["rpId"]) == (True, "testserver")
    assert client.post("/account/2fa/webauthn/login/", {"credential": "{}"}).headers["Location"] == LOGIN
    assert client.get("/account/").status_code == 302


def test_operator_with_a_second_factor_must_give_it_for_the_admin_too() -> None:
    operator = User.objects.create_superuser("operator@example.com", PASSWORD)
    client, form = Client(), {"username": "operator@example.com", "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", form).status_code == 302
    secret = add_totp(operator)
    guarded = Client()
    refused = guarded.post("/admin/login/?next=/admin/", form)
    assert (refused.status_code, 'href="/account/login/?next=/admin/"' in refused.content.decode()) == (200, True)
    assert guarded.get("/admin/").status_code == 302
    log_in(guarded, operator.email, next="/admin/")
    assert guarded.get("/admin/").status_code == 302
    assert guarded.post("/account/2fa/authenticate/", {"code": code_of_app(secret)}).headers["Location"] == "/admin/"
    assert guarded.get("/admin/").status_code == 200


def test_login_without_a_target_leads_operators_without_an_account_to_the_admin(settings: Any) -> None:
    settings.TTSAI_STAFF_SECOND_FACTOR = False
    operator, client = person("operator@example.com", is_staff=True), Client()
    assert log_in(client, operator.email).headers["Location"] == "/admin/"
    assert client.get(LOGIN).headers["Location"] == "/admin/"
    assert log_in(Client(), operator.email, next="/voice-library/").headers["Location"] == "/voice-library/"
    MembershipFactory(user=operator)
    assert log_in(Client(), operator.email).headers["Location"] == "/dashboard/"


def test_second_factor_page_offers_what_the_person_has() -> None:
    app, key = person("app@example.com"), person("key@example.com")
    add_totp(app)
    add_passkey(key)
    pages = {}
    for user in (app, key):
        client = Client()
        log_in(client, user.email)
        pages[user.email] = client.get("/account/2fa/authenticate/").content.decode()
    offers = {email: ("Use a passkey" in page, "authenticator app" in page, "recovery codes" in page) for email, page in pages.items()}
    assert offers == {"app@example.com": (False, True, True), "key@example.com": (True, False, True)}
    assert "mfa/js/webauthn.js" not in pages["app@example.com"]
    assert '<noscript><p class="hint">Passkeys and security keys need JavaScript.</p></noscript>' in pages["key@example.com"]


@pytest.mark.parametrize("path", [LOGIN, "/account/2fa/webauthn/add/", "/account/signup/passkey/"])
def test_pages_with_passkeys_say_in_our_words_that_they_need_javascript(path: str) -> None:
    client = Client()
    if "2fa" in path:
        user = person()
        log_in(client, user.email)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(path).content.decode()
    if path != "/account/signup/passkey/":
        assert "Passkeys and security keys need JavaScript." in page
    assert "This functionality requires JavaScript" not in page


def test_secrets_of_people_are_no_part_of_the_admin() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("operator@example.com", PASSWORD))
    paths = ("account/emailaddress", "mfa/authenticator", "usersessions/usersession", "socialaccount/socialapp")
    assert [client.get(f"/admin/{path}/").status_code for path in paths] == [404] * 4
