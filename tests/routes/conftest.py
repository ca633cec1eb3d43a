"""A catalogue, an object store, and three people: the owner, a colleague, an outsider."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.models import Account
from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from tests.factories import AccountFactory
from tests.factories_jobs import announce


@pytest.fixture
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    settings.TTSAI_HOME = tmp_path / "home"
    get_storage.cache_clear()
    forget_broker_state()
    call_command("load_defaults")
    announce()
    yield
    get_storage.cache_clear()


@pytest.fixture
def owner() -> Account:
    return AccountFactory(credits=1000)


@pytest.fixture
def outsider() -> Account:
    return AccountFactory(credits=1000)
