"""Members, people and prices that are edited in the admin have the consequences that the services give them."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, ApiKey, Membership, Role, User
from apps.accounts.services import create_key
from apps.audit.models import AuditEntry
from apps.payments.models import CreditPack
from apps.teams.models import Invitation, MemberEvent
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def team() -> tuple[Membership, Membership]:
    """An owner and a developer of one account, whose developer made a key."""
    owner = MembershipFactory(role=Role.OWNER)
    developer = MembershipFactory(account=owner.account, role=Role.DEVELOPER)
    create_key(owner.account, name="of the developer", created_by=developer.user)
    create_key(owner.account, name="of the owner", created_by=owner.user)
    return owner, developer


def rows(*memberships: Membership, **changes: Any) -> dict[str, Any]:
    """Formset of members as the page of the account sends it."""
    body: dict[str, Any] = {"memberships-TOTAL_FORMS": str(len(memberships)), "memberships-INITIAL_FORMS": str(len(memberships))}
    for number, membership in enumerate(memberships):
        values = {"id": membership.pk, "account": membership.account_id, "user": membership.user_id, "role": membership.role}
        body |= {f"memberships-{number}-{name}": value for name, value in values.items()}
    return body | {f"memberships-{name}": value for name, value in changes.items()}


def save(client: Client, account: Account, body: dict[str, Any]) -> Any:
    return client.post(f"/admin/accounts/account/{account.pk}/change/", {"name": account.name, **body})


def live_keys() -> set[str]:
    return set(ApiKey.objects.filter(revoked_at=None).values_list("name", flat=True))


def test_removing_a_member_in_the_admin_revokes_their_keys_and_invitations_and_is_in_the_history(client: Client) -> None:
    owner, developer = team()
    invitation = Invitation.objects.create(
        account=owner.account,
        email="friend@example.com",
        role=Role.VIEWER,
        digest="d" * 64,
        invited_by=developer.user,
        sent_at=timezone.now(),
        expires_at=timezone.now() + timezone.timedelta(days=1),
    )
    assert save(client, owner.account, rows(owner, developer, **{"1-DELETE": "on"})).status_code == 302
    assert list(Membership.objects.filter(account=owner.account)) == [owner]
    assert live_keys() == {"of the owner"}
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    event = MemberEvent.objects.get()
    assert (event.actor, event.action, event.subject, event.detail) == (
        "operator@example.com",
        "removed",
        developer.user.email,
        "and revoked 1 of their keys",
    )
    assert AuditEntry.objects.get(action="change").account_id == owner.account_id


def test_removing_a_membership_on_the_page_of_the_person_has_the_same_consequences(client: Client) -> None:
    owner, developer = team()
    body = {"email": developer.user.email, "name": "", "is_active": "on"}
    body |= rows(developer, **{"0-DELETE": "on"})
    assert client.post(f"/admin/accounts/user/{developer.user_id}/change/", body).status_code == 302
    assert (list(Membership.objects.all()), live_keys()) == ([owner], {"of the owner"})


def test_a_role_that_makes_no_keys_given_in_the_admin_revokes_them(client: Client) -> None:
    owner, developer = team()
    assert save(client, owner.account, rows(owner, developer, **{"1-role": Role.VIEWER})).status_code == 302
    developer.refresh_from_db()
    assert (developer.role, live_keys()) == (Role.VIEWER, {"of the owner"})
    assert MemberEvent.objects.get().detail == "from developer to viewer, and revoked 1 of their keys"


@pytest.mark.parametrize("change", [{"0-DELETE": "on"}, {"0-role": Role.DEVELOPER}])
def test_the_last_owner_is_neither_removed_nor_stepped_down_in_the_admin(client: Client, change: dict[str, str]) -> None:
    owner, developer = team()
    response = save(client, owner.account, rows(owner, developer, **change))
    assert response.status_code == 200
    assert "needs an owner: make another member the owner first." in response.content.decode()
    owner.refresh_from_db()
    assert (owner.role, MemberEvent.objects.count()) == (Role.OWNER, 0)


def test_the_ownership_moves_in_one_form_and_a_new_member_is_added(client: Client) -> None:
    owner, developer = team()
    new = UserFactory()
    body = rows(owner, developer, **{"0-role": Role.DEVELOPER, "1-role": Role.OWNER})
    body |= {"memberships-TOTAL_FORMS": "3", "memberships-2-user": new.pk, "memberships-2-account": owner.account_id}
    assert save(client, owner.account, body | {"memberships-2-role": Role.VIEWER}).status_code == 302
    roles = dict(Membership.objects.filter(account=owner.account).values_list("user_id", "role"))
    assert roles == {owner.user_id: Role.DEVELOPER, developer.user_id: Role.OWNER, new.pk: Role.VIEWER}
    assert sorted(MemberEvent.objects.values_list("action", flat=True)) == ["added", "changed the role", "changed the role"]


def test_another_person_cannot_be_put_in_the_place_of_a_member(client: Client) -> None:
    owner, developer = team()
    other = UserFactory()
    save(client, owner.account, rows(owner, developer, **{"1-user": other.pk}))
    assert set(Membership.objects.values_list("user_id", flat=True)) == {owner.user_id, developer.user_id}


def test_a_person_who_is_locked_out_keeps_neither_sessions_nor_keys(client: Client) -> None:
    _, developer = team()
    browser = Client()
    browser.force_login(developer.user)
    session_key = browser.session.session_key or ""
    UserSession.objects.create(user=developer.user, ip="192.0.2.1", session_key=session_key, user_agent="")
    body = {"email": developer.user.email, "name": "", **rows(developer)}
    assert client.post(f"/admin/accounts/user/{developer.user_id}/change/", body).status_code == 302
    assert not User.objects.get(pk=developer.user_id).is_active
    assert not Session.objects.filter(session_key=session_key).exists()
    assert live_keys() == {"of the owner"}


def test_an_address_that_the_operator_changes_is_the_only_one_and_has_to_be_verified(client: Client) -> None:
    _, developer = team()
    EmailAddress.objects.create(user=developer.user, email=developer.user.email, verified=True, primary=True)
    path, body = f"/admin/accounts/user/{developer.user_id}/change/", {"name": "", "is_active": "on", **rows(developer)}
    assert client.post(path, body | {"email": "New@Example.com"}).status_code == 302
    assert list(EmailAddress.objects.filter(user=developer.user).values_list("email", "verified", "primary")) == [
        ("new@example.com", False, True)
    ]
    EmailAddress.objects.create(user=UserFactory(), email="taken@example.com", verified=True, primary=True)
    refused = client.post(path, body | {"email": "taken@example.com"})
    assert "Another person has verified the address taken@example.com." in refused.content.decode()


def test_a_name_that_the_operator_changes_is_in_the_history_of_the_account(client: Client) -> None:
    owner, developer = team()
    assert save(client, owner.account, {**rows(owner, developer), "name": "Renamed"}).status_code == 302
    event = MemberEvent.objects.get()
    assert (event.actor, event.action, event.detail) == ("operator@example.com", "renamed the account", "to Renamed")


def test_a_new_price_is_refused_while_stripe_charges_the_old_one(client: Client) -> None:
    pack = CreditPack.objects.create(
        slug="small", name="Small", price_minor=500, currency="usd", millicredits=1000, stripe_product="prod_1", stripe_price="price_1"
    )
    path = f"/admin/payments/creditpack/{pack.pk}/change/"
    body = {"name": "Small", "slug": "small", "is_public": "on", "position": "0", "currency": "usd", "millicredits": "1"}
    body |= {"price_minor": "700", "stripe_product": "prod_1", "stripe_price": "price_1"}
    assert "Stripe would still charge the price price_1." in client.post(path, body).content.decode()
    assert client.post(path, body | {"stripe_price": ""}).status_code == 302
    pack.refresh_from_db()
    assert (pack.price_minor, pack.stripe_price) == (700, "")
