"""A catalogue, an object store, and three people: the owner, a colleague, an outsider."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import Account
from tests.factories import AccountFactory
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state


@pytest.fixture
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def owner() -> Account:
    return AccountFactory(credits=1000)


@pytest.fixture
def outsider() -> Account:
    return AccountFactory(credits=1000)
