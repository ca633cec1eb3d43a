"""Fixtures for tests of the worker: a Valkey that may be killed."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.messages import Platform
from tests.workers.running_worker import RunningWorker
from tests.workers.valkey_server import ValkeyServer


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey of this test's own."""
    server = ValkeyServer(tmp_path)
    server.start()
    yield server
    server.kill()
    server.client.close()


@pytest.fixture
def worker(own_valkey: ValkeyServer, tmp_path: Path) -> Iterator[RunningWorker]:
    """A worker process with a broker of its own."""
    running = RunningWorker(tmp_path, Platform(own_valkey.client, own_valkey.url), own_valkey.url)
    running.start()
    yield running
    running.end(signal.SIGKILL)
