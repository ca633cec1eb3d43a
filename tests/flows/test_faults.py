"""SIGKILL of each process during a job: the job completes once and is charged once."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.flows.following import parts_of, wait_until
from tests.flows.running import RunningPlatform

TEXT = " ".join(f"This is sentence number {number} of a job that somebody will interrupt." for number in range(40))
"""Text of several parts, about ten seconds of work for the slow silence engine on two cores."""


@pytest.fixture
def client(harmed: RunningPlatform) -> Iterator[httpx.Client]:
    with harmed.client(harmed.key("owner@example.com", credits_=100)) as client:
        yield client


@pytest.mark.parametrize(
    "part", ["platform", "valkey", *(pytest.param(part, marks=pytest.mark.prove) for part in ("engine", "web"))]
)  # `make test` kills an engine with a poisonous text (test_outages.py) and the web process under batches (test_batches.py)
def test_job_survives_a_killed_process(part: str, harmed: RunningPlatform, client: httpx.Client) -> None:
    before = _credits(client)
    uuid = client.post("/v1/tts/", json={"model": "silence", "text": TEXT, "format": "wav"}).json()["uuid"]
    wait_until(lambda: ("speak", "running", 1) in parts_of(harmed, uuid))
    harmed.kill(part)
    result = _wait(client, uuid, {"completed", "failed"}, seconds=90)
    assert result["status"] == "completed", result
    assert httpx.get(result["result_url"]).content[:4] == b"RIFF"
    job = client.get(f"/v1/jobs/{uuid}/").json()
    assert before - _credits(client) == pytest.approx(job["credits_used"])
    assert _entries(harmed, uuid) == ["charge", "release", "reservation"]
    harmed.wait_until_ready()


@pytest.mark.prove  # starts the whole platform a second time
def test_job_finishes_after_a_killed_supervisor_is_started_again(harmed: RunningPlatform, client: httpx.Client) -> None:
    uuid = client.post("/v1/tts/", json={"model": "silence", "text": TEXT, "format": "wav"}).json()["uuid"]
    _wait(client, uuid, {"processing"}, seconds=20)
    assert harmed.process is not None
    os.kill(harmed.process.pid, signal.SIGKILL)
    harmed.process.wait()
    harmed.process = None
    harmed.start()
    assert _wait(client, uuid, {"completed", "failed"}, seconds=90)["status"] == "completed"
    assert _entries(harmed, uuid) == ["charge", "release", "reservation"]


def _wait(client: httpx.Client, uuid: str, states: set[str], *, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            result: dict[str, Any] = client.get("/v1/speech/results/", params={"uuid": uuid}).json()
        except (httpx.TransportError, ValueError):
            result = {"status": "away"}
        if result.get("status") in states:
            return result
        time.sleep(0.1)
    raise TimeoutError(f"{uuid} is {result} after {seconds} s")


def _credits(client: httpx.Client) -> float:
    for _ in range(100):
        try:
            return float(client.get("/v1/account/").json()["credits"])
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the account cannot be read")


def _entries(platform: RunningPlatform, uuid: str) -> list[str]:
    with psycopg.connect(platform.instance()["database_url"]) as connection:
        rows = connection.execute("SELECT kind FROM billing_ledgerentry WHERE job_uuid = %s ORDER BY kind", [uuid]).fetchall()
    return [kind for (kind,) in rows]
