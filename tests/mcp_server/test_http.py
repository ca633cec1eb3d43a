"""POST /mcp without the SDK: keys, origins, bodies and methods."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from apps.core.fair_slots import FairSlots
from tests.factories import make_key
from tests.flows.following import wait_until
from tests.speech.people import Person
from tests.web.shell import RunningShell
from ttsai.mcp_server import views

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
SPEAK = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "speak", "arguments": {"text": "Hi."}}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def post(server: RunningShell, somebody: Person, body: Any = LIST, *, path: str = "/mcp", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{server.url}{path}", json=body, headers={**ACCEPT, **somebody.headers, **named}, timeout=60)


def answer_of(response: httpx.Response) -> Any:
    (data,) = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {")]
    return json.loads(data)


def test_a_message_without_a_session_is_answered(server: RunningShell, owner: Person) -> None:
    for path in ("/mcp", "/mcp/"):
        response = post(server, owner, path=path)
        assert (response.status_code, len(answer_of(response)["result"]["tools"])) == (200, 7)
        assert {"X-Request-Id", "X-RateLimit-Limit"} <= {name.title().replace("Ratelimit", "RateLimit") for name in response.headers}


def test_message_with_an_invalid_key_is_answered_with_a_challenge(server: RunningShell, owner: Person) -> None:
    assert post(server, Person("sk-tts-" + "0" * 43, None)).headers["www-authenticate"] == "Bearer"


def test_a_key_without_the_scope_learns_which_one_it_needs(server: RunningShell, owner: Person) -> None:
    _, secret = make_key(owner.account, scopes=["stt:transcribe"])
    refused = answer_of(post(server, Person(secret, owner.account), SPEAK))["result"]
    assert refused["isError"]
    assert "tts:generate" in refused["content"][0]["text"]


ORIGINS = [
    ("https://evil.example", "", 403),
    ("http://evil.example:8000", "evil.example:8000", 403),
    ("null", "", 403),
    ("http://localhost:5173", "localhost:8000", 200),
    ("http://localhost:5173", "speech.example", 403),
    ("https://app.example.com", "", 200),
    ("https://speech.example", "", 200),
]


def test_pages_of_other_origins_are_refused(server: RunningShell, owner: Person, settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["https://app.example.com"]
    settings.TTSAI_PUBLIC_URL = "https://speech.example/"
    for origin, host, status in ORIGINS:
        response = post(server, owner, Origin=origin, **({"Host": host} if host else {}))
        assert response.status_code == status, (origin, host)
        if status == 403:
            assert response.json()["error"]["code"] == "origin_not_allowed"


def test_a_message_beyond_the_limit_is_refused_before_it_is_read(server: RunningShell, owner: Person) -> None:
    response = post(server, owner, {"text": "a" * (17 * 1024 * 1024)})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")


def test_a_body_that_is_no_message_is_a_400(server: RunningShell, owner: Person) -> None:
    headers = {**ACCEPT, **owner.headers, "Content-Type": "application/json"}
    for content in (b"", b"{", b"[]", b'"a"', b"[" * 100_000, b"\xff\xfe", b'{"jsonrpc": "2.0", "id": {}, "method": 3}'):
        for version in ({}, {"MCP-Protocol-Version": "2026-07-28"}):
            response = httpx.post(f"{server.url}/mcp", content=content, headers={**headers, **version})
            assert response.status_code == 400, (content[:20], response.text)


def test_a_message_of_too_many_values_is_refused_before_it_is_parsed(server: RunningShell, owner: Person) -> None:
    response = post(server, owner, {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"a": [[]] * 100_001}})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")


def test_large_messages_of_an_account_take_turns(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert owner.account is not None
    turns, tenant = FairSlots(usual=2, most=2, waiting_each=1), f"account:{owner.account.pk}"
    monkeypatch.setattr(views, "large_messages", lambda: turns)
    large = {**LIST, "params": {"_meta": {"padding": "a" * (views.LARGE_BYTES + 1)}}}
    asyncio.run(turns.wait(tenant))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(post, server, owner, large)
        wait_until(lambda: tenant in turns._waiting)
        refused = post(server, owner, large)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "concurrency_limit_exceeded")
        assert post(server, owner).status_code == 200
        turns.release(tenant)
        assert waiting.result(60).status_code == 200
    wait_until(lambda: not turns._share.held)


def test_a_key_in_x_api_key_is_the_key_of_the_tools_requests(server: RunningShell, owner: Person) -> None:
    message = {**SPEAK, "params": {"name": "list_voices", "arguments": {}}}
    response = post(server, Person("", None), message, X_API_Key=owner.key)
    assert (response.status_code, answer_of(response)["result"]["isError"]) == (200, False)


def test_only_messages_are_posted(server: RunningShell, owner: Person) -> None:
    for method in ("GET", "DELETE", "PUT"):
        assert httpx.request(method, f"{server.url}/mcp", headers={**ACCEPT, **owner.headers}).status_code == 405
