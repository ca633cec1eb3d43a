"""The WebSocket `/tts`: the document's messages, every format, clients that break the rules."""

import base64
import contextlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.accounts.models import ApiKey
from apps.accounts.ws_tickets import create_ticket
from apps.compat.stream_clone import routes
from apps.compat.stream_clone.socket import FORMATS
from apps.jobs.models import Job
from tests.compat.stream_clone.test_voices import clone
from tests.speech.people import Person, person
from tests.text_streams.reader import PATIENCE, Reader
from tests.web.shell import RunningShell
from workers.audio.decode import AudioReader

Messages = list[dict[str, Any]]


@contextlib.contextmanager
def opened(server: RunningShell, somebody: Person, query: str = "") -> Iterator[ClientConnection]:
    url = f"{server.url.replace('http', 'ws')}/tts{query}"
    headers = somebody.headers if not query else {}
    with connect(url, additional_headers=headers, open_timeout=PATIENCE, proxy=None) as connection:
        yield connection


def send(connection: ClientConnection, **message: Any) -> None:
    connection.send(json.dumps(message))


def until_the_end(connection: ClientConnection) -> Messages:
    messages = [json.loads(connection.recv(timeout=PATIENCE))]
    while not messages[-1].get("is_end"):
        messages.append(json.loads(connection.recv(timeout=PATIENCE)))
    return messages


def ending(connection: ClientConnection) -> tuple[int, Messages]:
    """Code with which the server closes, and the messages before."""
    messages: Messages = []
    with pytest.raises(ConnectionClosed) as closed:
        messages.extend(iter(lambda: json.loads(connection.recv(timeout=PATIENCE)), None))
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, messages


def test_documents_session_with_a_cloned_voice(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    clone(server, owner, clip, "id1")
    with opened(server, owner) as connection:
        send(connection, req_params={"prompt_id": "id1", "audio_format": "wav", "sample_rate": 24000, "instruct_text": None})
        send(connection, text="I am here. You ", done=False)
        first = json.loads(connection.recv(timeout=PATIENCE))
        assert (first["error"], first["is_end"], first["index"], first["audio_format"], first["sample_rate"]) == (
            False,
            False,
            0,
            "wav",
            24000,
        )
        send(connection, text="are there.", done=True)
        messages = [first, *until_the_end(connection)]
        assert ending(connection) == (1000, [])
    last = messages[-1]
    assert {name: last[name] for name in ("error", "data", "audio_format", "sample_rate")} == {
        "error": False, "data": None, "audio_format": None, "sample_rate": None,
    }  # fmt: skip
    assert [message["index"] for message in messages] == list(range(len(messages)))
    assert len({message["id"] for message in messages}) == 1
    assert reader.texts == ["I am here. ", "You are there."]
    assert {job.engine_id for job in Job.objects.filter(kind="speech")} == {"kokoro-clone"}


def test_every_format_is_one_file_of_all_sentences(server: RunningShell, owner: Person, reader: Reader, tmp_path: Path) -> None:
    for audio_format in FORMATS:
        with opened(server, owner) as connection:
            send(connection, req_params={"prompt_id": "af_bella", "audio_format": audio_format, "sample_rate": 16000})
            send(connection, text="I am here. You are there.", done=True)
            messages = until_the_end(connection)
        audio = b"".join(base64.b64decode(message["data"]) for message in messages[:-1])
        if audio_format == "pcm":
            assert abs(len(audio) / 32_000 - 0.82) < 0.01
            continue
        path = tmp_path / audio_format
        path.write_bytes(audio)
        with AudioReader(path, sample_rate=16000) as heard:
            seconds = sum(len(block) for block in heard.blocks()) / 16000
        assert abs(seconds - 0.82) < 0.15, audio_format


def test_browser_with_a_ticket_needs_no_key(server: RunningShell, owner: Person, reader: Reader) -> None:
    ticket = create_ticket(ApiKey.objects.get(account=owner.account)).value
    with opened(server, owner, f"?ticket={ticket}") as connection:
        send(connection, req_params={})
        send(connection, done=True)
        assert until_the_end(connection)[-1]["index"] == 0


FAULTS: list[tuple[list[Any], str, str | None]] = [
    (["[]"], "invalid_json", None),
    (["nonsense"], "invalid_json", None),
    ([b"\x00\x01"], "binary_message", None),
    ([{"text": "Hello."}], "missing_field", "req_params"),
    ([{"req_params": {"prompt_id": "nobody"}}], "unknown_voice", "prompt_id"),
    ([{"req_params": {"audio_format": "exe"}}], "invalid_format", "audio_format"),
    ([{"req_params": {"sample_rate": "fast"}}], "invalid_request", "sample_rate"),
    ([{"req_params": {}}, {"text": 7}], "invalid_request", "text"),
    ([{"req_params": {}}, {"text": "Hi.", "done": "yes"}], "invalid_request", "done"),
    ([{"req_params": {}}, {"hello": 1}], "missing_field", "text"),
    ([{"req_params": {}}, {"text": "x" * 60_000}], "text_too_long", "text"),
]


def test_message_that_is_not_understood_ends_the_connection(server: RunningShell, owner: Person) -> None:
    for messages, code, param in FAULTS:
        with opened(server, owner) as connection:
            for message in messages:
                connection.send(message if isinstance(message, str | bytes) else json.dumps(message))
            closing, (error,) = ending(connection)
        assert (closing, error["error"], error["code"], error["param"], bool(error["message"])) == (1008, True, code, param, True)
    assert not Job.objects.exists()


@pytest.mark.parametrize("size", [1_000_000, 4_000_000])
def test_message_of_a_megabyte_ends_the_connection_with_an_error(server: RunningShell, owner: Person, size: int) -> None:
    with opened(server, owner) as connection:
        send(connection, req_params={})
        send(connection, text="x" * size)
        closing, (error,) = ending(connection)
    assert (closing, error["error"], error["code"]) == (1009, True, "message_too_large")
    assert not Job.objects.exists()


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(("limit", "code"), [("idle_seconds", "idle_timeout"), ("total_seconds", "session_too_long")])
def test_session_that_is_never_done_ends_with_an_error(server: RunningShell, owner: Person, limit: str, code: str) -> None:
    usual = getattr(routes.LIMITS, limit)
    object.__setattr__(routes.LIMITS, limit, 1.0)
    try:
        with opened(server, owner) as connection:
            send(connection, req_params={})
            send(connection, text="I am never", done=False)
            closing, (error,) = ending(connection)
    finally:
        object.__setattr__(routes.LIMITS, limit, usual)
    assert (closing, error["error"], error["code"]) == (1008, True, code)
    assert not Job.objects.exists()


def test_client_that_sends_too_many_messages_gets_the_reason(server: RunningShell, owner: Person) -> None:
    with opened(server, owner) as connection:
        send(connection, req_params={})
        with contextlib.suppress(ConnectionClosed):
            for _ in range(2000):
                send(connection, text="", done=False)
        closing, messages = ending(connection)
    assert (closing, messages[-1]["error"], messages[-1]["code"]) == (1008, True, "too_many_messages")
    assert not Job.objects.exists()


def test_text_after_done_is_answered_with_an_error_and_not_spoken(server: RunningShell, owner: Person, reader: Reader) -> None:
    with opened(server, owner) as connection:
        send(connection, req_params={})
        send(connection, text="I am here.", done=True)
        send(connection, text="You are there.", done=False)
        messages = until_the_end(connection)
        assert ending(connection) == (1000, [])
    errors = [message for message in messages if message["error"]]
    assert [(error["code"], error["param"]) for error in errors] == [("already_done", "text")]
    assert "another connection" in errors[0]["message"]
    assert [job.params["text"] for job in Job.objects.all()] == ["I am here."]


def test_account_without_credits_gets_an_error_and_is_disconnected(server: RunningShell, reader: Reader) -> None:
    with opened(server, person(credits=0)) as connection:
        send(connection, req_params={})
        send(connection, text="I am here.", done=True)
        closing, (error,) = ending(connection)
    assert (closing, error["code"]) == (1008, "insufficient_credits")


def test_many_sockets_of_a_key_are_served_at_once(server: RunningShell, reader: Reader) -> None:
    owner = person(concurrent_jobs=6)
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(opened(server, owner)) for _ in range(6)]
        for connection in connections:
            send(connection, req_params={"audio_format": "wav"})
            send(connection, text="I am here. You are there.", done=True)
        for connection in connections:
            audio = b"".join(base64.b64decode(message["data"]) for message in until_the_end(connection)[:-1])
            assert soundfile.read(io.BytesIO(audio))[1] == 24_000
    assert Job.objects.filter(kind="speech").count() == 12


NODE = """
const socket = new WebSocket(process.argv[1]);
let chunks = 0;
socket.onopen = () => {
  socket.send(JSON.stringify({ req_params: { prompt_id: "af_bella", audio_format: "mp3" } }));
  for (const word of ["I ", "am ", "here. ", "You ", "too."]) socket.send(JSON.stringify({ text: word, done: false }));
  socket.send(JSON.stringify({ text: "", done: true }));
};
socket.onmessage = ({ data }) => {
  const answer = JSON.parse(data);
  if (answer.error) { console.log(answer.message); process.exit(1); }
  if (answer.is_end) { console.log(`${chunks === answer.index} ${chunks > 0}`); socket.close(); } else chunks += 1;
};
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_node_client_speaks_with_a_ticket(server: RunningShell, owner: Person, reader: Reader) -> None:
    ticket = create_ticket(ApiKey.objects.get(account=owner.account)).value
    url = f"{server.url.replace('http', 'ws')}/tts?ticket={ticket}"
    run = subprocess.run(["node", "--experimental-websocket", "-e", NODE, url], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "true true")
