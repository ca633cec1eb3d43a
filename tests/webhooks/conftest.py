"""Receiver that the platform may reach."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from tests.factories_jobs import announce
from tests.fresh_state import load_defaults
from tests.webhooks.receivers import Receiver, receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as server:
        settings.TTSAI_OUTBOUND_ALLOW = [server.address]
        yield server


@pytest.fixture
def working_platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Platform that accepts jobs, and commits for real."""
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    forget_broker_state()
    load_defaults()
    announce()
    yield
    get_storage.cache_clear()
