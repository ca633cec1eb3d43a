"""Export and erasure of what belongs to the people of an account: addresses, second factors, sessions, invitations, mails."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts.callers import caller_of_session
from apps.accounts.models import Account, Membership, Role, User
from apps.core.errors import NotFoundError
from apps.mail.models import OutgoingMail
from apps.privacy.selectors import find_export, get_ready_export
from apps.privacy.services import continue_erasures, exports, request_erasure
from apps.privacy.services.archives import export_chunks
from apps.privacy.services.notices import DELETION
from apps.teams.models import Invitation, MemberEvent
from apps.teams.services import invite_person
from tests.factories import AccountFactory, MembershipFactory
from tests.fresh_state import fresh_state
from tests.identity.people import add_totp, code_of_app, log_in, person


@pytest.fixture
def owner(db: None, settings: Any, tmp_path: Path) -> Iterator[Membership]:
    """Owner with an authenticator app, a session and an open invitation."""
    with fresh_state(settings, tmp_path):
        user = person("ada@example.com")
        membership = MembershipFactory(user=user, account=AccountFactory(), role=Role.OWNER)
        secret, client = add_totp(user), Client()
        log_in(client, user.email)
        client.post("/account/2fa/authenticate/", {"code": code_of_app(secret)})
        invite_person(caller_of_session(membership, address="127.0.0.1"), email="ann@example.com", role="viewer", link_base="http://a")
        yield membership


def rows_of(account: Account, person: User | None = None) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(export_chunks(account, person=person)))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_export_holds_the_person_without_what_would_let_others_in(owner: Membership) -> None:
    whole = rows_of(owner.account, owner.user)
    names = ("account.emailaddress", "mfa.authenticator", "usersessions.usersession", "teams.invitation", "teams.memberevent")
    assert {f"rows/{name}.jsonl" for name in names} <= set(whole)
    assert "ann@example.com" in whole["rows/teams.invitation.jsonl"]
    session, row = UserSession.objects.get(), Authenticator.objects.get(type="totp")
    for secret in (session.session_key, row.data["secret"], Invitation.objects.get().digest, owner.user.password):
        assert not [name for name, text in whole.items() if secret in text]


def test_export_says_of_other_members_address_role_and_date_alone(owner: Membership) -> None:
    other = MembershipFactory(user=person("bob@example.com", name="Robert Secret"), account=owner.account, role=Role.OWNER)
    EmailAddress.objects.create(user=owner.user, email="private@example.com", verified=True)
    private = ("private@example.com", "usersessions", "mfa.", "Robert Secret", '"password"')
    for asking in (other.user, None):
        whole = rows_of(owner.account, asking)
        members = [json.loads(line) for line in whole["members.jsonl"].splitlines()]
        assert [(member["email"], member["role"], [*member]) for member in members] == [
            (address, "owner", ["email", "role", "joined_at"]) for address in ("ada@example.com", "bob@example.com")
        ]
        found = {text for text in private for name, rows in whole.items() if text in name or text in rows}
        assert found == ({"Robert Secret"} if asking else set())


def test_archive_with_a_persons_login_is_theirs_alone(owner: Membership) -> None:
    other = MembershipFactory(user=person("bob@example.com"), account=owner.account, role=Role.OWNER)
    export = exports.request_export(owner.account, requested_by=owner.user)
    exports.make_exports()
    theirs = exports.request_export(owner.account, requested_by=other.user)
    exports.make_exports()
    assert get_ready_export(owner.account, uuid=export.uuid, person=owner.user).pk == export.pk
    assert find_export(owner.account, person=other.user) == theirs
    with pytest.raises(NotFoundError):
        get_ready_export(owner.account, uuid=export.uuid, person=other.user)


def test_deleting_an_account_keeps_colleagues_logins_and_mails_all_owners(owner: Membership) -> None:
    for address, role in (("bob@example.com", Role.OWNER), ("dev@example.com", Role.DEVELOPER)):
        MembershipFactory(user=person(address), account=owner.account, role=role)
    OutgoingMail.objects.all().delete()
    name = owner.account.name
    for _ in range(2):
        request_erasure(owner.account, requested_by="ada@example.com")
    assert continue_erasures() == 1
    assert sorted(User.objects.values_list("email", flat=True)) == ["bob@example.com", "dev@example.com"]
    assert not Membership.objects.exists()
    mails = [(mail.to, mail.subject, "ada@example.com asked" in mail.text) for mail in OutgoingMail.objects.order_by("to")]
    assert mails == [(address, f"{name} is being deleted", True) for address in ("ada@example.com", "bob@example.com")]


def test_erased_account_leaves_nothing_of_its_people(owner: Membership) -> None:
    OutgoingMail.objects.create(kind="test", to="ada@example.com", subject="x", expires_at="2100-01-01T00:00Z")
    request_erasure(owner.account, requested_by="test")
    assert continue_erasures() == 1
    models = (EmailAddress, Authenticator, UserSession, Session, Invitation, MemberEvent, Membership, User)
    assert {model.__name__: model.objects.count() for model in models} == {model.__name__: 0 for model in models}
    assert [mail.kind for mail in OutgoingMail.objects.filter(to="ada@example.com")] == [DELETION]
