"""Starts both embedded servers in a folder, as the current user: `python -m tests.ttsai.supervisor.embedded_trial FOLDER [MODE]`."""

import json
import os
import signal
import sys
from pathlib import Path

import psycopg
import redis

from ttsai.supervisor import unprivileged
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.output import Log
from ttsai.supervisor.postgres import Postgres
from ttsai.supervisor.supervisor import Supervisor
from ttsai.supervisor.valkey import Valkey


def main(folder: Path, *, mode: str) -> None:
    """Start, write something, print observations; then stop cleanly, at once or when standard input ends, or be killed and leave the
    servers.
    """
    if mode == "refused":
        unprivileged.NAMESPACE = "no:such:way"  # type: ignore[misc] # as where user namespaces are forbidden
    home = Home(folder)
    home.create()
    supervisor = Supervisor(log=Log(sys.stderr), record=home.run / "parts.json")
    servers = (Postgres(home), Valkey(home))
    try:
        for server in servers:
            server.prepare()
            supervisor.start(server.program())
        for server in servers:
            supervisor.wait_for(server.is_ready, seconds=30, what="a server")
        print(json.dumps(_use(*servers) | {"record": json.loads((home.run / "parts.json").read_text())}), flush=True)
        if mode == "leave":
            os.kill(os.getpid(), signal.SIGKILL)
        if mode == "wait":
            sys.stdin.read()
    except InstanceError as error:
        print(json.dumps({"error": error.message}), flush=True)
    finally:
        supervisor.stop()


def _use(postgres: Postgres, valkey: Valkey) -> dict[str, object]:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO starts DEFAULT VALUES")
        settings = connection.execute("SELECT current_setting('fsync'), current_setting('max_connections'), lower('ÄÖÜ')").fetchone()
        starts = connection.execute("SELECT count(*) FROM starts").fetchone()
    with redis.Redis.from_url(valkey.url) as client:
        counted = client.incr("starts")
    return {"settings": settings, "starts": [starts[0] if starts else None, counted], "urls": [postgres.url, valkey.url]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), mode="".join(sys.argv[2:]))
