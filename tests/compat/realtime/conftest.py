"""Real server with its stores, and announced models that recognise, answer and speak. Tests that need no server start none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from apps.core.storage import get_storage
from apps.jobs.publishing import forget_broker_state
from apps.uploads.threads import forget_threads
from tests.clients import OpenAIMaker
from tests.compat.realtime.talking import CHAT
from tests.factories_jobs import announce, engine_spec
from tests.fresh_state import load_defaults
from tests.speech.people import Person, person
from tests.transcription.conftest import WHISPER
from tests.web.shell import RunningShell, running_shell


@pytest.fixture
def _platform() -> None:
    """Replace the fixture of the other dialects' tests, which prepares stores for every test."""


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[RunningShell]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    settings.TTSAI_HOME = tmp_path / "home"
    settings.TTSAI_WEB_THREADS = 4
    get_storage.cache_clear()
    forget_threads()
    forget_broker_state()
    load_defaults()
    announce(engine_spec(), engine_spec("whisper", **WHISPER), engine_spec("offline", **CHAT))
    with running_shell() as shell:
        yield shell
    get_storage.cache_clear()
    forget_threads()


@pytest.fixture
def owner(server: RunningShell) -> Person:
    return person(credits=1000)


@pytest.fixture
def client(server: RunningShell, owner: Person, openai_of: OpenAIMaker) -> openai.OpenAI:
    """Official client of the owner's key."""
    return openai_of(owner.key, server.url)


@pytest.fixture
def beta(server: RunningShell, owner: Person) -> Iterator[openai.OpenAI]:
    """Official client whose beta connects without TLS."""
    address = server.url.replace("http", "ws") + "/v1"
    with openai.OpenAI(api_key=owner.key, base_url=f"{server.url}/v1", websocket_base_url=address, max_retries=0) as made:
        yield made
