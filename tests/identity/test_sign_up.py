"""Sign-up: verification by a code, the first account with its bonus, limits by address block."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, Membership, User
from apps.billing.models import EntryKind, LedgerEntry
from apps.billing.services.accounts import BONUS_MILLICREDITS
from apps.identity.addresses import is_disposable, mailbox_of
from apps.identity.models import ClaimedBonus, SignUpCount
from apps.identity.services import forget_sign_ups, open_account_of, open_first_account
from apps.identity.services.unverified import forget_unverified_people
from apps.mail.models import OutgoingMail
from tests.identity.people import PASSWORD, SIGN_UP, log_in, person, sign_up, verify


def bonuses() -> list[tuple[int, int]]:
    return list(LedgerEntry.objects.filter(kind=EntryKind.BONUS).values_list("account_id", "amount_millicredits"))


def test_person_who_verifies_the_address_gets_an_account_with_the_bonus() -> None:
    client = Client()
    assert sign_up(client, "New@Example.com").headers["Location"] == "/account/confirm-email/"
    assert (Account.objects.count(), client.get("/account/").status_code) == (0, 302)
    assert verify(client, "new@example.com").headers["Location"] == "/dashboard/"
    membership = Membership.objects.select_related("account", "user").get()
    assert (membership.role, membership.user.email, membership.account.plan.slug) == ("owner", "new@example.com", "free")
    assert bonuses() == [(membership.account_id, BONUS_MILLICREDITS)]
    assert client.get("/account/").status_code == 200
    assert client.get("/web/v1/account").json()["id"] == membership.account_id


def test_wrong_code_opens_nothing_and_too_many_end_the_attempt() -> None:
    client = Client()
    sign_up(client, "new@example.com")
    answers = [client.post("/account/confirm-email/", {"code": "WRNG-CODE"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert client.post("/account/confirm-email/", {"code": "WRNG-CODE"}).headers["Location"] == "/account/login/"
    assert (Account.objects.count(), EmailAddress.objects.get().verified) == (0, False)


def test_code_is_valid_in_the_session_that_asked_for_it_only() -> None:
    client, thief = Client(), Client()
    sign_up(client, "new@example.com")
    assert verify(thief, "new@example.com").headers["Location"] == "/account/login/"
    assert Account.objects.count() == 0


def test_person_who_closed_the_window_logs_in_and_gets_another_code() -> None:
    sign_up(Client(), "new@example.com")
    OutgoingMail.objects.all().delete()
    client = Client()
    assert log_in(client, "new@example.com").headers["Location"] == "/account/confirm-email/"
    assert verify(client, "new@example.com").headers["Location"] == "/dashboard/"
    assert Account.objects.count() == 1


def test_new_code_is_sent_on_request_and_ends_the_one_before() -> None:
    client = Client()
    sign_up(client, "new@example.com")
    old = OutgoingMail.objects.get().text.split()
    assert client.post("/account/confirm-email/", {"action": "resend"}).status_code == 302
    code = next(word for word in old if len(word) == 9 and word[4] == "-")
    assert client.post("/account/confirm-email/", {"code": code}).status_code == 200
    assert verify(client, "new@example.com").status_code == 302
    assert OutgoingMail.objects.count() == 2


def test_person_with_a_wrong_address_signs_up_again() -> None:
    client = Client()
    sign_up(client, "tpyo@example.com")
    assert client.post("/account/logout/", {"next": "/account/signup/"}).headers["Location"] == "/account/signup/"
    sign_up(client, "typo@example.com")
    verify(client, "typo@example.com")
    assert Membership.objects.get().user.email == "typo@example.com"


@pytest.mark.parametrize("password", ["short", "1234567890", "password123"])
def test_weak_password_is_refused_beside_its_field(password: str) -> None:
    answer = sign_up(Client(), "new@example.com", password=password)
    assert (answer.status_code, User.objects.count()) == (200, 0)
    assert 'id="id_password1_error"' in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("A.B+spam@GMail.com", "ab@gmail.com"),
        ("ab@googlemail.com", "ab@gmail.com"),
        ("a.b+x@example.com", "a.b@example.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_equal(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox


def test_bonus_is_given_once_for_all_spellings_of_a_mailbox() -> None:
    for address in ("ann.lee@gmail.com", "annlee+two@gmail.com", "AnnLee@googlemail.com"):
        client = Client()
        sign_up(client, address)
        verify(client, address.lower())
    assert (Account.objects.count(), len(bonuses())) == (3, 1)
    assert not ClaimedBonus.objects.filter(digest__contains="annlee").exists()


def test_bonus_does_not_come_back_with_a_further_account_or_after_deletion() -> None:
    user = person("ann@example.com")
    first = open_first_account(user)
    assert first is not None
    assert open_first_account(user) is None
    second = open_account_of(user, name="Second", address="192.0.2.1")
    user.delete()
    third = open_first_account(person("ann@example.com"))
    assert third is not None
    assert bonuses() == [(first.pk, BONUS_MILLICREDITS)]
    assert [account.balance.available_millicredits for account in (second, third)] == [0, 0]


def test_account_is_opened_for_verified_addresses_only() -> None:
    user = person("ann@example.com")
    EmailAddress.objects.update(verified=False)
    assert (open_first_account(user), Account.objects.count()) == (None, 0)


def test_throw_away_mailboxes_are_known_with_their_subdomains() -> None:
    assert [is_disposable(f"a@{domain}") for domain in ("mailinator.com", "x.mailinator.com", "example.com", "com")] == [
        True,
        True,
        False,
        False,
    ]


def test_sign_ups_with_throw_away_mailboxes_are_few_and_have_no_bonus() -> None:
    client = Client()
    sign_up(client, "a@mailinator.com")
    verify(client, "a@mailinator.com")
    assert (Account.objects.count(), bonuses()) == (1, [])
    refused = sign_up(Client(), "b@mailinator.com")
    assert "too many sign-ups with addresses of throw-away mailboxes" in refused.content.decode()
    assert sign_up(Client(), "b@example.com").status_code == 302


def test_throw_away_mailboxes_may_be_refused_altogether(settings: Any) -> None:
    settings.TTSAI_DISPOSABLE_SIGN_UPS_PER_DAY = 0
    assert "not accepted" in sign_up(Client(), "a@mailinator.com").content.decode()
    assert User.objects.count() == 0


def test_sign_ups_of_an_address_block_are_limited_for_known_addresses_too(settings: Any) -> None:
    settings.TTSAI_SIGN_UPS_PER_DAY = 2
    person("known@example.com")
    one, other = {"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8:0:0:ffff::2"}

    def attempt(email: str, place: dict[str, str]) -> int:
        return Client().post("/account/signup/", {"email": email, "password1": PASSWORD}, **place).status_code

    assert [attempt("a@example.com", one), attempt("known@example.com", other), attempt("b@example.com", one)] == [302, 302, 200]
    assert attempt("b@example.com", {"REMOTE_ADDR": "2001:db8:0:1::1"}) == 302
    assert SignUpCount.objects.get(block="2001:db8::/64").count == 2


def test_change_of_the_address_brings_no_other_bonus() -> None:
    user = person("ann@example.com")
    first = open_first_account(user)
    EmailAddress.objects.filter(user=user).update(email="other@example.com")
    User.objects.filter(pk=user.pk).update(email="other@example.com")
    second = open_account_of(User.objects.get(), name="Second", address="192.0.2.1")
    assert first is not None
    assert (bonuses(), second.balance.available_millicredits) == ([(first.pk, BONUS_MILLICREDITS)], 0)
    User.objects.all().delete()
    open_first_account(person("other@example.com"))  # its mailbox was used up with the second account
    assert len(bonuses()) == 1


def test_further_accounts_and_changes_of_the_address_count_as_sign_ups(settings: Any) -> None:
    settings.TTSAI_SIGN_UPS_PER_DAY = 2
    client = Client()
    log_in(client, person("ann@example.com").email)
    assert client.post("/dashboard/accounts/new/", {"name": "Second"}).status_code == 302
    assert client.post("/account/email/", {"action_add": "", "email": "other@example.com"}).status_code == 302
    for path, form in (
        ("/account/email/", {"action_add": "", "email": "third@example.com"}),
        ("/dashboard/accounts/new/", {"name": "Third"}),
    ):
        assert "too many sign-ups" in client.post(path, form).content.decode(), path
    assert (Account.objects.filter(name="Third").count(), SignUpCount.objects.get().count) == (0, 2)


def test_sign_ups_of_a_whole_site_of_blocks_are_limited_too(settings: Any) -> None:
    settings.TTSAI_SIGN_UPS_PER_DAY = 1
    statuses = [
        Client(REMOTE_ADDR=f"2001:db8:0:{number}::1").post(SIGN_UP, {"email": f"{number}@example.com", "password1": PASSWORD}).status_code
        for number in range(6)
    ]
    assert statuses == [302] * 5 + [200]
    counts = {count.block: count.count for count in SignUpCount.objects.all()}
    assert counts == {**{f"2001:db8:0:{number}::/64".replace(":0:0::", "::"): 1 for number in range(5)}, "2001:db8::/48": 5}


def test_sign_up_may_be_closed_by_the_operator(settings: Any) -> None:
    settings.ACCOUNT_SIGNUP_ENABLED = False
    assert "closed" in Client().get("/account/signup/").content.decode().lower()
    sign_up(Client(), "new@example.com")
    assert User.objects.count() == 0


def test_old_counts_and_people_who_never_verified_are_forgotten() -> None:
    sign_up(Client(), "never@example.com")
    sign_up(Client(), "soon@example.com")
    kept = person("ann@example.com")
    assert (forget_sign_ups(), forget_unverified_people()) == (0, 0)
    later = timezone.now() + timedelta(days=8)
    assert (forget_sign_ups(now=later), forget_unverified_people(now=later)) == (1, 2)
    assert list(User.objects.all()) == [kept]
