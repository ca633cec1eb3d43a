"""Object store in a folder, an announced worker with a deterministic engine, the default plans."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Account
from apps.core.storage import get_storage
from apps.jobs.models import ReaperClock
from apps.jobs.publishing import forget_broker_state
from tests.factories import AccountFactory
from tests.factories_jobs import announce, engine_spec


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    settings.TTSAI_CACHE = True
    get_storage.cache_clear()
    forget_broker_state()
    announce(engine_spec(is_deterministic=True))
    ReaperClock.objects.create(last_run_at=timezone.now())
    yield
    get_storage.cache_clear()


@pytest.fixture
def account() -> Account:
    return AccountFactory(credits=1000)
