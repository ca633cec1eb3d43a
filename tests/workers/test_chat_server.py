"""Client of an OpenAI-compatible server: requests, responses, bounded time and size."""

import gzip
import json
import logging
from typing import Any

import pytest

from tests.workers.chat_http import ChatHTTP, Exchange, chat_http, refuses, says
from workers import chat_server as module
from workers.chat_server import Answer, ChatServer, read_settings
from workers.contract.errors import WorkError

KEY = "sk-very-secret"
MESSAGES = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}]
UNUSABLE = "The language model's server did not give an answer that can be used."


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_SECONDS", (0.01, 0.01))


def ask(server: ChatHTTP, *, key: str = KEY, seconds: float = 10.0) -> Answer:
    return ChatServer(server.url, "small", key, seconds).complete(MESSAGES, max_tokens=50, temperature=0.5)


def failure(server: ChatHTTP, *, seconds: float = 10.0) -> tuple[str, str]:
    with pytest.raises(WorkError) as caught:
        ask(server, seconds=seconds)
    return caught.value.code, caught.value.message


def test_the_request_is_openais_and_carries_the_key(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("  Hello you.\n")]
    assert ask(chat_server) == Answer("Hello you.", is_cut=False)
    (request,) = chat_server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {"model": "small", "messages": MESSAGES, "max_tokens": 50, "temperature": 0.5, "stream": False}


def test_chat_request_without_a_key_has_no_authorization_header(chat_server: ChatHTTP) -> None:
    ask(chat_server, key="")
    assert "authorization" not in chat_server.requests[0].headers


def test_reply_at_the_length_limit_is_marked_as_cut(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("And then", finish_reason="length")]
    assert ask(chat_server) == Answer("And then", is_cut=True)


def test_the_reasoning_of_a_model_is_removed_from_its_answer(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("<think>\nThey greet me.\n</think>\n\nHello.")]
    assert ask(chat_server).text == "Hello."
    chat_server.script = [says("<think>\nI could say", finish_reason="length")]
    assert ask(chat_server) == Answer("", is_cut=True)


def test_a_busy_server_is_asked_again_after_the_pause_that_it_wants(chat_server: ChatHTTP, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(module.time, "sleep", slept.append)
    chat_server.script = [refuses(429, Retry_After="3"), refuses(503), says("Now.")]
    assert ask(chat_server).text == "Now."
    assert slept == [3.0, 0.01]


def test_retry_pause_beyond_the_time_limit_is_not_awaited(chat_server: ChatHTTP) -> None:
    chat_server.script = [refuses(429, Retry_After="9")]
    assert failure(chat_server, seconds=5) == ("engine_unavailable", UNUSABLE)
    assert len(chat_server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_that_stays_busy_is_left_after_three_requests(chat_server: ChatHTTP, status: int) -> None:
    chat_server.otherwise = refuses(status)
    assert failure(chat_server) == ("engine_unavailable", UNUSABLE)
    assert len(chat_server.requests) == 3


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_a_configuration_error_is_not_retried_and_logged_without_the_key(
    chat_server: ChatHTTP, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    chat_server.otherwise = refuses(status, body=json.dumps({"error": {"message": f"wrong key {KEY}"}}).encode())
    with caplog.at_level(logging.DEBUG):
        assert failure(chat_server) == ("engine_unavailable", UNUSABLE)
    assert len(chat_server.requests) == 1
    assert f"chat_server_failed host=127.0.0.1 reason={status}" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(ChatServer(chat_server.url, "small", KEY))


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_the_model_refuses_is_the_callers_fault(chat_server: ChatHTTP, status: int) -> None:
    chat_server.otherwise = refuses(status)
    message = f"The language model refused the text (its server answered {status}). Try a shorter one."
    assert failure(chat_server) == ("invalid_text", message)
    assert len(chat_server.requests) == 1


def test_parameters_that_newer_models_call_otherwise_are_renamed_or_left_out(chat_server: ChatHTTP) -> None:
    def unsupported(name: str) -> bytes:
        return json.dumps({"error": {"message": "no", "param": name, "code": "unsupported_parameter"}}).encode()

    chat_server.script = [refuses(400, body=unsupported("max_tokens")), refuses(400, body=unsupported("temperature")), says("Yes.")]
    assert ask(chat_server).text == "Yes."
    assert chat_server.requests[-1].body == {"model": "small", "messages": MESSAGES, "max_completion_tokens": 50, "stream": False}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>It works!</html>",
        b"",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": [1]}}]}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_malformed_response_is_a_server_failure(chat_server: ChatHTTP, body: bytes) -> None:
    chat_server.otherwise = refuses(200, body=body)
    assert failure(chat_server) == ("engine_unavailable", UNUSABLE)


def test_no_content_is_an_empty_answer(chat_server: ChatHTTP) -> None:
    chat_server.script = [says(None)]
    assert ask(chat_server).text == ""


def test_a_redirect_is_not_followed_so_that_nobody_else_gets_the_key(chat_server: ChatHTTP) -> None:
    with chat_http() as elsewhere:
        chat_server.otherwise = refuses(307, Location=f"{elsewhere.url}/chat/completions")
        assert failure(chat_server) == ("engine_unavailable", UNUSABLE)
        assert elsewhere.requests == []


def test_an_endless_answer_is_left_after_a_megabyte(chat_server: ChatHTTP) -> None:
    sent: list[int] = []

    def pour(exchange: Exchange, _: dict[str, Any]) -> None:
        exchange.send_response(200)
        exchange.end_headers()
        while not chat_server.stopping.is_set():
            exchange.wfile.write(b" " * 65_536)
            sent.append(65_536)

    chat_server.otherwise = pour
    assert failure(chat_server) == ("engine_unavailable", UNUSABLE)
    assert sum(sent) < 64 << 20  # what lies in the sockets' buffers; a limit that is not kept would be none


def test_a_packed_answer_is_not_unpacked(chat_server: ChatHTTP) -> None:
    chat_server.otherwise = refuses(200, body=gzip.compress(b" " * 50_000_000), Content_Encoding="gzip")
    assert failure(chat_server) == ("engine_unavailable", UNUSABLE)
    assert chat_server.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("is_trickling", [True, False])
def test_chat_server_that_never_ends_its_answer_times_out(chat_server: ChatHTTP, *, is_trickling: bool) -> None:
    def dawdle(exchange: Exchange, _: dict[str, Any]) -> None:
        if is_trickling:
            exchange.send_response(200)
            exchange.end_headers()
        while not chat_server.stopping.wait(0.05):
            if is_trickling:
                exchange.wfile.write(b" ")
                exchange.wfile.flush()

    chat_server.otherwise = dawdle
    assert failure(chat_server, seconds=0.5) == ("timed_out", "The language model did not answer within 0.5 seconds.")
    assert len(chat_server.requests) == 1


def test_an_unreachable_server_is_a_failure() -> None:
    with pytest.raises(WorkError) as caught:
        ChatServer("http://127.0.0.1:9/v1", "small").complete(MESSAGES, max_tokens=5, temperature=0)
    assert (caught.value.code, caught.value.message) == ("engine_unavailable", UNUSABLE)


SERVER = {"TTSAI_CHAT_URL": "http://model:8080/v1/", "TTSAI_CHAT_MODEL": "small"}


def test_settings_come_from_the_environment() -> None:
    settings = read_settings({**SERVER, "TTSAI_CHAT_KEY": KEY, "TTSAI_CHAT_SECONDS": "7"}, prefix="TTSAI_CHAT", seconds=60)
    assert (settings.server, settings.obstacle) == (ChatServer("http://model:8080/v1", "small", KEY, 7.0), "")


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"TTSAI_CHAT_URL": ""}, "Set TTSAI_CHAT_URL and TTSAI_CHAT_MODEL to an OpenAI-compatible server to use it."),
        ({"TTSAI_CHAT_URL": "file:///etc/passwd"}, "TTSAI_CHAT_URL must be an address like https://host/v1."),
        ({"TTSAI_CHAT_URL": "http://host:port"}, "TTSAI_CHAT_URL must be an address like https://host/v1."),
        ({"TTSAI_CHAT_MODEL": " "}, "Set TTSAI_CHAT_MODEL to the name of a model of that server."),
        ({"TTSAI_CHAT_SECONDS": "nan"}, "TTSAI_CHAT_SECONDS must be a number of seconds up to 3600."),
        ({"TTSAI_CHAT_SECONDS": "soon"}, "TTSAI_CHAT_SECONDS must be a number of seconds up to 3600."),
        ({"TTSAI_CHAT_KEY": "schlüssel"}, "TTSAI_CHAT_KEY contains invalid characters."),
        ({"TTSAI_CHAT_KEY": "a\nb"}, "TTSAI_CHAT_KEY contains invalid characters."),
    ],
)
def test_missing_or_invalid_settings_are_one_sentence(changes: dict[str, str], obstacle: str) -> None:
    settings = read_settings({**SERVER, **changes}, prefix="TTSAI_CHAT", seconds=60)
    assert (settings.server, settings.obstacle) == (None, obstacle)
