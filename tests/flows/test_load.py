"""Concurrent requests: credits are never exceeded, and no account waits for another's backlog."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.flows.running import RunningPlatform

SENTENCE = "Ten credits worth of silence. "


def test_fifty_parallel_requests_on_credits_for_ten(harmed: RunningPlatform) -> None:
    text = "x" * 1000
    price = _price_of(harmed, text)
    key = harmed.key("hot@example.com", credits_=10 * price, requests_per_minute=1000, concurrent=1000)
    assert _account(harmed, key)["credits"] == pytest.approx(10 * price)
    with harmed.client(key) as client, ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda number: client.post("/v1/tts/", json={"model": "silence", "text": f"{number:02}{text[2:]}"}), range(50))
        )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 10 + [402] * 40
    refused = next(answer.json() for answer in answers if answer.status_code == 402)
    assert refused["credits_needed"] == pytest.approx(price)
    with psycopg.connect(harmed.instance()["database_url"]) as connection:
        rows = connection.execute(
            "SELECT b.available_millicredits, (SELECT sum(e.amount_millicredits) FROM billing_ledgerentry e WHERE e.account_id = b.account_id)"
            " FROM billing_balance b"
        ).fetchall()
    assert all(available == entries and available >= 0 for available, entries in rows)


@pytest.mark.prove
def test_two_hundred_queued_jobs_do_not_delay_another_account(harmed: RunningPlatform) -> None:
    flood_key, other_key = harmed.key("flood@example.com", requests_per_minute=1000, concurrent=1000), harmed.key("single@example.com")
    body = {"model": "silence", "text": SENTENCE * 4, "format": "wav"}
    with harmed.client(flood_key) as flooder, harmed.client(other_key) as other, ThreadPoolExecutor(8) as pool:
        accepted = list(
            pool.map(lambda number: flooder.post("/v1/tts/", json={**body, "text": f"{number:03} {SENTENCE * 4}"}).json(), range(200))
        )
        assert all(answer["status"] == "queued" for answer in accepted)
        started = time.monotonic()
        answer = other.post("/v1/audio/speech", json={"model": "silence", "input": SENTENCE, "voice": "quiet", "response_format": "wav"})
        assert answer.status_code == 200
        waiting = [item for item in flooder.get("/v1/jobs/", params={"limit": 100}).json()["jobs"] if item["status"] != "completed"]
        assert len(waiting) == 100, f"the flood was over before the other job, which took {time.monotonic() - started:.1f} s"
        for item in accepted:
            flooder.post(f"/v1/jobs/{item['uuid']}/cancel/")


def _account(platform: RunningPlatform, key: str) -> dict[str, float]:
    answer: dict[str, float] = httpx.get(f"{platform.url}/v1/account/", headers={"Authorization": f"Bearer {key}"}).json()
    return answer


def _price_of(platform: RunningPlatform, text: str) -> float:
    models = httpx.get(f"{platform.url}/v1/models/").json()["models"]
    silence = next(model for model in models if model["id"] == "silence")
    return float(silence["credits_per_1k_chars"]) * len(text) / 1000
