"""The query of every authenticated request: key, account and plan by the digest of the secret.

Written as SQL because the ORM builds the statement anew each time: 0.8 ms of CPU instead of 0.2 ms, in a budget of 3 ms per request.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from apps.accounts.models import Account, ApiKey, Plan


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns and fields of a model, to build an instance from a row."""

    model: type[Model]
    names: tuple[str, ...]
    columns: str
    encoded: tuple[tuple[int, Any], ...]
    """JSON fields, whose text the field decodes."""

    def instance(self, values: tuple[Any, ...]) -> Any:
        decoded = list(values)
        for number, field in self.encoded:
            decoded[number] = field.from_db_value(decoded[number], None, connection)
        return self.model.from_db(connection.alias, self.names, decoded)


def find_key_by_digest(digest: str) -> ApiKey | None:
    """The key, also if it is revoked or expired."""
    keys, accounts, plans = _table(ApiKey), _table(Account), _table(Plan)
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [digest])
        values = cursor.fetchone()
    if values is None:
        return None
    account_begins, plan_begins = len(keys.names), len(keys.names) + len(accounts.names)
    key: ApiKey = keys.instance(values[:account_begins])
    key.account = accounts.instance(values[account_begins:plan_begins])
    key.account.plan = plans.instance(values[plan_begins:])
    return key


@cache
def _statement() -> str:
    columns = ", ".join(_table(model).columns for model in (ApiKey, Account, Plan))
    return (
        f"SELECT {columns} FROM accounts_apikey"  # noqa: S608 - names of our own columns
        " JOIN accounts_account ON accounts_account.id = accounts_apikey.account_id"
        " JOIN accounts_plan ON accounts_plan.id = accounts_account.plan_id"
        " WHERE accounts_apikey.digest = %s"
    )


@cache
def _table(model: type[Model]) -> _Table:
    options = model._meta  # noqa: SLF001 - Django's documented API in spite of its name
    fields: tuple[Field[Any, Any], ...] = tuple(options.concrete_fields)
    return _Table(
        model=model,
        names=tuple(field.attname for field in fields),
        columns=", ".join(f"{options.db_table}.{field.column}" for field in fields),
        encoded=tuple((number, field) for number, field in enumerate(fields) if hasattr(field, "from_db_value")),
    )
