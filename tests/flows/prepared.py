"""Home whose database is migrated already, made once for a run: a platform that starts in a copy has nothing to migrate."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from django.db import connection

from tests.database import MIGRATED
from tests.flows.following import wait_until
from ttsai.supervisor.home import Home
from ttsai.supervisor.postgres import Postgres
from ttsai.supervisor.program import spawn
from ttsai.supervisor.wheels import postgres_programs

COPIED = ("postgres", "secrets")


def copy_prepared_home(home: Path) -> None:
    """Fill the home of a platform that did not start yet; leave it empty if no other test of this run needs a database.

    The test must use `django_db_setup`.
    """
    source = _find_database()
    if source is None or "TTSAI_TEST_HOME" not in os.environ:  # without it, the run has no folder that its workers share
        return
    prepared = Path(os.environ["TTSAI_TEST_HOME"]).with_name("prepared")
    with prepared.with_name("prepared.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            _prepare(prepared.with_name("prepared.new"), source=source)
            prepared.with_name("prepared.new").rename(prepared)
    for name in COPIED:
        shutil.copytree(prepared / name, home / name)


def _find_database() -> str | None:
    """URL of a database of the tests that holds the schema and nothing of a test."""
    server = os.environ["TTSAI_TEST_DATABASE_URL"].rpartition("/")[0]
    names = [MIGRATED, connection.settings_dict["NAME"]]
    with psycopg.connect(f"{server}/postgres") as session:
        found = session.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [names]).fetchall()
    return next((f"{server}/{name}" for name in names if (name,) in found), None)


def _prepare(folder: Path, *, source: str) -> None:
    """Create the cluster as `ttsai up` does, with the schema of the database of the tests."""
    home = Home(folder)
    home.create()
    server = Postgres(home)
    server.prepare()
    child = spawn(server.program())
    try:
        wait_until(server.is_ready)
        _copy_database(source, to=server.url)
    finally:
        child.signal(server.program().stop_signal)
        child.process.wait()
        child.close()


def _copy_database(source: str, *, to: str) -> None:
    programs = postgres_programs()
    dump = [programs / "pg_dump", "--no-owner", "--dbname", source]
    restore = [programs / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--dbname", to]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, stdin=dumping.stdout, stdout=subprocess.DEVNULL, check=True)
    if dumping.returncode:
        raise RuntimeError(f"pg_dump ended with {dumping.returncode}")
