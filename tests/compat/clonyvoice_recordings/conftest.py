"""The server, person, clip and enrolling worker of the voice tests."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.speech.people import Person
from tests.voices.conftest import _platform, clip, owner, server, worker
from tests.web.shell import RunningShell

__all__ = ["_platform", "clip", "owner", "server", "worker"]


@dataclass(frozen=True)
class Desk:
    """Sends requests of a person to ClonyVoice's API."""

    url: str
    owner: Person

    def post(self, path: str, *, files: Any = None, json: Any = None, by: Person | None = None, **fields: Any) -> httpx.Response:
        headers = {"X-API-Key": (by or self.owner).key}
        return httpx.post(f"{self.url}{path}", files=files, json=json, data=fields, headers=headers, timeout=60)

    def get(self, path: str, *, by: Person | None = None) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers={"X-API-Key": (by or self.owner).key}, timeout=60)

    def delete(self, path: str) -> httpx.Response:
        return httpx.delete(f"{self.url}{path}", headers={"X-API-Key": self.owner.key}, timeout=60)


@pytest.fixture
def desk(server: RunningShell, owner: Person) -> Desk:
    return Desk(server.url, owner)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
