"""Object store in a folder, an announced worker, and the real server for waiting requests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from tests.factories_jobs import announce
from tests.fresh_state import load_defaults
from tests.speech.people import Person, anonymous, person
from tests.web.shell import RunningShell, running_shell


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    forget_broker_state()
    load_defaults()
    announce()
    yield
    get_storage.cache_clear()


@pytest.fixture
def owner() -> Person:
    """Client with a key and 1,000 credits."""
    return person(credits=1000)


@pytest.fixture
def nobody() -> Person:
    """Client without a key."""
    return anonymous()


@pytest.fixture
def server(settings: Any) -> Iterator[RunningShell]:
    """The web process, with the platform's routes."""
    settings.TTSAI_WEB_THREADS = 4
    with running_shell() as shell:
        yield shell
