"""Database backend: Django's own, except that a server that does not answer costs a bounded time.

The server's own limits (statement_timeout etc.) do not help if the server is frozen or unreachable; then the client gives up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.backends.postgresql import base

from workers.circuit_breaker import CircuitBreaker

GRACE_SECONDS: Final = 1.0
"""Seconds that the client waits beyond the server's limit, which a live server keeps."""
PROBE_SECONDS: Final = 2

MAINTENANCE_SECONDS: Final = 600
"""Statement limit of periodic work that reads or clears a whole table: `@statement_limit(MAINTENANCE_SECONDS)`."""

breaker: Final = CircuitBreaker("Postgres")


class BoundedConnection(psycopg.Connection[Any]):
    """Connection that is closed when the server does not answer in time."""

    answer_seconds: float | None = None
    """Longest wait for one response; None waits for ever."""
    parameters: dict[str, Any]
    """Parameters that the connection was opened with; a probe of the breaker uses them too."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait as psycopg's method does, for at most `answer_seconds`. Raises OperationalError."""
        if breaker.is_open:
            self.pgconn.finish()
            raise _away()
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:  # noqa: SLF001 - it has no public name
            self.pgconn.finish()
            breaker.open_until_answered(lambda: _probe(self.parameters))
            raise _away() from error


class _Probe(psycopg.Connection[Any]):
    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(gen, interval, PROBE_SECONDS if timeout is None else timeout)


class DatabaseWrapper(base.DatabaseWrapper):
    """Class that Django looks for in a backend. OPTIONS also take `statement_seconds`, the server's limit; 0 is none."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        """Connect, unless the server is known not to answer."""
        if breaker.is_open:
            raise _away()
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        statement_seconds = conn_params["statement_seconds"]
        parameters = {name: value for name, value in conn_params.items() if name != "statement_seconds"}
        try:
            made = BoundedConnection.connect(**parameters)
        except psycopg.errors.ConnectionTimeout:
            breaker.open_until_answered(lambda: _probe(parameters))
            raise
        made.parameters = parameters
        if statement_seconds:
            made.answer_seconds = statement_seconds + GRACE_SECONDS
        return made


@contextmanager
def statement_limit(seconds: int) -> Iterator[None]:
    """Raise the statement limit of this thread within the block, for nightly work over whole tables. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds}s"])
    patient: Any = connection.connection
    usual_answer_seconds, patient.answer_seconds = patient.answer_seconds, seconds + GRACE_SECONDS
    try:
        yield
    finally:
        if connection.connection is patient and not patient.closed:  # a new connection has the usual limits
            patient.answer_seconds = usual_answer_seconds
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [usual])


def _probe(parameters: dict[str, Any]) -> None:
    with _Probe.connect(**{**parameters, "connect_timeout": PROBE_SECONDS}) as probe:
        probe.execute("SELECT 1")


def _away() -> psycopg.OperationalError:
    return psycopg.OperationalError("the database does not answer")
