"""Setup for commands that use the platform's data: database connection, Django, errors as one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation

import click
import django

from ttsai.cli.instance import connect


@contextmanager
def platform() -> Iterator[None]:
    """Context in which the apps can be imported and used."""
    connect()
    django.setup()
    from django.db import OperationalError

    from apps.core.errors import ApplicationError

    try:
        yield
    except ApplicationError as error:
        raise click.ClickException(error.message) from error
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {str(error).splitlines()[0]}") from error


class Credits(click.ParamType["Decimal"]):
    """Number of credits with its decimals as typed."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number.", param, ctx)
