"""One platform for all invalid input, which must survive it."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.compat.clonyvoice.dialect import REQUESTS_PER_MINUTE_BY_SCOPE
from tests.flows.prepared import copy_prepared_home
from tests.flows.running import RunningPlatform
from tests.servers import free_port

PLENTY = "1000000"
PAGE = f"http://127.0.0.1:{free_port()}"
"""Origin of a foreign page that is allowed to call the API."""
HOSTILE_PORT = free_port()
"""Port of a hostile server that client-supplied URLs lead to (test_hostile_addresses.py)."""
ENVIRONMENT = {
    "TTSAI_ENGINES": "silence,whisper",
    "TTSAI_PRELOAD": "",
    "TTSAI_SILENCE_COMPUTE_SECONDS": "0.05",  # so that something can be caught in the middle
    "TTSAI_POLLS_PER_MINUTE": PLENTY,
    "TTSAI_FAILED_KEYS_PER_MINUTE": PLENTY,
    "TTSAI_CORS_ORIGINS": PAGE,
    "TTSAI_OUTBOUND_ALLOW": f"127.0.0.1:{HOSTILE_PORT}",
    "TTSAI_BODY_SECONDS": "3",  # well below SECONDS of bad.py, within which every request is answered
}


@pytest.fixture(scope="session")
def swept(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """Platform with an engine that outputs silence at once."""
    running = RunningPlatform(home=tmp_path_factory.mktemp("swept") / "home", environment=ENVIRONMENT)
    copy_prepared_home(running.home)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def key(swept: RunningPlatform) -> str:
    """Key of an account without limits."""
    scopes = dict.fromkeys(REQUESTS_PER_MINUTE_BY_SCOPE, 1_000_000)
    limits: dict[str, Any] = {"requests_per_minute": 1_000_000, "requests_per_minute_by_scope": scopes, "concurrent": 10_000}
    return swept.key("owner@example.com", plan="enterprise", credits_=100_000, **limits)


@pytest.fixture(scope="session")
def outsiders_key(swept: RunningPlatform) -> str:
    """Key of another account."""
    return swept.key("outsider@example.com", plan="enterprise", credits_=1000, requests_per_minute=1_000_000, concurrent=10_000)
