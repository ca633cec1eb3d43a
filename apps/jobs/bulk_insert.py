"""Fast INSERT for the busiest path: like bulk_create, with the statement written once instead of compiled at every call."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

ROWS_AT_ONCE = 500
"""Rows per INSERT statement: Postgres accepts at most 65,535 parameters."""


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model. Columns with a database default get it; generated keys are not read back."""
    statement, fields = _statement(type(rows[0]))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            batch = rows[start : start + ROWS_AT_ONCE]
            values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in batch for field in fields]
            placeholders = f"({', '.join(['%s'] * len(fields))})"
            cursor.execute(f"{statement} {', '.join([placeholders] * len(batch))}", values)


@cache
def _statement(model: type[models.Model]) -> tuple[str, tuple["models.Field[Any, Any]", ...]]:
    table = model._meta  # noqa: SLF001 - documented: docs.djangoproject.com/en/5.2/ref/models/meta
    fields = tuple(field for field in table.concrete_fields if not isinstance(field, models.AutoField) and field.db_default is NOT_PROVIDED)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{table.db_table}" ({columns}) VALUES', fields
