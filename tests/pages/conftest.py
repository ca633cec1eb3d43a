"""A catalogue, an object store, and people: the owner of an account, and a member of another one."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts.models import Account, Role
from tests.factories import AccountFactory, MembershipFactory, UserFactory
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state
from tests.web.shell import running_shell

OWNERS_NAMES = OWNERS_ACCOUNT, OWNERS_ADDRESS = "Quillon Lighthouse", "quillon.owner@example.org"


@pytest.fixture
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture(scope="module")
def shell(django_db_setup: None) -> Iterator[str]:
    """URL of the real web process, which has what Django's test server lacks, such as event streams; one for all pages of a module."""
    with running_shell() as running:
        yield running.url


@pytest.fixture
def owner() -> Account:
    """Account with a name that no page of another account may show."""
    account = AccountFactory(name=OWNERS_ACCOUNT, credits=1000)
    MembershipFactory(account=account, user=UserFactory(email=OWNERS_ADDRESS), role=Role.OWNER)
    return account


@pytest.fixture
def member_of() -> Callable[..., Client]:
    """Client that is logged in as a new member of an account, with a verified address."""

    def log_in(account: Account, *, role: Role = Role.OWNER, **options: Any) -> Client:
        client, user = Client(**options), MembershipFactory(account=account, role=role).user
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def outsider() -> Account:
    return AccountFactory(name="Another account", credits=1000)


@dataclass
class People:
    """The owner's account and another one, and people of both who are logged in before a walk, so that no case logs them in again."""

    owner: Account
    outsider: Account
    logged_in: dict[tuple[Account, Role], Client]

    def member(self, role: Role = Role.OWNER) -> Client:
        """A client of its own of the member of the owner's account with the role."""
        return self._client(self.owner, role)

    def stranger(self) -> Client:
        """A client of its own of a member of the other account."""
        return self._client(self.outsider, Role.OWNER)

    def _client(self, account: Account, role: Role) -> Client:
        client = Client()
        client.cookies = copy(self.logged_in[account, role].cookies)
        return client


@pytest.fixture
def people(owner: Account, outsider: Account, member_of: Callable[..., Client]) -> People:
    members = [(owner, role) for role in (Role.OWNER, Role.VIEWER, Role.BILLING, Role.DEVELOPER)]
    return People(owner, outsider, {(account, role): member_of(account, role=role) for account, role in [*members, (outsider, Role.OWNER)]})
