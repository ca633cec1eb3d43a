"""Clients of Django's test client, and a background worker."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from apps.accounts.models import Account
from apps.billing.selectors import available_millicredits
from tests.factories import AccountFactory, AnonymousPlanFactory, make_key
from tests.factories_jobs import work_off
from tests.working import repeating


@dataclass(frozen=True)
class Person:
    """A client with a key, or without one."""

    key: str
    account: Account | None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    @property
    def millicredits(self) -> int:
        assert self.account is not None
        return available_millicredits(self.account.pk)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client().post(path, body, content_type="application/json", headers={**self.headers, **named})

    def get(self, path: str, **parameters: str) -> Any:
        return Client().get(path, parameters, headers=self.headers)

    def say(self, text: str = "Hello there.", **options: Any) -> Any:
        return self.post("/v1/tts/", {"text": text, **options})

    def result(self, uuid: str, **parameters: str) -> Any:
        return self.get("/v1/speech/results/", uuid=uuid, **parameters)


def person(**options: Any) -> Person:
    """Client with a key: `credits=15` whole credits, by default 1,000; the other arguments are the plan's."""
    amount = options.pop("credits", 1000)
    account = AccountFactory(credits=amount, **{f"plan__{name}": value for name, value in options.items()})
    _, secret = make_key(account)
    return Person(key=secret, account=account)


def anonymous() -> Person:
    AnonymousPlanFactory()
    return Person(key="", account=None)


@contextlib.contextmanager
def working(*queues: str, pause_seconds: float = 0.05) -> Iterator[None]:
    """Run a background worker of these queues."""

    def step() -> None:
        for queue in queues or ("kokoro", "codec"):
            work_off(queue)
        time.sleep(pause_seconds)

    with repeating(step):
        yield
