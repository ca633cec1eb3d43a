"""The migration that records bonuses which were paid before they were bound to a mailbox."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps

from apps.accounts.models import Account, Role
from apps.billing.models import LedgerEntry
from apps.billing.services import open_account
from apps.identity.models import ClaimedBonus
from apps.identity.services import open_first_account
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
record_claims = import_module("apps.identity.migrations.0002_claims_of_paid_bonuses").record_claims


def bonuses() -> int:
    return LedgerEntry.objects.filter(kind="bonus").count()


def test_a_person_with_a_bonus_from_before_gets_no_second_one_by_another_address() -> None:
    account = open_account(email="ada@example.com", actor="ada@example.com")
    user = account.users.get()
    record_claims(apps, None)
    user.memberships.all().delete()
    user.email = "other@example.com"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert open_first_account(user) is not None
    assert (bonuses(), Account.objects.count()) == (1, 2)


def test_the_mailbox_of_a_bonus_from_before_gets_no_second_one_by_another_person() -> None:
    open_account(email="ada.b+x@gmail.com", actor="ada.b+x@gmail.com")
    record_claims(apps, None)
    record_claims(apps, None)
    other = UserFactory(email="adab@gmail.com")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    open_first_account(other)
    assert (bonuses(), ClaimedBonus.objects.count()) == (1, 3)


def test_people_without_a_bonus_and_operators_who_opened_accounts_have_no_claim() -> None:
    operator = UserFactory(email="operator@example.com", is_staff=True)
    open_account(email="ada@example.com", actor=operator.email)
    MembershipFactory(role=Role.OWNER)
    record_claims(apps, None)
    assert ClaimedBonus.objects.count() == 2  # Ada and her mailbox


def test_claims_are_not_recorded_with_a_key_that_the_platform_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTSAI_SECRET_KEY")
    record_claims(apps, None)
    open_account(email="ada@example.com", actor="ada@example.com")
    with pytest.raises(RuntimeError, match="Set TTSAI_SECRET_KEY"):
        record_claims(apps, None)
