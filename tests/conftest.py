"""Fixtures for all tests: an empty Valkey for each test, one database for each xdist worker."""

import os
from collections.abc import Iterator

import pytest
import redis

from apps.core.remembered import forget_everything

pytest_plugins = ["tests.s3"]

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one file run in one xdist worker and share its servers and models; the flows' conftest groups wider."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
