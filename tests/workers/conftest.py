"""Fixtures for tests of the worker: real brokers and real worker processes."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.chat_http import ChatHTTP, chat_http
from tests.workers.messages import Platform
from tests.workers.object_server import ObjectServer, serving
from tests.workers.running_worker import RunningWorker
from tests.workers.valkey_server import ValkeyServer
from workers.kokoro.runtime import SHARED_RUNTIME, KokoroRuntime
from workers.recognition.whisper.model import WhisperModel


@pytest.fixture(scope="session")
def kokoro_runtime() -> Iterator[KokoroRuntime]:
    """Kokoro's runtime, which all engines of the process share; the tests that use it run in one process (tests/conftest.py)."""
    yield SHARED_RUNTIME.acquire()
    SHARED_RUNTIME.release()


@pytest.fixture(scope="module")
def encoded_once() -> Iterator[None]:
    """Whisper, with each window encoded once in a module: encoding takes most of the time, and depends on nothing but the samples."""
    encode, encodings = WhisperModel._encode_one, WeakKeyDictionary[WhisperModel, dict[bytes, Any]]()

    def encode_once(model: WhisperModel, window: NDArray[np.float32]) -> Any:
        known, samples = encodings.setdefault(model, {}), window.tobytes()
        if samples not in known:
            known[samples] = encode(model, window)
        return known[samples]

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(WhisperModel, "_encode_one", encode_once)
        yield


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """Valkey of this test only."""
    with _running_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def stopped_worker(own_valkey: ValkeyServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunningWorker]:
    """Worker with its own broker, for tests that start it; the fixture's parameter sets its environment."""
    environment: dict[str, str] = getattr(request, "param", {})
    worker = RunningWorker(tmp_path, Platform(own_valkey.client, own_valkey.url), own_valkey.url, environment)
    yield worker
    worker.end(signal.SIGKILL)


@pytest.fixture
def worker(own_valkey: ValkeyServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunningWorker]:
    """Worker process with its own broker, for tests that harm it; the fixture's parameter sets its environment."""
    environment: dict[str, str] = getattr(request, "param", {})
    running = RunningWorker(tmp_path, Platform(own_valkey.client, own_valkey.url), own_valkey.url, environment)
    running.start()
    yield running
    running.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def unharmed_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorker]:
    """Worker process with its own broker, shared by tests that only use it."""
    folder = tmp_path_factory.mktemp("worker")
    with _running_valkey(folder) as server:
        running = RunningWorker(folder, Platform(server.client, server.url), server.url)
        running.start()
        yield running
        running.end(signal.SIGKILL)


@contextmanager
def _running_valkey(folder: Path) -> Iterator[ValkeyServer]:
    server = ValkeyServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        server.client.close()


@pytest.fixture
def server() -> Iterator[ObjectServer]:
    """Object store behind URLs."""
    with serving() as kept:
        yield kept


@pytest.fixture
def chat_server() -> Iterator[ChatHTTP]:
    """OpenAI-compatible server."""
    with chat_http() as kept:
        yield kept
