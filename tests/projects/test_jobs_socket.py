"""WebSocket /ws: progress of a key's jobs, live."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from apps.accounts.models import ApiKey, Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.compat.clonyvoice import job_feed
from apps.core.ttl_cache import clear_all_caches
from apps.jobs.models import Job
from tests.factories import make_key
from tests.flows.following import wait_until
from tests.projects.making import generate, work
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from ttsai.web.sockets import router

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _quick_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    Plan.objects.filter(slug=ANONYMOUS_PLAN).delete()  # the socket needs no plan for callers without a key
    clear_all_caches()
    monkeypatch.setattr(job_feed, "READ_SECONDS", 0.05)


@pytest.fixture
def opened(server: RunningShell, owner: Person) -> Iterator[ClientConnection]:
    with open_socket(server, owner.key) as socket:
        yield socket


def open_socket(server: RunningShell, key: str) -> ClientConnection:
    headers = {"X-API-Key": key} if key else {}
    return connect(f"{server.url.replace('http', 'ws')}/ws", additional_headers=headers, open_timeout=PATIENCE, proxy=None)


def send_key(socket: ClientConnection, key: str) -> None:
    socket.send(json.dumps({"type": "auth", "api_key": key}))


def closing_code(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=PATIENCE)
    return closed.value.rcvd.code if closed.value.rcvd else None


def receive(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=PATIENCE))


def test_the_snapshot_has_running_jobs_and_changes_follow_until_the_end(server: RunningShell, owner: Person) -> None:
    first = generate(owner, "preset", voice_id="af_bella", text="Hello there.")
    generate(person(), "preset", voice_id="af_bella", text="Of another account.")
    with open_socket(server, owner.key) as socket:
        snapshot = receive(socket)
        assert snapshot["type"] == "snapshot"
        assert [(job["generation_id"], job["progress"]) for job in snapshot["jobs"]] == [(first["generation_id"], 0.0)]
        second = generate(owner, "preset", voice_id="af_bella", text="Another text.")
        assert receive(socket)["job"]["generation_id"] == second["generation_id"]
        work()
        ended: dict[str, Any] = {}
        while set(ended) != {first["generation_id"], second["generation_id"]}:
            job = receive(socket)["job"]
            if job["status"] == "completed":
                ended[job["generation_id"]] = job
    assert [(job["progress"], job["duration"]) for job in ended.values()] == [(1.0, 1.5)] * 2
    assert all(job["audio_url"].endswith(f"/{job['generation_id']}/output.mp3") for job in ended.values())


def test_a_key_in_the_first_message_opens_the_feed(server: RunningShell, owner: Person) -> None:
    with open_socket(server, "") as socket:
        send_key(socket, owner.key)
        assert receive(socket) == {"type": "snapshot", "jobs": []}
        socket.send(json.dumps({"type": "ping"}))
        assert receive(socket) == {"type": "pong"}


def test_first_message_that_holds_no_key_ends_the_connection(server: RunningShell) -> None:
    cases: list[tuple[str | bytes, str]] = [
        (json.dumps({"type": "ping"}), "missing_api_key"),
        ("[", "invalid_message"),
        (b"binary", "invalid_message"),
    ]
    for message, code in cases:
        with open_socket(server, "") as socket:
            socket.send(message)
            assert receive(socket)["code"] == code
            assert closing_code(socket) == 1008


def test_an_unknown_message_on_an_open_feed_is_refused(opened: ClientConnection) -> None:
    receive(opened)
    opened.send(json.dumps({"type": "shout"}))
    assert receive(opened)["code"] == "unknown_message"


def test_key_with_half_a_surrogate_pair_is_a_failed_key(server: RunningShell, settings: Any) -> None:
    settings.TTSAI_FAILED_KEYS_PER_MINUTE = 1
    codes = []
    for _ in range(2):
        with open_socket(server, "") as socket:
            send_key(socket, "cvk_" + 43 * "\ud800")
            codes.append(receive(socket)["code"])
    assert codes == ["invalid_api_key", "rate_limit_exceeded"]


def test_connection_counts_against_the_key_of_its_first_message(server: RunningShell, owner: Person) -> None:
    assert owner.account is not None
    secret = make_key(owner.account, concurrent_jobs=1)[1]
    with open_socket(server, secret) as first, open_socket(server, "") as second:
        assert receive(first)["type"] == "snapshot"
        send_key(second, secret)
        assert receive(second)["code"] == "concurrency_limit_exceeded"
        assert closing_code(second) == 1013


def test_address_has_few_open_connections_that_have_sent_no_key(
    server: RunningShell, owner: Person, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "KEYLESS_CONNECTIONS", 1)
    with open_socket(server, "") as first:
        with pytest.raises(InvalidStatus) as refused, open_socket(server, ""):
            pass
        assert refused.value.response.status_code == 429
        send_key(first, owner.key)
        assert receive(first)["type"] == "snapshot"
        wait_until(lambda: valkey.zcard("lease:keyless:127.0.0.1") == 0)
        with open_socket(server, ""):
            pass


def test_many_jobs_of_one_key_hide_none_of_another(owner: Person, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(job_feed, "MOST_JOBS", 2)
    other = person()
    mine = generate(owner, "preset", voice_id="af_bella", text="The oldest.")["generation_id"]
    theirs = [generate(other, "preset", voice_id="af_bella", text=f"Text {number}.")["generation_id"] for number in range(5)]
    keys = [ApiKey.objects.get(account=who.account) for who in (owner, other)]
    known = set(Job.objects.values_list("uuid", flat=True))
    with django_assert_num_queries(4):  # three of jobs, one of their progress: no column is read later
        found = job_feed.read_jobs({key.account_id for key in keys}, {key.pk for key in keys}, known)
    assert [list(found[key.pk]) for key in keys] == [[mine], theirs[-2:]]
