"""Repeated requests during the first one: one job, one charge."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.flows.running import RunningPlatform

SPOKEN = {"model": "silence", "voice": "quiet", "response_format": "wav"}
BRIEFLY = " ".join(f"This is sentence number {number}." for number in range(8))
AT_LENGTH = " ".join(f"This is sentence number {number} of very many." for number in range(200))
TOGETHER = 6


@pytest.fixture
def client(swept: RunningPlatform, key: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=swept.url, headers={"X-API-Key": key}, timeout=120) as client:
        yield client


def credits_left(client: httpx.Client) -> float:
    return float(client.get("/v1/account/").json()["credits"])


def jobs_of(client: httpx.Client) -> list[str]:
    return [job["uuid"] for job in client.get("/v1/jobs/", params={"limit": "100"}).json()["jobs"]]


def test_identical_requests_in_flight_are_one_job_and_one_charge(client: httpx.Client, outsiders_key: str) -> None:
    before, known = credits_left(client), jobs_of(client)
    body = {**SPOKEN, "input": BRIEFLY}

    def ask(headers: dict[str, str]) -> httpx.Response:
        return client.post("/v1/audio/speech", json=body, headers=headers)

    with ThreadPoolExecutor(TOGETHER + 1) as pool:
        outsiders = pool.submit(ask, {"X-API-Key": outsiders_key})
        answers = list(pool.map(ask, [{}] * TOGETHER))
    assert {answer.status_code for answer in answers} == {200}
    (job,) = {answer.headers["X-Job-Id"] for answer in answers}
    assert len({answer.content for answer in answers}) == 1
    assert [uuid for uuid in jobs_of(client) if uuid not in known] == [job]
    assert credits_left(client) == pytest.approx(before - credits_used(client, job))
    assert outsiders.result().headers["X-Job-Id"] != job


def credits_used(client: httpx.Client, uuid: str) -> float:
    """Charge of a job, once it is completed."""
    while (result := client.get("/v1/speech/results/", params={"uuid": uuid}).json())["status"] in {"queued", "processing"}:
        time.sleep(0.2)
    assert result["status"] == "completed"
    return float(result["credits_used"])


def test_the_same_request_after_the_job_has_ended_is_another_job(client: httpx.Client) -> None:
    first = client.post("/v1/audio/speech", json={**SPOKEN, "input": "Once."})
    credits_used(client, first.headers["X-Job-Id"])  # the audio of a stream comes before the end of its job
    second = client.post("/v1/audio/speech", json={**SPOKEN, "input": "Once."})
    assert first.headers["X-Job-Id"] != second.headers["X-Job-Id"]


def test_a_retry_after_a_broken_connection_joins_the_running_job(swept: RunningPlatform, client: httpx.Client, key: str) -> None:
    known, before = jobs_of(client), credits_left(client)
    body = json.dumps({**SPOKEN, "input": f"{BRIEFLY} Broken off."}).encode()
    head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", swept.port), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        while not (new := [uuid for uuid in jobs_of(client) if uuid not in known]):
            time.sleep(0.02)
    answer = client.post("/v1/audio/speech", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, [answer.headers["X-Job-Id"]]) == (200, new)
    assert [uuid for uuid in jobs_of(client) if uuid not in known] == new
    assert credits_left(client) == pytest.approx(before - credits_used(client, new[0]))


def test_identical_long_requests_hear_the_audio_of_one_job(client: httpx.Client) -> None:
    before = credits_left(client)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/audio/speech", json={**SPOKEN, "input": AT_LENGTH}), range(2)))
    assert {answer.status_code for answer in answers} == {200}
    (uuid,) = {answer.headers["X-Job-Id"] for answer in answers}
    assert len({len(answer.content) for answer in answers}) == 1
    assert credits_left(client) == pytest.approx(before - credits_used(client, uuid))


def test_idempotency_key_gives_one_job_and_one_charge_at_any_time(client: httpx.Client) -> None:
    before = credits_left(client)
    body = {"model": "silence", "voice": "quiet", "text": "Only once."}
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/tts/", json=body, headers={"Idempotency-Key": "only-once"}), range(TOGETHER)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["uuid"] for answer in answers}) == 1
    assert credits_left(client) == pytest.approx(before - answers[0].json()["credits_used"])
    other = client.post("/v1/tts/", json={**body, "text": "Twice."}, headers={"Idempotency-Key": "only-once"})
    assert other.status_code == 409
