"""Fixtures for all tests: an empty Valkey for each test, one database for each xdist worker."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from pytest_django.plugin import blocking_manager_key

from apps.core.ttl_cache import clear_all_caches
from tests.flows import keys
from tests.flows.running import stop_platforms
from tests.servers import is_pure, start_servers

pytest_plugins = ["tests.clients", "tests.database", "tests.s3", "tests.static_files"]

LONG_GROUPS = ("spoken", "harmed", "sweep")
"""Groups of tests/flows and tests/sweep, each around one running platform."""

KOKORO_RUNTIMES = frozenset({"kokoro_runtime", "packaged_runtime"})
"""Fixtures of tests/workers that load Kokoro."""

gc.disable()  # until all modules and tests are there (pytest_collection_finish)
os.environ["DJANGO_SETTINGS_MODULE"] = "ttsai.settings"  # loaded already; this is for programs that tests start


settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile("same")
"""Deterministic examples in every run, so that a failure is caused by the change; `make search` tries new ones."""
_read_constants = providers._get_local_constants


@pytest.fixture(scope="session")
def valkey() -> Iterator[redis.Redis]:
    """Client of this xdist worker's Valkey database."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


@pytest.fixture(autouse=True)
def _clean_slate(request: pytest.FixtureRequest) -> None:
    if not is_pure(request.path):
        request.getfixturevalue("valkey").flushdb()
        clear_all_caches()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start Postgres and Valkey, before xdist's workers begin, unless all tests that were asked for are pure."""
    asked = [Path(session.config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in session.config.args]
    if not all(is_pure(path) for path in asked):
        start_servers()


def pytest_configure(config: pytest.Config) -> None:
    """Let tests create keys in the database of a running platform. Only `make search` tries constants of our code as examples.

    Those of all modules that happen to be imported would make examples depend on the other tests of the process, and reading 600 modules
    takes up to three seconds in each.
    """
    is_search = config.getoption("hypothesis_profile", None) == "search"
    providers._get_local_constants = _read_constants if is_search else lambda: providers._local_constants
    keys.allow_database = config.stash[blocking_manager_key].unblock


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Run the tests of one file in one xdist worker, sharing its servers and models; flows and sweep share more.

    Long groups start first and the short files of the applications last, so that all workers finish at about the same time.
    """
    for item in items:
        group = group_of(item)
        item.add_marker(pytest.mark.xdist_group(group))
        if group in LONG_GROUPS:
            item.add_marker(pytest.mark.flow)
    yield
    items.sort(key=start_rank)


def start_rank(item: pytest.Item) -> int:
    """Place of a test in the order of starts: the groups around a platform, the tests that compute with models, all others."""
    group = group_of(item)
    if group in LONG_GROUPS:
        return LONG_GROUPS.index(group)
    return len(LONG_GROUPS) + (not item.nodeid.startswith("tests/workers/"))


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules and tests that live until the end: searching them took 10% of the CPU time.

    Not even once: that takes a second in each process, for a few megabytes.
    """
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop the platform of a group after the group's last test, not at the end of the run."""
    yield
    if nextitem is None or group_of(nextitem) != group_of(item):
        stop_platforms()


def group_of(item: pytest.Item) -> str:
    """Name of the group that must run in one process. Tests that use Kokoro's runtime are one group: it takes seconds to load, and 400 MB."""
    path, fixtures = item.nodeid.partition("::")[0], getattr(item, "fixturenames", ())
    if path.startswith("tests/sweep/"):
        return "sweep"
    if path.startswith("tests/flows/"):
        return "harmed" if "harmed" in fixtures else "spoken"
    return "kokoro" if KOKORO_RUNTIMES.intersection(fixtures) else path
