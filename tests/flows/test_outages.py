"""Servers that hang: requests are answered in bounded time, and everything goes on by itself when the server does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.flows.following import entries_of, wait_for_end, wait_until
from tests.flows.running import RunningPlatform

BOUND_SECONDS = 20.0
"""The statement limit of this platform (5 s), a second of grace, and room for a busy machine."""
HEALTH_THREADS = 5
"""One that runs the checks, and one for each of four."""
PROBING_THREADS = 2


@pytest.fixture(scope="module")
def client(harmed: RunningPlatform) -> Iterator[httpx.Client]:
    with harmed.client(harmed.key("outages@example.com", credits_=100)) as client:
        yield client


def test_requests_to_a_frozen_postgres_get_503_and_succeed_once_it_runs_again(harmed: RunningPlatform, client: httpx.Client) -> None:
    web = psutil.Process(harmed.pids("web")[0])
    with ThreadPoolExecutor(16) as pool:
        assert {status for status, _ in pool.map(lambda _: _account(client), range(16))} == {200}  # every thread of Django's exists
        threads = web.num_threads() + HEALTH_THREADS + PROBING_THREADS
        with harmed.frozen("postgres"):
            assert set(pool.map(lambda _: _account(client), range(40))) == {(503, True)}
            health = [httpx.get(f"{harmed.url}/v1/health/", timeout=BOUND_SECONDS) for _ in range(20)]
            assert {answer.status_code for answer in health} == {200}
            assert {(answer.json()["status"], answer.json()["away"][0]) for answer in health} == {("degraded", "database")}
            readiness = httpx.get(f"{harmed.url}/readyz", timeout=BOUND_SECONDS)
            assert (readiness.status_code, "database" in readiness.json()["lacking"]) == (503, True)
            assert httpx.get(f"{harmed.url}/livez", timeout=BOUND_SECONDS).status_code == 200
            assert web.num_threads() <= threads
    wait_until(lambda: _account(client)[0] == 200)
    harmed.wait_until_ready()
    uuid = client.post("/v1/tts/", json={"model": "silence", "text": "Hello again.", "format": "wav"}).json()["uuid"]
    assert wait_for_end(client, uuid)["status"] == "completed"


def test_a_job_accepted_while_valkey_is_frozen_is_done_and_charged_once_afterwards(harmed: RunningPlatform, client: httpx.Client) -> None:
    with harmed.frozen("valkey"):
        answer = client.post("/v1/tts/", json={"model": "silence", "text": "Wait for me.", "format": "wav"}, timeout=BOUND_SECONDS)
        assert answer.status_code == 200, answer.text
        readiness = httpx.get(f"{harmed.url}/readyz", timeout=BOUND_SECONDS)
        assert (readiness.status_code, "broker" in readiness.json()["lacking"]) == (503, True)
    uuid = answer.json()["uuid"]
    assert wait_for_end(client, uuid)["status"] == "completed"
    assert sorted(entries_of(harmed, uuid)) == ["charge", "release", "reservation"]
    harmed.wait_until_ready()


def _account(client: httpx.Client) -> tuple[int, bool]:
    """The status of a request, and whether it tells when to come back."""
    answer = client.get("/v1/account/", timeout=BOUND_SECONDS)
    return answer.status_code, "retry-after" in answer.headers
