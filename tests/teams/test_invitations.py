"""Invitations: one address, one use, a week; mails with links that end, and limits of how many are sent."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.callers import Caller, caller_of_session
from apps.accounts.models import Account, ApiKey, Membership, Role
from apps.billing.models import LedgerEntry
from apps.core.errors import ApplicationError
from apps.mail.models import OutgoingMail
from apps.teams import services
from apps.teams.models import Invitation, MemberEvent
from tests.factories import AccountFactory, MembershipFactory, UserFactory
from tests.fresh_state import fresh_state
from tests.identity.people import PASSWORD, log_in, person, verify

TEAM = "/dashboard/team/"
OPEN = "/invitations/open/"


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        yield


@pytest.fixture
def owner() -> Membership:
    return MembershipFactory(user=person("owner@example.com"), account=AccountFactory(name="Studio"), role=Role.OWNER)


def caller(membership: Membership) -> Caller:
    return caller_of_session(membership, address="127.0.0.1")


def logged_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def invite(owner: Membership, email: str = "ann@example.com", role: str = "developer") -> Invitation:
    return services.invite_person(caller(owner), email=email, role=role, link_base="http://testserver")


def link_of(email: str = "ann@example.com") -> str:
    """Path of the link in the newest mail to the address."""
    mail = OutgoingMail.objects.filter(to=email).first()
    assert mail is not None
    found = re.search(r"http://[^/]+(/invitations/\S+/)", mail.text)
    assert found is not None, mail.text
    return found[1]


def refused(call: Any, *args: Any, **named: Any) -> tuple[int, str]:
    with pytest.raises(ApplicationError) as error:
        call(*args, **named)
    return error.value.status, error.value.code


def age(minutes: float) -> None:
    """Let every invitation be that much older."""
    for one in Invitation.objects.all():
        one.sent_at, one.expires_at = one.sent_at - timedelta(minutes=minutes), one.expires_at - timedelta(minutes=minutes)
        one.save()


def test_owner_invites_and_person_with_a_login_accepts(owner: Membership) -> None:
    assert logged_in(owner).post(f"{TEAM}invite/", {"email": " Ann@Example.com ", "role": "viewer"}).headers["Location"] == TEAM
    ann, client = person("ann@example.com"), Client()
    link = link_of()
    assert client.get(link).headers["Location"] == OPEN
    assert "Sign in to accept" in client.get(OPEN).content.decode()
    log_in(client, ann.email, next=OPEN)
    page = client.get(OPEN).content.decode()
    assert ("Join Studio" in page, "owner@example.com invites" in page) == (True, True)
    assert client.post(f"{OPEN}accept/").headers["Location"] == "/dashboard/"
    assert Membership.objects.get(user=ann).role == Role.VIEWER
    assert client.get("/web/v1/account").json()["id"] == owner.account_id
    events = [(event.actor, event.action, event.detail) for event in MemberEvent.objects.order_by("id")]
    assert events == [("owner@example.com", "invited", "as viewer"), ("ann@example.com", "joined", "as viewer")]


def test_invited_person_signs_up_without_an_account_or_bonus_of_their_own(owner: Membership) -> None:
    invite(owner)
    client = Client()
    client.get(link_of())
    assert "Sign up to accept" in client.get(OPEN).content.decode()
    client.post("/account/signup/", {"email": "ann@example.com", "password1": PASSWORD, "next": OPEN})
    assert verify(client, "ann@example.com").headers["Location"] == OPEN
    assert client.post(f"{OPEN}accept/").status_code == 302
    assert [(one.account_id, one.role) for one in Membership.objects.filter(user__email="ann@example.com")] == [
        (owner.account_id, Role.DEVELOPER)
    ]
    assert (Account.objects.count(), LedgerEntry.objects.count()) == (1, 0)


def test_invitation_is_for_the_invited_address_only(owner: Membership) -> None:
    invitation = invite(owner)
    other, client = person("other@example.com"), Client()
    client.get(link_of())
    log_in(client, other.email, next=OPEN)
    answer = client.get(OPEN)
    assert (answer.status_code, "This invitation is for ann@example.com" in answer.content.decode()) == (403, True)
    client.post(f"{OPEN}accept/")
    assert not Membership.objects.filter(user=other).exists()
    unverified = UserFactory(email="ann@example.com")
    assert refused(services.accept_invitation, unverified, invitation_id=invitation.pk) == (403, "another_address")


def test_invitation_is_accepted_once(owner: Membership) -> None:
    invitation, ann = invite(owner), person("ann@example.com")
    services.accept_invitation(ann, invitation_id=invitation.pk)
    Membership.objects.filter(user=ann).delete()
    assert refused(services.accept_invitation, ann, invitation_id=invitation.pk) == (410, "invitation_ended")


def test_new_mail_ends_the_link_of_the_one_before(owner: Membership) -> None:
    invitation, client = invite(owner), Client()
    first = link_of()
    assert refused(services.resend_invitation, caller(owner), invitation_id=invitation.pk, link_base="http://testserver") == (
        429,
        "just_sent",
    )
    age(minutes=2)
    services.resend_invitation(caller(owner), invitation_id=invitation.pk, link_base="http://testserver")
    client.get(first)
    assert client.get(OPEN).status_code == 404
    client.get(link_of())
    assert client.get(OPEN).status_code == 200


@pytest.mark.parametrize("end", ["revoked", "expired", "declined"])
def test_ended_invitation_opens_nothing(owner: Membership, end: str) -> None:
    invitation, ann, client = invite(owner), person("ann@example.com"), Client()
    if end == "revoked":
        services.revoke_invitation(caller(owner), invitation_id=invitation.pk)
    elif end == "declined":
        services.decline_invitation(ann, invitation_id=invitation.pk)
    else:
        age(minutes=7 * 24 * 60 + 1)
    client.get(link_of())
    assert client.get(OPEN).status_code == 410
    assert refused(services.accept_invitation, ann, invitation_id=invitation.pk) == (410, "invitation_ended")


@pytest.mark.parametrize("token", ["x", "a" * 43, "a:b", "%00", "a" * 3000])
def test_guessed_link_is_not_found(token: str) -> None:
    client = Client()
    client.get(f"/invitations/{token}/")
    assert client.get(OPEN).status_code == 404


def test_token_is_stored_as_a_digest_and_its_mail_is_blanked(owner: Membership) -> None:
    invitation = invite(owner)
    token = link_of().split("/")[2]
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values())


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [("nobody", "viewer", "invalid_request"), ("", "viewer", "invalid_request"), ("a@example.com", "king", "invalid_request"),
     (f"a@{'é' * 60}.com", "viewer", "invalid_request"),
     ("owner@example.com", "viewer", "already_a_member")],
)  # fmt: skip
def test_mistakes_of_an_invitation_are_shown_beside_its_field(owner: Membership, email: str, role: str, code: str) -> None:
    assert refused(services.invite_person, caller(owner), email=email, role=role, link_base="")[1] == code
    answer = logged_in(owner).post(f"{TEAM}invite/", {"email": email, "role": role})
    assert (answer.status_code in {400, 409}, 'id="invite-error"' in answer.content.decode()) == (True, True)
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_account_sends_a_bounded_number_of_invitations(owner: Membership, monkeypatch: Any) -> None:
    monkeypatch.setattr(services.invitations, "OPEN_INVITATIONS", 2)
    monkeypatch.setattr(services.invitations, "INVITATIONS_PER_DAY", 3)
    first = invite(owner, "a@example.com")
    invite(owner, "b@example.com")
    assert refused(invite, owner, "c@example.com") == (409, "too_many_invitations")
    services.revoke_invitation(caller(owner), invitation_id=first.pk)
    invite(owner, "c@example.com")
    services.revoke_invitation(caller(owner), invitation_id=Invitation.objects.get(email="b@example.com").pk)
    assert refused(invite, owner, "d@example.com")[0] == 429


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.BILLING, Role.VIEWER])
def test_only_owners_change_the_team(owner: Membership, role: Role) -> None:
    member = MembershipFactory(account=owner.account, role=role)
    invitation, client = invite(owner), logged_in(member)
    assert client.get(TEAM).status_code == (403 if role == Role.BILLING else 200)
    forms = {
        "invite/": {"email": "b@example.com", "role": "owner"}, f"members/{member.pk}/role/": {"role": "owner"},
        f"members/{owner.pk}/remove/": {}, f"members/{member.pk}/transfer/": {}, f"invitations/{invitation.pk}/resend/": {},
        f"invitations/{invitation.pk}/revoke/": {}, "rename/": {"name": "Mine"},
    }  # fmt: skip
    assert {path: client.post(TEAM + path, body).status_code for path, body in forms.items()} == dict.fromkeys(forms, 403)
    by_service = caller(member)
    assert refused(services.change_role, by_service, membership_id=member.pk, role="owner") == (403, "not_an_owner")
    assert refused(services.transfer_ownership, by_service, membership_id=member.pk) == (403, "not_an_owner")
    member.refresh_from_db()
    assert (member.role, Membership.objects.count(), Invitation.objects.get().revoked_at) == (role, 2, None)


def test_former_owner_cannot_use_an_open_page(owner: Membership) -> None:
    heir = MembershipFactory(account=owner.account, role=Role.VIEWER)
    old = caller(owner)
    services.transfer_ownership(old, membership_id=heir.pk)
    owner.refresh_from_db()
    assert (owner.role, Membership.objects.get(pk=heir.pk).role) == (Role.DEVELOPER, Role.OWNER)
    assert refused(services.change_role, old, membership_id=owner.pk, role="owner") == (403, "not_an_owner")


def test_objects_of_another_account_are_not_found(owner: Membership) -> None:
    stranger = MembershipFactory(role=Role.OWNER)
    invitation, by = invite(owner), caller(stranger)
    calls: list[tuple[Any, dict[str, Any]]] = [
        (services.change_role, {"membership_id": owner.pk, "role": "viewer"}),
        (services.remove_member, {"membership_id": owner.pk, "revokes_keys": True}),
        (services.transfer_ownership, {"membership_id": owner.pk}),
        (services.revoke_invitation, {"invitation_id": invitation.pk}),
        (services.resend_invitation, {"invitation_id": invitation.pk, "link_base": ""}),
    ]
    assert [refused(call, by, **named)[0] for call, named in calls] == [404] * 5


def test_last_owner_can_neither_leave_nor_step_down_nor_be_removed(owner: Membership) -> None:
    by = caller(owner)
    assert refused(services.leave_account, by) == (409, "last_owner")
    assert refused(services.change_role, by, membership_id=owner.pk, role="viewer") == (409, "last_owner")
    assert refused(services.remove_member, by, membership_id=owner.pk, revokes_keys=False) == (409, "last_owner")
    MembershipFactory(account=owner.account, role=Role.OWNER)
    services.leave_account(by)
    assert Membership.objects.filter(account=owner.account).count() == 1


def test_removed_member_loses_pages_at_once_and_keys_on_request(owner: Membership) -> None:
    member = MembershipFactory(account=owner.account, role=Role.DEVELOPER)
    client = logged_in(member)
    client.post("/web/v1/keys", {"name": "theirs"}, content_type="application/json")
    assert client.get(TEAM).status_code == 200
    logged_in(owner).post(f"{TEAM}members/{member.pk}/remove/", {"revokes_keys": "on"})
    assert client.get(TEAM).headers["Location"] == "/dashboard/accounts/new/"
    assert ApiKey.objects.get().revoked_at is not None


def test_person_switches_between_their_accounts_only(owner: Membership) -> None:
    second = MembershipFactory(user=owner.user, account=AccountFactory(), role=Role.VIEWER)
    client, foreign = logged_in(owner), AccountFactory()
    long = f"{second.account_id:018d}9"
    assert client.get("/web/v1/account").json()["id"] == owner.account_id
    assert client.get("/account/switch/").status_code == 405
    assert [client.post("/account/switch/", {"account": asked}).status_code for asked in (second.account_id, foreign.pk, "x", "", long)] == [
        302, 404, 404, 404, 404,
    ]  # fmt: skip
    assert client.get("/web/v1/account").json()["id"] == second.account_id


def test_person_opens_a_further_account_and_acts_for_it(owner: Membership) -> None:
    client = logged_in(owner)
    assert client.post("/dashboard/accounts/new/", {"name": " "}).status_code == 400
    assert client.post("/dashboard/accounts/new/", {"name": "Second  studio"}).headers["Location"] == "/dashboard/"
    second = Membership.objects.exclude(pk=owner.pk).get()
    assert (second.role, second.account.name) == (Role.OWNER, "Second studio")
    assert client.get("/web/v1/account").json()["id"] == second.account_id


def test_team_page_needs_few_queries_for_many_members(owner: Membership, django_assert_max_num_queries: Any) -> None:
    MembershipFactory.create_batch(8, account=owner.account, role=Role.VIEWER)
    for number in range(4):
        invite(owner, f"{number}@example.com")
    client = logged_in(owner)
    with django_assert_max_num_queries(10):
        assert client.get(TEAM).status_code == 200


@pytest.mark.parametrize("loss", ["removed", "left", "demoted", "transferred"])
def test_former_owner_does_not_come_back_by_an_invitation_of_theirs(owner: Membership, loss: str) -> None:
    former = MembershipFactory(user=person("former@example.com"), account=owner.account, role=Role.OWNER)
    invitation = invite(former, "second@example.com", role="owner")
    kept = invite(owner, "kept@example.com")
    if loss == "removed":
        services.remove_member(caller(owner), membership_id=former.pk)
    elif loss == "left":
        services.leave_account(caller(former))
    elif loss == "demoted":
        services.change_role(caller(owner), membership_id=former.pk, role="viewer")
    else:
        services.transfer_ownership(caller(former), membership_id=MembershipFactory(account=owner.account, role=Role.VIEWER).pk)
    invitation.refresh_from_db()
    kept.refresh_from_db()
    assert (invitation.revoked_at is None, kept.revoked_at) == (False, None)
    Invitation.objects.update(revoked_at=None)  # as if it had come from the admin's table of members
    second = person("second@example.com")
    assert refused(services.accept_invitation, second, invitation_id=invitation.pk) == (410, "invitation_ended")
    client = Client()
    client.get(link_of("second@example.com"))
    assert client.get(OPEN).status_code == 410


@pytest.mark.parametrize("is_kept", [False, True])
def test_keys_end_with_the_role_that_made_them_unless_the_owner_keeps_them(owner: Membership, is_kept: bool) -> None:
    member = MembershipFactory(user=person("dev@example.com"), account=owner.account, role=Role.DEVELOPER)
    own, by_owner = logged_in(member), logged_in(owner)
    own.post("/web/v1/keys", {"name": "Nightly build"}, content_type="application/json")
    form = {"role": "viewer", **({"keeps_keys": "on"} if is_kept else {})}
    by_owner.post(f"{TEAM}members/{member.pk}/role/", {**form, "role": "owner"})
    assert ApiKey.objects.get().revoked_at is None
    assert "may make none now" not in by_owner.get(TEAM).content.decode()
    by_owner.post(f"{TEAM}members/{member.pk}/role/", form)
    assert (ApiKey.objects.get().revoked_at is None) == is_kept
    for page, text in ((TEAM, "may make none now"), ("/dashboard/keys/", "Maker lost access")):
        assert (text in by_owner.get(page).content.decode()) == is_kept
    services.leave_account(caller(member))
    assert ApiKey.objects.get().revoked_at is not None


def test_recipient_gets_few_mails_of_an_account_in_a_day(owner: Membership) -> None:
    for number in range(4):
        invitation = invite(owner)
        age(minutes=2)
        if number % 2:
            services.revoke_invitation(caller(owner), invitation_id=invitation.pk)
    assert refused(invite, owner) == (429, "too_many_mails")
    other = invite(owner, "other@example.com")
    for _ in range(3):
        age(minutes=2)
        services.resend_invitation(caller(owner), invitation_id=other.pk, link_base="")
    age(minutes=2)
    assert refused(services.resend_invitation, caller(owner), invitation_id=other.pk, link_base="") == (429, "too_many_mails")
    assert OutgoingMail.objects.count() == 8


@pytest.mark.parametrize(
    ("account", "inviter", "subject"),
    [
        ("Studio", "Ada", "Ada invited you to Studio"),
        ("Studio", "", "owner@example.com invited you to Studio"),
        ("ann.lee@example.com", "Dr. Ada", "Dr. Ada invited you to ann.lee@example.com"),
        ("Win at evil.example.com/now", "https://evil", "A member invited you to an account"),
        ("www.evil.com", "A" * 100, f"{'A' * 59}… invited you to an account"),
    ],
)
def test_mail_holds_names_short_and_without_addresses_of_pages(owner: Membership, account: str, inviter: str, subject: str) -> None:
    owner.account.name, owner.user.name = account, inviter
    owner.account.save()
    owner.user.save()
    invite(owner)
    mail = OutgoingMail.objects.get()
    assert (mail.subject, "evil" in mail.text + mail.html) == (subject, False)


def test_old_invitations_are_forgotten(owner: Membership) -> None:
    invite(owner)
    assert services.forget_invitations() == 0
    assert services.forget_invitations(now=timezone.now() + timedelta(days=38)) == 1
