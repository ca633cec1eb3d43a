"""Export and erasure of what belongs to the people of an account: addresses, second factors, sessions, invitations, mails."""

import io
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
from apps.accounts.models import Membership, Role, User
from apps.mail.models import OutgoingMail
from apps.privacy.services import continue_erasures, request_erasure
from apps.privacy.services.archives import export_chunks
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


def test_export_holds_people_without_what_would_let_others_in(owner: Membership) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(export_chunks(owner.account)))) as archive:
        whole = {name: archive.read(name).decode() for name in archive.namelist()}
    names = ("account.emailaddress", "mfa.authenticator", "usersessions.usersession", "teams.invitation", "teams.memberevent")
    assert {f"rows/{name}.jsonl" for name in names} <= set(whole)
    assert "ann@example.com" in whole["rows/teams.invitation.jsonl"]
    session, row = UserSession.objects.get(), Authenticator.objects.get(type="totp")
    for secret in (session.session_key, row.data["secret"], Invitation.objects.get().digest, owner.user.password):
        assert not [name for name, text in whole.items() if secret in text]


def test_erased_account_leaves_nothing_of_its_people(owner: Membership) -> None:
    OutgoingMail.objects.create(kind="test", to="ada@example.com", subject="x", expires_at="2100-01-01T00:00Z")
    request_erasure(owner.account, requested_by="test")
    assert continue_erasures() == 1
    models = (EmailAddress, Authenticator, UserSession, Session, Invitation, MemberEvent, Membership, User)
    assert {model.__name__: model.objects.count() for model in models} == {model.__name__: 0 for model in models}
    assert not OutgoingMail.objects.filter(to="ada@example.com").exists()
