"""Announced models that mix and keep voices, with Kokoro's own voices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from tests.factories_jobs import announce, engine_spec
from tests.fresh_state import load_defaults
from tests.speech.people import Person, person
from workers.kokoro.accents import LANGUAGES, VOICES


@pytest.fixture
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    forget_broker_state()
    load_defaults()
    cloning = engine_spec(
        "kokoro-clone",
        languages=LANGUAGES,
        voices=(),
        default_voice="",
        base_engine="kokoro",
        has_cloning=True,
        has_mixing=True,
        queue="kokoro",
    )
    announce(engine_spec(voices=VOICES, languages=LANGUAGES, has_mixing=True), cloning)
    yield
    get_storage.cache_clear()


@pytest.fixture
def owner(_platform: None) -> Person:
    return person(credits=1000, max_voices=2)
