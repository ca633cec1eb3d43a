"""Requests of a person whose login is erased while they run: they end as if the person had never been logged in, not with a 500."""

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from psycopg.errors import ForeignKeyViolation

from apps.core.errors import AuthenticationFailedError

REFERENCED: str = "SELECT confrelid::regclass::text FROM pg_constraint WHERE conname = %s AND contype = 'f'"


class ErasedPersonError(AuthenticationFailedError):
    """The person of the request is no longer there."""

    code = "login_deleted"

    def __init__(self) -> None:
        super().__init__("This login was deleted. If that is wrong, write to the operator.")


def as_erased_person(error: Exception) -> ErasedPersonError | None:
    """The error as one of an erased person: a row for a person who is gone, or a read of them; None for any other error."""
    people = get_user_model()
    if isinstance(error, ErasedPersonError):
        return error
    if isinstance(error, people.DoesNotExist):
        return ErasedPersonError()
    violation = error.__cause__ if isinstance(error, IntegrityError) else None
    if not isinstance(violation, ForeignKeyViolation):
        return None
    with connection.cursor() as cursor:
        cursor.execute(REFERENCED, [violation.diag.constraint_name])
        is_of_person = cursor.fetchone() == (people._meta.db_table,)  # noqa: SLF001 - Django's documented API
    return ErasedPersonError() if is_of_person else None
