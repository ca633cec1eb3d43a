"""People who look at the pages, each in a browser of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Account, Membership, Role
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory
from tests.fresh_state import fresh_state

MemberOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        AnonymousPlanFactory()
        yield


@pytest.fixture
def membership() -> Membership:
    """Owner of an account with 1,000 credits."""
    return MembershipFactory(account=AccountFactory(credits=1000, name="Ada's account"), role=Role.OWNER)


@pytest.fixture
def account(membership: Membership) -> Account:
    return membership.account


@pytest.fixture
def browser(membership: Membership) -> Client:
    """Browser of the owner."""
    client = Client()
    client.force_login(membership.user)
    return client


@pytest.fixture
def browser_of() -> MemberOf:
    """Makes a browser of a new member with a role; without an account, of a stranger."""

    def make(role: Role = Role.OWNER, account: Account | None = None) -> Client:
        client = Client()
        client.force_login(MembershipFactory(account=account or AccountFactory(), role=role).user)
        return client

    return make
