"""`python -m ttsai.web` as the supervisor starts it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent


@contextlib.contextmanager
def process(port: int) -> Iterator[subprocess.Popen[str]]:
    database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "ttsai.settings",
    }
    command = [sys.executable, "-m", "ttsai.web"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/nowhere")
            return
        assert time.monotonic() < deadline, "the web process did not start"
        time.sleep(0.05)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stopping_process_answers_running_requests_and_exits_cleanly(transactional_db: None, sign: signal.Signals) -> None:
    port = free_port()
    with process(port) as web:
        wait_for(port)
        answers: list[httpx.Response] = []
        url = f"http://127.0.0.1:{port}/nowhere"
        asking = threading.Thread(target=lambda: answers.append(httpx.get(url)))
        asking.start()
        asking.join()
        web.send_signal(sign)
        assert web.wait(timeout=60) == 0
    assert answers[0].status_code == 404


def test_a_port_in_use_is_an_error_and_an_exit_code(transactional_db: None) -> None:
    port = free_port()
    with process(port) as first:
        wait_for(port)
        with process(port) as second:
            assert second.wait(timeout=60) != 0
            assert second.stderr is not None
            assert "address already in use" in second.stderr.read()
        assert first.poll() is None
