"""Fresh platform with an announced worker, and people who look at its pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from tests.factories import AccountFactory, MembershipFactory
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def owner() -> Membership:
    """Owner of an account with 1,000 credits."""
    return MembershipFactory(account=AccountFactory(credits=1000), role=Role.OWNER)


@pytest.fixture
def visitor() -> Client:
    """Browser without a session."""
    return Client()


@pytest.fixture
def browser_of_owner(owner: Membership) -> Client:
    """Browser in which the owner is logged in."""
    client = Client()
    client.force_login(owner.user)
    return client
