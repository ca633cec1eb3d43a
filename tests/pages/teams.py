"""Rows of apps/teams/urls.py."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Account, Role
from apps.accounts.roles import Permission
from apps.teams.models import Invitation
from tests.factories import MembershipFactory, UserFactory
from tests.pages.table import Owned, file, page, post

MEMBER, INVITED = "quillons.friend@example.org", "quillons.guest@example.org"
TEAM = Permission.TEAM


def make_invitation(account: Account) -> Invitation:
    """Open invitation whose mail was sent an hour ago."""
    now = timezone.now()
    return Invitation.objects.create(
        account=account,
        email=INVITED,
        role=Role.VIEWER,
        digest="d" * 64,
        sent_at=now - timedelta(hours=1),
        expires_at=now + timedelta(days=1),
    )


def a_team(account: Account) -> Owned:
    make_invitation(account)
    MembershipFactory(account=account, user=UserFactory(email=MEMBER), role=Role.DEVELOPER)
    return Owned(shown=(MEMBER, INVITED))


def a_member(account: Account) -> Owned:
    member = MembershipFactory(account=account, user=UserFactory(email=MEMBER), role=Role.DEVELOPER)
    return Owned(path={"membership_id": str(member.pk)}, hidden=(MEMBER,))


def an_invitation(account: Account) -> Owned:
    return Owned(path={"invitation_id": str(make_invitation(account).pk)}, hidden=(INVITED,))


def an_account(account: Account) -> Owned:
    return Owned(body={"account": str(account.pk)})


ROWS = [
    page("dashboard/team/", owns=a_team, permission=Permission.READ_TEAM),
    post("dashboard/team/invite/", permission=TEAM, body={"email": "new.friend@example.org", "role": "viewer"}),
    post("dashboard/team/invitations/<invitation_id>/resend/", permission=TEAM, owns=an_invitation),
    post("dashboard/team/invitations/<invitation_id>/revoke/", permission=TEAM, owns=an_invitation),
    post("dashboard/team/members/<membership_id>/role/", permission=TEAM, owns=a_member, body={"role": "viewer"}),
    post("dashboard/team/members/<membership_id>/remove/", permission=TEAM, owns=a_member),
    post("dashboard/team/members/<membership_id>/transfer/", permission=TEAM, owns=a_member),
    post("dashboard/team/leave/", permission=Permission.READ_USAGE),
    post("dashboard/team/rename/", permission=Permission.ACCOUNT, body={"name": "Another name"}),
    post("account/switch/", access="people", owns=an_account),
    file("invitations/<token>/", access="anybody", at={"token": "unknown"}, status=302),
    page("invitations/open/", access="anybody", status=404),  # without the link of a mail
    post("invitations/open/accept/", access="anybody"),
    post("invitations/open/decline/", access="anybody"),
]
