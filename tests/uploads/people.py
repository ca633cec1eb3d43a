"""Clients that send files to the real server."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from asgiref.sync import async_to_sync, sync_to_async

from apps.accounts.callers import Caller, caller_of_key
from apps.accounts.models import Account, ApiKey
from apps.core.deferred import Exchange
from apps.uploads.services.sources import Source, SourceOrder, ingest_source_async
from tests.factories import AccountFactory, bearer, make_key


@dataclass(frozen=True)
class Person:
    """Key of an account, at a running server."""

    url: str
    account: Account
    key: ApiKey
    secret: str

    @property
    def caller(self) -> Caller:
        return caller_of_key(self.key, address="192.0.2.1")

    def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return httpx.request(method, f"{self.url}{path}", headers=bearer(self.secret), timeout=60, **arguments)

    def announce(self, size: int, **fields: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/v1/uploads/", json={"bytes": size, **fields})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def send(self, content: bytes, **fields: Any) -> str:
        """Announce and send a file; returns the upload's id."""
        address = self.announce(len(content), **fields)
        answer = put(address, content)
        assert answer.status_code == 200, answer.text
        return str(address["upload_id"])

    def look(self, upload_id: str) -> httpx.Response:
        return self.ask("GET", f"/v1/uploads/{upload_id}/")


def put(address: dict[str, Any], content: Any) -> httpx.Response:
    """Upload content to an announced address, as a client does: without a key."""
    return httpx.put(address["url"], content=content, headers=address["headers"], timeout=60)


def person(url: str, *, account: Account | None = None, scopes: list[str] | None = None, **plan: Any) -> Person:
    account = account or AccountFactory(**{f"plan__{name}": value for name, value in plan.items()})
    key, secret = make_key(account, scopes=scopes or [])
    return Person(url=url, account=account, key=key, secret=secret)


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class DirectExchange:
    """Exchange that runs Django's code in the test's own thread."""

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await sync_to_async(function)(*arguments)


def take_source(order: SourceOrder) -> Source:
    """Ingest and use a source, as the endpoints do."""
    return async_to_sync(ingest_source_async)(cast("Exchange", DirectExchange()), order)
