"""A catalogue, an object store, and a person who calls ClonyVoice's API without a running server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Account
from tests.factories import AccountFactory, make_key
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state


@dataclass(frozen=True)
class ApiCaller:
    """Sends JSON requests with a key in X-API-Key."""

    account: Account
    key: str

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **query: str) -> Any:
        client, headers = Client(), {"X-API-Key": key or self.key}
        return client.generic(method, path, _encoded(body), "application/json", headers=headers, query_params=query)

    def get(self, path: str, *, key: str = "", **query: str) -> Any:
        return self.ask("GET", path, key=key, **query)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        return self.ask("POST", path, body, key=key)


def _encoded(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def caller(**limits: Any) -> ApiCaller:
    """Caller of a new account."""
    account = AccountFactory(credits=1000)
    return ApiCaller(account, make_key(account, **limits)[1])


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def owner() -> ApiCaller:
    return caller()
