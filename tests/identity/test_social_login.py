"""Social login through a real OpenID Connect provider on this machine: sign-up, login, linking, and what is refused."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from apps.accounts.models import Account, User
from tests.identity.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.identity.people import LOGIN, PASSWORD, log_in, person, verify

pytestmark = pytest.mark.django_db
START = "/account/oidc/sso/login/"
CALLBACK = "/account/oidc/sso/login/callback/"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any) -> Provider:
    """The provider in its first state, set up as the settings do it."""
    fresh = Provider(server.url)
    server.person, server.token_claims, server.refuses, server.is_broken = fresh.person, {}, False, False
    app = {"client_id": CLIENT_ID, "secret": CLIENT_SECRET, "provider_id": "sso", "name": "Company login"}
    app["settings"] = {"server_url": server.url, "oauth_pkce_enabled": True}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    return server


def leave(client: Client, path: str = START) -> str:
    """Press the button; returns the path of the callback that the provider sends the browser to."""
    answer = client.post(path)
    assert answer.status_code == 302, answer.content
    back = httpx.get(answer.headers["Location"], follow_redirects=False).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == CALLBACK
    return f"{parts.path}?{parts.query}"


def sign_in(client: Client, path: str = START) -> Any:
    return client.get(leave(client, path))


def is_logged_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_new_person_with_a_verified_address_has_an_account_with_the_bonus_at_once(provider: Provider) -> None:
    client = Client()
    assert "Continue with Company login" in client.get(LOGIN).content.decode()
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/")
    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == ("ada@example.com", False)
    assert EmailAddress.objects.values_list("email", "verified", "primary").get() == ("ada@example.com", True, True)
    assert SocialAccount.objects.values_list("provider", "uid", "user").get() == ("sso", "1", user.pk)
    assert not SocialToken.objects.exists()
    assert Account.objects.get().users.get() == user
    assert client.get("/dashboard/").status_code == 200


def test_a_known_person_logs_in_again_also_with_another_address_at_the_provider(provider: Provider) -> None:
    sign_in(Client())
    provider.person = {**provider.person, "email": "ada.new@example.com"}
    client = Client()
    assert sign_in(client).headers["Location"] == "/dashboard/"
    assert is_logged_in(client)
    assert (User.objects.count(), User.objects.get().email) == (1, "ada@example.com")


def test_an_unverified_address_is_verified_by_a_code_before_anybody_is_in(provider: Provider) -> None:
    provider.person = {**provider.person, "email_verified": False}
    client = Client()
    assert sign_in(client).headers["Location"] == "/account/confirm-email/"
    assert not is_logged_in(client)
    assert (EmailAddress.objects.get().verified, Account.objects.count()) == (False, 0)
    verify(client, "ada@example.com")
    assert is_logged_in(client)
    assert Account.objects.count() == 1


@pytest.mark.parametrize("is_verified", [True, False])
def test_the_address_of_another_person_is_not_taken_over_by_the_provider(provider: Provider, is_verified: bool) -> None:
    ada = person("ada@example.com")
    provider.person = {**provider.person, "email_verified": is_verified}
    client = Client()
    assert sign_in(client).status_code < 500
    assert not is_logged_in(client)
    assert (User.objects.get(), SocialAccount.objects.count()) == (ada, 0)


def test_a_person_links_the_provider_and_logs_in_by_it_from_then_on(provider: Provider) -> None:
    ada = person("ada@example.com")
    provider.person = {**provider.person, "email": "ada@company.example"}
    client = Client()
    log_in(client, ada.email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert "Connect Company login" in client.get("/account/3rdparty/").content.decode()
    assert sign_in(client, f"{START}?process=connect").headers["Location"] == "/account/3rdparty/"
    assert SocialAccount.objects.get().user == ada
    other = Client()
    sign_in(other)
    assert is_logged_in(other)
    assert User.objects.count() == 1


def test_a_login_that_is_linked_to_one_person_is_not_linked_to_another(provider: Provider) -> None:
    sign_in(Client())
    bob, client = person("bob@example.com"), Client()
    log_in(client, bob.email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert sign_in(client, f"{START}?process=connect").status_code < 500
    assert SocialAccount.objects.get().user.email == "ada@example.com"


def test_a_callback_with_anothers_state_or_a_used_code_logs_nobody_in(provider: Provider) -> None:
    thief, victim = Client(), Client()
    stolen = leave(thief)
    assert victim.get(stolen).status_code < 500  # the state is of another session
    query = parse_qs(urlsplit(stolen).query)
    own_state = parse_qs(urlsplit(leave(victim)).query)["state"][0]
    injected = f"{CALLBACK}?{urlencode({'code': query['code'][0], 'state': own_state})}"
    assert victim.get(injected).status_code < 500  # the code was made for another PKCE verifier
    assert not is_logged_in(victim)
    used = leave(thief)
    thief.get(used)
    again = Client()
    assert again.get(used).status_code < 500
    assert (is_logged_in(again), User.objects.count()) == (False, 1)


@pytest.mark.parametrize("claims", [{"aud": "another-client"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": "2"}])
def test_an_id_token_for_others_out_of_date_or_of_another_person_is_refused(provider: Provider, claims: dict[str, Any]) -> None:
    provider.token_claims = claims
    client = Client()
    answer = sign_in(client)
    assert answer.status_code < 500
    assert not is_logged_in(client)
    assert not User.objects.exists()


def test_cancelling_at_the_provider_leads_back_without_a_login(provider: Provider) -> None:
    provider.refuses = True
    client = Client()
    answer = client.get(leave(client), follow=True)
    assert answer.status_code == 200
    assert not is_logged_in(client)


def test_a_provider_that_does_not_answer_is_reported_on_a_page(provider: Provider) -> None:
    client = Client()
    back = leave(client)
    provider.is_broken = True
    assert client.post(START).headers["Location"] == LOGIN
    assert "The other server does not answer." in client.get(LOGIN).content.decode()
    assert client.get(back).headers["Location"] == LOGIN
    assert not is_logged_in(client)


def test_sign_ups_by_the_provider_count_against_the_days_limit(provider: Provider, settings: Any) -> None:
    settings.TTSAI_SIGN_UPS_PER_DAY = 1
    sign_in(Client())
    provider.person = {"sub": "2", "email": "bob@example.com", "email_verified": True}
    client = Client()
    assert sign_in(client).headers["Location"] == LOGIN
    assert "too many sign-ups" in client.get(LOGIN).content.decode()
    assert User.objects.count() == 1
