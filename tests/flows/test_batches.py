"""Batches through the running platform: they survive the death of every process, are charged once and notified once."""

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import httpx
import psycopg
import pytest

from tests.flows.following import wait_until
from tests.flows.running import RunningPlatform
from tests.webhooks.receivers import Receiver

SENTENCE = "This is a sentence of an item that somebody will interrupt. "
ITEM = {"model": "silence", "voice": "quiet", "format": "wav", "text": SENTENCE * 6}
BAD_ITEM = ITEM | {"voice": "nobody"}
BATCH, RESULT = "/v1/tts/batch/", "/v1/tts/batch/result/"
NUMBERS = itertools.count()

DUE_DELIVERIES = "SELECT count(*) FROM webhooks_delivery WHERE state = 'pending'"
UNEVEN = """
SELECT (SELECT count(*) FROM batches_batch b WHERE total <> (SELECT count(*) FROM batches_batchitem i WHERE i.batch_id = b.uuid)),
       (SELECT count(*) FROM jobs_job j WHERE lane = 'bulk' AND NOT EXISTS (SELECT 1 FROM batches_batchitem i WHERE i.job_id = j.uuid)),
       (SELECT count(*) FROM billing_balance b WHERE available_millicredits <>
               (SELECT sum(e.amount_millicredits) FROM billing_ledgerentry e WHERE e.account_id = b.account_id))
"""
"""Inconsistencies: batches without items, items without a batch, balances that differ from the sum of their entries."""


@pytest.fixture
def client(harmed: RunningPlatform) -> Iterator[httpx.Client]:
    """Client of a separate account."""
    key = harmed.key(f"batches-{next(NUMBERS)}@example.com", credits_=1000, requests_per_minute=1000)
    with harmed.client(key) as client:
        yield client


@pytest.mark.prove
def test_batch_survives_kills_of_every_process_and_sends_one_webhook(
    harmed: RunningPlatform, client: httpx.Client, receivers: Callable[[int], Receiver]
) -> None:
    receiver = receivers(0)
    before = _answered(client, "/v1/account/")["credits"]
    secret = client.post("/v1/webhooks/secret/").json()["secret"]
    texts = [BAD_ITEM if index == 17 else ITEM for index in range(50)]
    begun = client.post(BATCH, json={"texts": texts, "webhook_url": receiver.url}).json()
    assert {name: begun[name] for name in ("total", "completed", "failed", "status")} == {
        "total": 50,
        "completed": 0,
        "failed": 1,
        "status": "processing",
    }
    completed = 0
    for part in ("engine", "platform", "valkey", "web", "postgres"):
        completed = _wait(client, begun["batch_id"], lambda result, ended=completed: result["completed"] >= ended + 4)["completed"]
        assert completed < 50, f"the batch was over before {part} could be killed"
        harmed.kill(part)
    result = _wait(client, begun["batch_id"], lambda result: result["status"] == "completed")
    assert [item["status"] for item in result["items"]] == ["failed" if index == 17 else "completed" for index in range(50)]
    assert (result["completed"], result["failed"], result["items"][17]["code"]) == (49, 1, "unknown_voice")
    assert result["credits_charged"] == pytest.approx(sum(item["credits"] for item in result["items"]))
    assert before - _answered(client, "/v1/account/")["credits"] == pytest.approx(result["credits_charged"])
    assert {httpx.get(item["url"]).content[:4] for item in result["items"] if item["url"]} == {b"RIFF"}
    uuids = [item["uuid"] for item in result["items"] if item["uuid"]]
    assert _rows(
        harmed, "SELECT kind, count(*) FROM billing_ledgerentry WHERE job_uuid = ANY(%s::uuid[]) GROUP BY kind ORDER BY kind", uuids
    ) == [
        ("charge", 49),
        ("release", 49),
        ("reservation", 49),
    ]
    assert _rows(harmed, UNEVEN) == [(0, 0, 0)]
    _assert_delivered_once(harmed, client, receiver, secret=secret, result=result)


def _assert_delivered_once(
    harmed: RunningPlatform, client: httpx.Client, receiver: Receiver, *, secret: str, result: dict[str, Any]
) -> None:
    wait_until(lambda: bool(receiver.received))
    wait_until(lambda: _rows(harmed, DUE_DELIVERIES) == [(0,)])  # a second message would be a row here, or another attempt of the first
    [reported] = receiver.verified(secret)
    assert (reported["type"], reported["data"]) == ("batch.completed", result)
    deliveries = _answered(client, "/v1/webhooks/deliveries/")["deliveries"]
    assert [(one["event"], one["state"], len(one["attempts"])) for one in deliveries] == [("batch.completed", "delivered", 1)]


def test_a_batch_does_not_hold_up_the_live_requests_of_others(harmed: RunningPlatform, client: httpx.Client) -> None:
    harmed.wait_until_ready()
    batch_id = client.post(BATCH, json={"texts": [ITEM] * 50}).json()["batch_id"]
    with harmed.client(harmed.key(f"live-{next(NUMBERS)}@example.com")) as other:
        for _ in range(3):
            body = {"model": "silence", "input": SENTENCE, "voice": "quiet", "response_format": "wav"}
            assert other.post("/v1/audio/speech", json=body).content[:4] == b"RIFF"
    result = client.get(RESULT, params={"batch_id": batch_id}).json()
    assert (result["status"], result["completed"] < 25) == ("processing", True), "the batch was nearly over before the live requests"
    cancelled = client.post(f"{BATCH}{batch_id}/cancel/").json()
    assert {item["status"] for item in cancelled["items"]} <= {"completed", "processing", "cancelled"}
    ended = _wait(client, batch_id, lambda result: result["status"] == "completed")
    assert ended["completed"] + ended["cancelled"] == 50
    assert _rows(harmed, UNEVEN) == [(0, 0, 0)]


def test_batch_is_accepted_whole_or_not_when_the_web_process_is_killed(harmed: RunningPlatform, client: httpx.Client) -> None:
    harmed.wait_until_ready()
    before = _answered(client, "/v1/account/")["credits"]

    def ask(number: int) -> str:
        """Send the request until it is answered, with the same key: one batch, however often the connection breaks."""
        body = {"texts": [ITEM | {"text": f"{SENTENCE} {number} {index}"} for index in range(20)]}
        for _ in range(300):
            try:
                answer = client.post(BATCH, json=body, headers={"Idempotency-Key": f"batch-{number}"})
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            return str(answer.json()["batch_id"])
        raise TimeoutError("no answer")

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, number) for number in range(8)]
        wait(asked, return_when=FIRST_COMPLETED)
        harmed.kill("web")
        batch_ids = {one.result() for one in asked}
    assert len(batch_ids) == 8
    account = "SELECT account_id FROM batches_batch WHERE uuid = %s::uuid"
    assert _rows(harmed, f"SELECT count(*) FROM batches_batch WHERE account_id = ({account})", next(iter(batch_ids))) == [(8,)]
    assert _rows(harmed, UNEVEN) == [(0, 0, 0)]
    for batch_id in batch_ids:
        client.post(f"{BATCH}{batch_id}/cancel/")
    charged = [_wait(client, batch_id, lambda result: result["status"] == "completed")["credits_charged"] for batch_id in batch_ids]
    assert before - _answered(client, "/v1/account/")["credits"] == pytest.approx(sum(charged))


def _wait(client: httpx.Client, batch_id: str, is_right: Callable[[dict[str, Any]], bool], *, seconds: float = 120) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = _answered(client, RESULT, batch_id=batch_id)
        if is_right(result):
            return result
        time.sleep(0.1)
    raise TimeoutError(f"{batch_id} is {result} after {seconds} s")


def _answered(client: httpx.Client, path: str, **parameters: str) -> dict[str, Any]:
    """Wait for the platform to be back, and return its answer."""
    for _ in range(600):
        try:
            answer = client.get(path, params=parameters)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.1)
    raise TimeoutError(f"{path} is not answered")


def _rows(platform: RunningPlatform, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(platform.instance()["database_url"]) as connection:
        return connection.execute(statement, values).fetchall()
