"""One thing at a time for each account: what Stripe says is read and applied in one turn, so that no older answer is applied last."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from apps.core.errors import UnavailableError


@contextmanager
def account_turn(account_id: int) -> Iterator[None]:
    """Hold the account's lock of this database session, also between transactions, while Stripe is asked. May be nested.

    503 payments_busy if another program holds it for longer than the database's lock_timeout.
    """
    key = f"payments:{account_id}"
    try:
        _run("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
    except OperationalError:
        raise UnavailableError("Another payment of this account is being processed. Try again in a moment.", code="payments_busy") from None
    try:
        yield
    finally:
        _run("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _run(statement: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
