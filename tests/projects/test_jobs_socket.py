"""WebSocket /ws: progress of a key's jobs, live."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from apps.compat.clonyvoice import job_feed
from tests.factories import AnonymousPlanFactory, make_key
from tests.projects.making import generate, work
from tests.speech.people import Person, person
from tests.web.shell import RunningShell

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _quick_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    AnonymousPlanFactory()
    monkeypatch.setattr(job_feed, "READ_SECONDS", 0.05)


@pytest.fixture
def opened(server: RunningShell, owner: Person) -> Iterator[ClientConnection]:
    with open_socket(server, owner.key) as socket:
        yield socket


def open_socket(server: RunningShell, key: str) -> ClientConnection:
    headers = {"X-API-Key": key} if key else {}
    return connect(f"{server.url.replace('http', 'ws')}/ws", additional_headers=headers, open_timeout=PATIENCE, proxy=None)


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
        socket.send(json.dumps({"type": "auth", "api_key": owner.key}))
        assert receive(socket) == {"type": "snapshot", "jobs": []}
        socket.send(json.dumps({"type": "ping"}))
        assert receive(socket) == {"type": "pong"}


def test_wrong_keys_missing_scopes_and_invalid_messages_end_the_connection(server: RunningShell, owner: Person) -> None:
    assert owner.account is not None
    with pytest.raises(InvalidStatus) as refused, open_socket(server, make_key(owner.account, scopes=["voices:read"])[1]):
        pass
    assert refused.value.response.status_code == 403
    cases: list[tuple[str | bytes, str]] = [
        (json.dumps({"type": "auth", "api_key": "cvk_wrong"}), "invalid_api_key"),
        (json.dumps({"type": "ping"}), "missing_api_key"),
        ("[", "invalid_message"),
        (b"binary", "invalid_message"),
    ]
    for message, code in cases:
        with open_socket(server, "") as socket:
            socket.send(message)
            assert receive(socket)["code"] == code
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=PATIENCE)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008


def test_an_unknown_message_on_an_open_feed_is_refused(opened: ClientConnection) -> None:
    receive(opened)
    opened.send(json.dumps({"type": "shout"}))
    assert receive(opened)["code"] == "unknown_message"
