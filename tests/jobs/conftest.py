"""Every test of jobs has its own object store folder, and commits for real."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.core.storage import get_storage
from apps.jobs.models import ReaperClock
from apps.jobs.publishing import forget_broker_state


@pytest.fixture(autouse=True)
def _jobs(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    forget_broker_state()
    yield
    get_storage.cache_clear()


@pytest.fixture
def _awake() -> None:
    """The reaper ran a moment ago."""
    ReaperClock.objects.create(last_run_at=timezone.now())
