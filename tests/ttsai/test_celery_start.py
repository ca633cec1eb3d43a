"""The platform's worker and beat as processes, started while Postgres is away."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.flows.following import wait_until
from tests.servers import free_port
from workers.contract import names

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = (sys.executable, "-W", "ignore", "-m", "celery", "-q", "-A", "ttsai.celery")


@contextmanager
def _celery(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "DATABASE_URL": f"postgresql://ttsai@127.0.0.1:{free_port()}/ttsai"}
    with subprocess.Popen(
        [*CELERY, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_beat_and_worker_start_and_take_messages_while_postgres_is_away(valkey: redis.Redis) -> None:
    with _celery("beat", "--pidfile", "") as beat:
        wait_until(lambda: bool(valkey.llen(names.PLATFORM_QUEUE)) and bool(valkey.llen(names.CONTROL_QUEUE)))
        assert beat.poll() is None
    tasks = {json.loads(message)["headers"]["task"] for message in valkey.lrange(names.CONTROL_QUEUE, 0, -1)}
    assert tasks <= {"platform.dispatch", "platform.reap"}, "nothing slow shares their queue"
    with _celery(
        "worker", "-Q", names.PLATFORM_QUEUE, "-P", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"
    ) as worker:
        wait_until(lambda: valkey.llen(names.PLATFORM_QUEUE) == 0)
        assert worker.poll() is None
