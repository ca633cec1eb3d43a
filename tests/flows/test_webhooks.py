"""Webhooks of a running platform: receivers that are down, slow, wrong, gone or internal, and SIGKILL between commit and send."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.flows.running import RunningPlatform
from tests.webhooks.receivers import Receiver


class Telling:
    """Platform that may reach some local ports, and a customer of it."""

    def __init__(self, platform: RunningPlatform, *, ports: list[int], email: str = "hooks@example.com") -> None:
        self.platform = platform
        self.ports = ports
        self.http = platform.client(platform.key(email, requests_per_minute=10_000, concurrent=50))

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = self.http.request(method, f"/v1/{path}", json=body if method != "GET" else None)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def endpoint(self, url: str, *events: str) -> dict[str, Any]:
        return self.ask("POST", "webhooks/", url=url, events=list(events) or ["test"])

    def attempts(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.delivery(endpoint)["attempts"])

    def delivery(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        deliveries = self.ask("GET", f"webhooks/deliveries/?endpoint_id={endpoint['id']}")["deliveries"]
        return dict(deliveries[0])


@pytest.fixture(scope="module")
def telling(harmed: RunningPlatform, receiver_ports: list[int]) -> Iterator[Telling]:
    telling = Telling(harmed, ports=receiver_ports)
    with telling.http:
        yield telling


def wait_until(is_so: Callable[[], bool], *, what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def test_webhook_receivers_that_fail_are_retried_or_disabled_as_documented(telling: Telling, receivers: Callable[[int], Receiver]) -> None:
    slow, wrong, gone, misleading, inside = (receivers(index) for index in range(5))
    slow.pause_seconds, wrong.status, gone.status = 12.0, 500, 410
    misleading.status, misleading.location = 307, inside.url
    endpoints = {
        name: telling.endpoint(one.url) for name, one in [("slow", slow), ("wrong", wrong), ("gone", gone), ("misleading", misleading)]
    }
    endpoints["down"] = telling.endpoint(f"http://127.0.0.1:{telling.ports[5]}/hook")
    for endpoint in endpoints.values():
        telling.ask("POST", f"webhooks/{endpoint['id']}/test/")

    at_once = {name: endpoint for name, endpoint in endpoints.items() if name != "slow"}
    wait_until(lambda: all(telling.attempts(endpoint) for endpoint in at_once.values()), what="one attempt at each")
    first = {name: telling.attempts(endpoint)[0] for name, endpoint in at_once.items()}
    assert {name: (attempt["status"], attempt["error"]) for name, attempt in first.items()} == {
        "wrong": (500, "status 500"),
        "gone": (410, "status 410"),
        "misleading": (307, "status 307"),
        "down": (None, "the URL could not be reached"),
    }
    wrong.status, misleading.status, misleading.location = 200, 200, ""
    down = receivers(5)
    reported = telling.ask("GET", f"webhooks/{endpoints['gone']['id']}/")
    assert (reported["is_enabled"], reported["disabled_reason"]) == (False, "it answered 410 Gone")
    assert (telling.delivery(endpoints["gone"])["state"], len(gone.received)) == ("failed", 1)

    wait_until(lambda: bool(telling.attempts(endpoints["slow"])), what="one attempt at the slow one")
    slow.pause_seconds = 0.0
    late = telling.attempts(endpoints["slow"])[0]
    assert (late["status"], late["error"]) == (None, "the URL took too long to answer")
    recovered = {"slow": slow, "wrong": wrong, "misleading": misleading, "down": down}
    wait_until(lambda: all(telling.delivery(endpoints[name])["state"] == "delivered" for name in recovered), what="all recovered")
    for name, receiver in recovered.items():
        assert {message["type"] for message in receiver.verified(endpoints[name]["secret"])} == {"test"}
        assert set(receiver.message_ids) == {telling.delivery(endpoints[name])["message_id"]}
    assert inside.received == []


def test_webhook_of_a_third_account_arrives_while_receivers_of_two_accounts_hang(
    telling: Telling, receivers: Callable[[int], Receiver]
) -> None:
    hanging, prompt = receivers(4), receivers(5)
    hanging.pause_seconds = 60.0
    slow = [Telling(telling.platform, ports=telling.ports, email=f"slow-{number}@example.com") for number in range(2)]
    endpoints = [
        (one, one.endpoint(f"{hanging.url}?{number}")) for one in slow for number in range(2)
    ]  # an endpoint takes 10 tests a minute
    for one, endpoint in endpoints:
        for _ in range(6):  # together more than the 8 threads that there once were
            one.ask("POST", f"webhooks/{endpoint['id']}/test/")
    hanging.wait_for(24)
    endpoint = telling.endpoint(prompt.url)
    telling.ask("POST", f"webhooks/{endpoint['id']}/test/")
    prompt.wait_for(1)
    wait_until(lambda: telling.delivery(endpoint)["state"] == "delivered", what="the third account's webhook is delivered")
    assert [attempt["status"] for attempt in telling.attempts(endpoint)] == [200]
    for one, held in endpoints:
        assert one.delivery(held)["state"] == "pending"
        one.ask("DELETE", f"webhooks/{held['id']}/")
    for one in slow:
        one.http.close()


def test_webhook_url_of_a_job_gets_the_same_body_as_a_poll(telling: Telling, receivers: Callable[[int], Receiver]) -> None:
    receiver = receivers(0)
    secret = telling.ask("POST", "webhooks/secret/")["secret"]
    uuid = telling.ask("POST", "tts/", model="silence", text="Hello there.", format="wav", webhook_url=receiver.url)["uuid"]
    receiver.wait_for(1)
    (message,) = receiver.verified(secret)
    assert (message["type"], message["data"]["uuid"]) == ("job.completed", uuid)
    assert message["data"] == telling.ask("GET", f"speech/results/?uuid={uuid}")
    assert httpx.get(message["data"]["result_url"]).content[:4] == b"RIFF"


def test_no_webhook_is_lost_when_the_worker_dies_between_commit_and_send(telling: Telling, receivers: Callable[[int], Receiver]) -> None:
    receiver = receivers(0)
    endpoint = telling.endpoint(receiver.url, "key.revoked")
    for pid in telling.platform.pids("platform"):
        os.kill(pid, signal.SIGSTOP)  # what is committed from now on is not sent
    telling.ask("POST", f"webhooks/{endpoint['id']}/test/")
    key = telling.ask("POST", "keys/", name="to be revoked")
    telling.ask("DELETE", f"keys/{key['id']}/")
    assert receiver.received == []
    telling.platform.kill("platform")
    receiver.wait_for(2, seconds=60)
    messages = receiver.verified(endpoint["secret"])
    assert sorted(message["type"] for message in messages) == ["key.revoked", "test"]
    revoked = next(message for message in messages if message["type"] == "key.revoked")
    assert revoked["data"] == {"key_id": key["id"], "prefix": key["prefix"], "name": "to be revoked"}
    telling.platform.wait_until_ready()


@pytest.mark.prove
def test_webhook_is_sent_again_under_its_id_after_its_sender_dies(telling: Telling, receivers: Callable[[int], Receiver]) -> None:
    receiver = receivers(6)  # of this test alone: messages of others may still be sent again
    receiver.pause_seconds = 60.0
    endpoint = telling.endpoint(receiver.url)
    telling.ask("POST", f"webhooks/{endpoint['id']}/test/")
    receiver.wait_for(1)
    telling.platform.kill("platform")
    receiver.pause_seconds = 0.0
    receiver.wait_for(2, seconds=90)
    assert len(set(receiver.message_ids)) == 1
    wait_until(lambda: telling.delivery(endpoint)["state"] == "delivered", what="delivered")
    telling.platform.wait_until_ready()


@pytest.mark.prove
def test_every_job_sends_its_webhook_despite_repeated_worker_kills(telling: Telling, receivers: Callable[[int], Receiver]) -> None:
    receiver = receivers(7)  # of this test alone
    secret = telling.ask("POST", "webhooks/secret/")["secret"]
    uuids = []
    for number in range(24):
        wanted = {"model": "silence", "text": f"Job number {number}.", "format": "wav", "webhook_url": receiver.url}
        uuids.append(telling.ask("POST", "tts/", **wanted)["uuid"])
        if number % 12 == 11:  # the supervisor gives up a part that dies five times a minute
            wait_until(lambda: bool(telling.platform.pids("platform")), what="the platform's worker runs")
            telling.platform.kill("platform")
    reported: set[str] = set()

    def are_all_delivered() -> bool:
        for headers, body in list(receiver.received):
            reported.add(Webhook(secret).verify(body, headers)["data"]["uuid"])
        return reported >= set(uuids)

    wait_until(are_all_delivered, what="every job told", seconds=120)
    assert reported == set(uuids)
    assert all(telling.ask("GET", f"speech/results/?uuid={uuid}")["status"] == "completed" for uuid in uuids)
    ids = {headers["webhook-id"] for headers, _ in receiver.received}
    assert len(ids) == len(uuids)  # some may have come twice, under the same id
