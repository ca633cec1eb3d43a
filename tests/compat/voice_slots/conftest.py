"""The fixtures of the voices' tests, a foreign server with recordings, and a client of voice slots."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.test import Client

from apps.voices.models import Enrolment
from tests.speech.people import Person
from tests.uploads.conftest import Elsewhere, elsewhere
from tests.voices.conftest import _platform, clip, owner, server, worker
from tests.web.shell import RunningShell

__all__ = ["_platform", "clip", "elsewhere", "owner", "server", "worker"]


@dataclass(frozen=True)
class SlotClient:
    """Sends requests to /v1/voice-clones and checks the envelope of every answer."""

    url: str
    """Address of a server; empty for Django's test client, which cannot train."""
    owner: Person
    recording_url: str

    def ask(self, method: str, path: str = "", body: Any = None, *, by: Person | None = None) -> tuple[int, dict[str, Any]]:
        """Status and `data` of a success; status and the envelope of a failure."""
        headers = (by or self.owner).headers
        address = f"{self.url}/v1/voice-clones{path}"
        if self.url:
            answer: Any = httpx.request(method, address, json=body, headers=headers, timeout=60)
        else:
            answer = Client().generic(
                method, address, b"" if body is None else json.dumps(body).encode(), "application/json", headers=headers
            )
        envelope = answer.json()
        assert set(envelope) == {"code", "msg", "reqid", "data"}
        assert envelope["reqid"] == answer.headers["X-Request-Id"]
        if answer.status_code == 200:
            assert (envelope["code"], envelope["msg"]) == (0, "")
            return 200, envelope["data"]
        assert envelope["code"] == answer.status_code
        assert envelope["msg"]
        return answer.status_code, envelope

    def make(self, **body: Any) -> dict[str, Any]:
        status, data = self.ask("POST", body={"model_id": "QN_ACV", **body})
        assert status == 200, data
        return data

    def train(self, slot_id: str, **body: Any) -> dict[str, Any]:
        status, data = self.ask("PUT", f"/{slot_id}", {"key": self.recording_url, **body})
        assert status == 200, data
        return data

    def get(self, slot_id: str) -> dict[str, Any]:
        status, data = self.ask("GET", f"/{slot_id}")
        assert status == 200, data
        return data

    def wait_for_training(self) -> None:
        """Wait for the end of the latest job that enrols, by its events."""
        job = Enrolment.objects.order_by("-created_at").values_list("job_id", flat=True)[0]
        httpx.get(f"{self.url}/v1/jobs/{job.hex}/events/", headers=self.owner.headers, timeout=60)


@pytest.fixture
def quiet_slots(owner: Person) -> SlotClient:
    """Client without a server."""
    return SlotClient("", owner, "")


@pytest.fixture
def slots(server: RunningShell, owner: Person, clip: bytes, elsewhere: Elsewhere) -> SlotClient:
    elsewhere.files["/voice.mp3"] = clip
    return SlotClient(server.url, owner, f"{elsewhere.url}/voice.mp3")


@pytest.fixture
def trained(slots: SlotClient, worker: Any) -> Callable[[], str]:
    """Makes and trains a slot up to the state Success; returns its id."""

    def train() -> str:
        slot_id = str(slots.make()["id"])
        slots.train(slot_id)
        slots.wait_for_training()
        return slot_id

    return train
