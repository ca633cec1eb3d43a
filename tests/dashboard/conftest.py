"""An account with a catalogue and an object store, its owner's client, and a caller with a key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.callers import Caller
from apps.accounts.models import Account, Role
from tests.factories import AccountFactory, MembershipFactory
from tests.factories_jobs import announce, caller
from tests.fresh_state import fresh_state


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def account() -> Account:
    return AccountFactory(credits=1000)


@pytest.fixture
def owner(account: Account) -> Client:
    """Client of the account's owner."""
    client = Client()
    client.force_login(MembershipFactory(account=account, role=Role.OWNER).user)
    return client


@pytest.fixture
def sender(account: Account) -> Caller:
    """Caller with a key of the account."""
    return caller(account)
