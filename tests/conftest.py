"""Fixtures for all tests: an empty Valkey for each test, one database for each xdist worker."""

import os
from collections.abc import Iterator

import pytest
import redis

from apps.core.remembered import forget_everything

os.environ["DJANGO_SETTINGS_MODULE"] = "ttsai.settings"  # loaded already; this is for programs that tests start


@pytest.fixture(scope="session")
def valkey() -> Iterator[redis.Redis]:
    """A client of this xdist worker's own Valkey database."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


@pytest.fixture(autouse=True)
def _clean_slate(valkey: redis.Redis) -> None:
    valkey.flushdb()
    forget_everything()
