"""Calls of an ASGI application within the process: streams, disconnects and broken responses."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.uploads.conftest import Elsewhere, elsewhere
from ttsai.api_client import ApiClient, ApiError
from ttsai.api_client.in_process import AHEAD_MESSAGES, Application, InProcessTransport

__all__ = ["elsewhere"]

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def client_of(application: Application) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=InProcessTransport(application, client=("192.0.2.7", 5)), base_url="http://inside.invalid")


def test_application_sees_the_request_as_of_a_connection() -> None:
    seen: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope, body=(await receive())["body"])
        await send(START)
        await send({"type": "http.response.body", "body": b"fine"})

    async def ask() -> str:
        async with client_of(application) as client:
            return (await client.post("/v1/tts/?async=1", content=b"text", headers={"X-Request-Id": "one"})).text

    assert asyncio.run(ask()) == "fine"
    assert (seen["method"], seen["path"], seen["query_string"], seen["body"]) == ("POST", "/v1/tts/", b"async=1", b"text")
    assert (seen["client"], seen["server"][0]) == (("192.0.2.7", 5), "inside.invalid")
    assert (b"x-request-id", b"one") in seen["headers"]


def test_leaving_a_stream_tells_the_application_and_frees_it() -> None:
    sent, left = [], asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(START)

        async def talk() -> None:
            while True:
                await send({"type": "http.response.body", "body": b"a", "more_body": True})
                sent.append(1)

        talking = asyncio.create_task(talk())
        assert (await receive())["type"] == "http.disconnect"
        talking.cancel()
        left.set()

    async def ask() -> None:
        async with client_of(application) as client, client.stream("GET", "/") as response:
            assert await anext(response.aiter_raw()) == b"a"
            assert len(sent) <= AHEAD_MESSAGES + 2
        async with asyncio.timeout(10):
            await left.wait()

    asyncio.run(ask())


def test_broken_response_is_an_error_and_not_a_short_body() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async def ask(application: Application) -> None:
        async with client_of(application) as client:
            await client.get("/")

    for application in (silent, broken):
        with pytest.raises(httpx.RemoteProtocolError):
            asyncio.run(ask(application))


def test_events_are_read_again_from_where_they_broke_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsai.api_client.events.RETRY_SECONDS", 0.0)
    asked: list[str] = []
    answers = [b'id: 7-0\nevent: progress\ndata: {"type": "progress"}\n\n', b'id: 8-0\nevent: end\ndata: {"type": "end"}\n\n']

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(START)
        if not scope["path"].endswith("/events/"):
            status = b'{"status": "processing", "progress": 0.5}'
            await send({"type": "http.response.body", "body": status})
            return
        asked.append(dict(scope["headers"])[b"last-event-id"].decode())
        await send({"type": "http.response.body", "body": answers[len(asked) - 1], "more_body": len(asked) == 1})

    async def follow() -> list[float]:
        async with ApiClient(url="http://inside.invalid", key="", transport=InProcessTransport(application)) as api:
            return [share async for share in api.follow("0" * 32)]

    assert asyncio.run(follow()) == [0.5]
    assert asked == ["0", "7-0"]


def test_answers_of_other_servers_are_errors() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({**START, "status": 200 if scope["path"] == "/page" else 502})
        await send({"type": "http.response.body", "body": b"[]" if scope["query_string"] else b"<html>"})

    async def ask(path: str, **parameters: str) -> None:
        async with ApiClient(url="http://inside.invalid", key="", transport=InProcessTransport(application)) as api:
            await api.get(path, **parameters)

    for path, parameters in (("/page", {}), ("/page", {"a": "1"}), ("/gateway", {})):
        with pytest.raises(ApiError) as refused:
            asyncio.run(ask(path, **parameters))
        assert refused.value.code == "bad_answer"


def test_own_headers_do_not_follow_a_redirect_to_another_server(elsewhere: Elsewhere) -> None:
    elsewhere.files["/audio"] = b"sound"
    seen: list[dict[bytes, bytes]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        seen.append(dict(scope["headers"]))
        where = "/here" if scope["path"] == "/begin" else f"{elsewhere.url}/audio"
        await send({"type": "http.response.start", "status": 307, "headers": [(b"location", where.encode())]})
        await send({"type": "http.response.body", "body": b""})

    async def download(path: str) -> bytes:
        headers = {"Host": "speech.example", "X-Forwarded-For": "192.0.2.7"}
        transport = InProcessTransport(application)
        async with ApiClient(url="http://localhost:9", key="secret", transport=transport, headers=headers) as api:
            return (await api.download(path, limit=100))[0]

    for path in ("/begin", f"{elsewhere.url}/audio"):  # by a redirect, and at once
        assert asyncio.run(download(path)) == b"sound"
    assert [one[b"authorization"] for one in seen] == [b"Bearer secret"] * 2
    assert [one[b"x-forwarded-for"] for one in seen] == [b"192.0.2.7"] * 2
    assert len(elsewhere.headers) == 2
    for one in elsewhere.headers:
        assert not {"authorization", "x-forwarded-for"} & {name.lower() for name in one}
        assert one["Host"] == elsewhere.url.removeprefix("http://")
