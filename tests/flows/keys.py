"""Creates API keys directly in a running platform's database, without a subprocess for each."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connections, transaction

from apps.core.postgres.base import DatabaseWrapper

T = TypeVar("T")

allow_database: Callable[[], AbstractContextManager[None]] = nullcontext
"""Lifts pytest-django's block of database access; set by tests/conftest.py."""


def create_key(database_url: str, *, email: str, plan: str, credits_: float, **limits: int) -> str:
    """Create the account if needed and a key, as `ttsai keys create` does, and return the secret."""
    return in_platform(database_url, lambda: _create(email=email, plan=plan, credits_=credits_, limits=limits))


def in_platform(database_url: str, work: Callable[[], T]) -> T:
    """Result of `work` with `default` connected to the platform's database. It runs on a separate thread: Django's connections are per
    thread, so the test's own stays.
    """
    outcome: list[T | BaseException] = []

    def run() -> None:
        connections["default"] = DatabaseWrapper(_settings_of(database_url), "default")
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
            outcome.append(error)
        finally:
            connections["default"].close()

    with allow_database():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _create(*, email: str, plan: str, credits_: float, limits: dict[str, int]) -> str:
    from apps.accounts.selectors import get_plan
    from apps.accounts.services import create_key as create_account_key
    from apps.billing import prices
    from apps.billing.services import get_or_create_account

    if "concurrent" in limits:
        limits["concurrent_jobs"] = limits.pop("concurrent")
    fields: dict[str, Any] = {"name": "test", "requests_per_minute": None, "concurrent_jobs": None, "scopes": [], **limits}
    with transaction.atomic():
        millicredits = prices.from_credits(Decimal(str(credits_)))
        account = get_or_create_account(email=email, plan=get_plan(plan), millicredits=millicredits, actor="tests")
        return create_account_key(account, is_operator=True, **fields)[1]


def _settings_of(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    address = {"HOST": parts.hostname, "PORT": str(parts.port), "NAME": parts.path.lstrip("/")}
    who = {"USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or "")}
    return {**settings.DATABASES["default"], **address, **who}
