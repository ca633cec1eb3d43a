"""State of the process and of its folders that each test of the platform begins with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command

from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from apps.uploads.threads import forget_threads


@contextmanager
def fresh_state(settings: Any, folder: Path) -> Iterator[None]:
    """Empty store and home below the folder, default plans and prices, no threads and no state of the broker from an earlier test."""
    settings.OBJECTS_FOLDER = str(folder / "objects")
    settings.TTSAI_HOME = folder / "home"
    get_storage.cache_clear()
    forget_threads()
    forget_broker_state()
    call_command("load_defaults")
    yield
    get_storage.cache_clear()
    forget_threads()
