"""Databases of tests: migrated once for all xdist workers, and emptied in a hundredth of the time of Django's `flush`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final
from unittest import mock
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import TransactionTestCase
from psycopg.pq import TransactionStatus

from apps.core.postgres.base import GRACE_SECONDS, BoundedConnection, DatabaseWrapper

KEPT: Final = frozenset({"django_content_type", "auth_permission"})
"""Tables that `migrate` fills from the code; `flush` fills them again after each test, which takes most of its time."""
LARGE_BYTES: Final = 1 << 20
"""Size above which TRUNCATE is faster than DELETE, and deleted rows still on disk would slow the next tests down."""
MIGRATED: Final = f"test_migrated_{os.environ.get('PYTEST_XDIST_TESTRUNUID', '')[:16]}"
"""Database of this run that its xdist workers clone."""
CLONE_LOCK: Final = 7_778_702
"""Advisory lock of Postgres: one worker makes, clones or drops it at a time."""

_kept: dict[str, list[BoundedConnection]] = {}
"""Sessions with Postgres that wait for their next user, by their parameters."""
MOST_KEPT: Final = 16
"""Sessions that one process keeps; three processes and two databases share the server's 300."""


def empty_database(_case: TransactionTestCase | None = None) -> None:
    """Delete the rows of all models except KEPT. The database role must be a superuser: triggers and foreign keys are disabled."""
    tables = sorted({*connection.introspection.django_table_names()} - KEPT)
    with connection.cursor() as cursor:
        deletes = "".join(f'DELETE FROM "{table}";' for table in tables)
        cursor.execute(f"SET session_replication_role = replica; {deletes} SET session_replication_role = DEFAULT")
        cursor.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > %s", [tables, LARGE_BYTES])
        if large := [f'"{table}"' for (table,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(large)} CASCADE")


@pytest.fixture(scope="session", autouse=True)
def _fast_flush() -> Iterator[None]:
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_database):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Hand sessions of the run's Postgres on to the next test or thread: a new one reads the descriptions of a hundred tables first."""
    connect, close = DatabaseWrapper.get_new_connection, DatabaseWrapper._close

    def take(wrapper: DatabaseWrapper, parameters: dict[str, Any]) -> BoundedConnection:
        with suppress(IndexError):
            session = _kept.get(repr(parameters), []).pop()
            session.answer_seconds = parameters["statement_seconds"] + GRACE_SECONDS
            return session
        return connect(wrapper, parameters)

    def keep(wrapper: DatabaseWrapper) -> None:
        session: BoundedConnection | None = wrapper.connection
        sessions = _kept.setdefault(repr(wrapper.get_connection_params()), [])
        if session is not None and len(sessions) < MOST_KEPT and _reset(session):
            sessions.append(session)
        else:
            close(wrapper)

    with mock.patch.multiple(DatabaseWrapper, get_new_connection=take, _close=keep):
        yield
    for sessions in _kept.values():
        for session in sessions:
            session.close()


def _reset(session: BoundedConnection) -> bool:
    """Make a session as good as new, without its locks and settings; False if it must be closed.

    It can be kept outside a transaction, and on the server that lives as long as this run.
    """
    if session.closed or not session.autocommit or session.info.transaction_status != TransactionStatus.IDLE:
        return False
    if session.info.port != urlsplit(os.environ["TTSAI_TEST_DATABASE_URL"]).port:
        return False
    try:
        session.execute("DISCARD ALL")
    except psycopg.Error:
        return False
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Clone instead of migrating where there are several workers: migrations take 6 CPU seconds."""
    creation: Any = connection.creation
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    with mock.patch.object(creation, "create_test_db", partial(_clone_migrated, creation, migrate=creation.create_test_db)):
        yield
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{MIGRATED}"')


def _clone_migrated(creation: DatabaseCreation, *, migrate: Any, **options: Any) -> str:
    """Create this worker's database as Django does, from the migrated one; the first worker makes that. Returns its name."""
    own = creation.connection.settings_dict
    name = creation._get_test_db_name()
    with _server() as server:
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [MIGRATED]).fetchall():
            unfinished = f"{MIGRATED}_unfinished"
            with mock.patch.dict(own["TEST"], {"NAME": unfinished}):
                migrate(**{**options, "verbosity": 0, "autoclobber": True})
            creation.connection.close()
            server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{MIGRATED}"')
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{MIGRATED}"')
    own["NAME"] = settings.DATABASES[creation.connection.alias]["NAME"] = name
    creation.connection.ensure_connection()
    return name


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    """Connection to the server of the tests, alone in changing its databases. It waits as long as another worker migrates."""
    with psycopg.connect(os.environ["TTSAI_TEST_DATABASE_URL"], dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [CLONE_LOCK])
        yield server
