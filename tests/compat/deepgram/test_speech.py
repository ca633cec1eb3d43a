"""POST /v1/speak and its WebSocket, by Deepgram's official client and by hand."""

import io
import json
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.speak.v1.types import SpeakV1Flushed, SpeakV1Metadata, SpeakV1Text
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.catalog.starting_stand_ins import AURA_VOICES
from apps.compat.deepgram import live_messages
from apps.compat.deepgram.names import recogniser_of, voice_model_of
from apps.jobs.models import Job
from tests.compat.deepgram.conftest import environment_of
from tests.compat.deepgram.live import PATIENCE, Line, line
from tests.compat.realtime.talking import SPOKEN, talking
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from workers.audio.encoding.g711 import decode_g711
from workers.contract.tags import is_same_language
from workers.kokoro.stock_voices import STOCK_VOICES, VOICES_BY_ID

pytestmark = pytest.mark.filterwarnings("ignore:.*websockets:DeprecationWarning")  # the package's own use of websockets

WHOLE = np.concatenate(SPOKEN)
QUERY = "model=aura-2-thalia-en&encoding=linear16&sample_rate=24000"


def audio_of(messages: list[Any]) -> np.ndarray:
    return np.frombuffer(b"".join(message for message in messages if isinstance(message, bytes)), "<i2")


def test_sdk_saves_speech_while_it_is_made(client: DeepgramClient, owner: Person) -> None:
    with talking():
        data = b"".join(client.speak.v1.audio.generate(text="It is noon. Good bye!", model="aura-2-thalia-en"))
    samples, rate = soundfile.read(io.BytesIO(data))
    assert (rate, len(samples) / rate) == (24_000, pytest.approx(len(WHOLE) / 24_000, abs=0.1))
    job = Job.objects.get()
    assert (job.params["text"], job.output_format) == ("It is noon. Good bye!", "mp3")


FORMS: dict[str, tuple[str, Any, int]] = {
    "encoding=linear16&container=none": ("audio/l16;rate=24000", None, 0),
    "encoding=linear16": ("audio/wav", None, 44),
    "encoding=mulaw&sample_rate=8000&container=none": ("audio/basic", "mu", 0),
    "encoding=alaw": ("audio/wav", "a", 46),
}
"""Content type, companding and bytes of the header of each query's audio."""


def test_speech_has_the_encoding_container_and_rate_of_the_query(server: RunningShell, owner: Person) -> None:
    with talking(), httpx.Client(headers=token(owner), timeout=PATIENCE) as http:
        answers = {query: http.post(f"{server.url}/v1/speak?{query}", json={"text": "It is noon."}) for query in FORMS}
    for query, (content_type, law, header) in FORMS.items():
        answer = answers[query]
        assert (answer.headers["Content-Type"], answer.headers["dg-model-name"]) == (content_type, "aura-asteria-en")
        assert (answer.content[:4] == b"RIFF") == (header > 0)
        data = answer.content[header:]
        samples = np.frombuffer(data, "<i2") if law is None else decode_g711(data, law=law)
        rate = 24_000 if law is None else 8000
        assert len(samples) / rate == pytest.approx(len(WHOLE) / 24_000, abs=0.01)
        assert int(np.abs(samples.astype(int)).max()) == pytest.approx(8000, rel=0.05)


def token(one: Person) -> dict[str, str]:
    return {"Authorization": f"Token {one.key}"}


INVALID = {
    "encoding=wma": "encoding",
    "container=avi": "container",
    "encoding=mp3&sample_rate=44100": "sample_rate",
    "speed=9": "speed",
    "bit_rate=fast": "bit_rate",
    "callback=https://example.com": "callback",
    "model=nobody": "voice",
}


def test_invalid_speech_requests_are_refused_in_deepgrams_shape(server: RunningShell, owner: Person) -> None:
    with httpx.Client(headers=token(owner)) as http:
        answers = {query: http.post(f"{server.url}/v1/speak?{query}", json={"text": "Hello."}) for query in INVALID}
        unfit: tuple[Any, ...] = ({}, {"text": ""}, {"text": []}, [])
        empty = [http.post(f"{server.url}/v1/speak", json=body) for body in unfit]
    assert {query: (answer.status_code, answer.json()["param"]) for query, answer in answers.items()} == {
        query: (400, param) for query, param in INVALID.items()
    }
    assert [answer.status_code for answer in empty] == [400] * 4
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_sdks_connection_speaks_flushes_clears_and_closes(client: DeepgramClient, owner: Person) -> None:
    with talking(), client.speak.v1.connect(model="aura-2-thalia-en", encoding="linear16", sample_rate=24_000) as connection:
        first = connection.recv()
        connection.send_text(SpeakV1Text(text="It is noon. "))
        connection.send_text(SpeakV1Text(text="Good bye!"))
        connection.send_flush()
        messages = [connection.recv()]
        while not isinstance(messages[-1], SpeakV1Flushed):
            messages.append(connection.recv())
        connection.send_clear()
        cleared = connection.recv()
        connection.send_close()
        ended = list(connection)
    assert (type(first), first.model_name) == (SpeakV1Metadata, "aura-2-thalia-en")
    assert len(audio_of(messages)) >= 2 * len(WHOLE)  # each of two sentences has its job, which says both sentences
    assert (messages[-1].type, messages[-1].sequence_id, cleared.type, cleared.sequence_id, ended) == ("Flushed", 0, "Cleared", 1, [])
    assert Job.objects.count() == 2


def read(connection: Line) -> Any:
    message = connection.connection.recv(timeout=PATIENCE)
    return message if isinstance(message, bytes) else json.loads(message)


def test_messages_that_cannot_be_spoken_are_warned_about(server: RunningShell, owner: Person) -> None:
    with line(server, owner.key, QUERY, path="/v1/speak") as connection:
        assert read(connection)["type"] == "Metadata"
        for message in ("no json", '{"type": "Sing"}', '{"type": "Speak"}', b"\x00", json.dumps({"type": "Speak", "text": "x" * 2001})):
            connection.connection.send(message)
            warning = read(connection)
            assert (warning["type"], bool(warning["code"]), bool(warning["description"])) == ("Warning", True, True)
    assert Job.objects.count() == 0


UNSPEAKABLE: tuple[str | bytes, ...] = (
    "no json",
    '{"type": "Speak", "text": 5}',
    json.dumps({"type": "Speak", "text": "x" * 2001}),
    b"\x00",
)


def test_too_many_messages_that_cannot_be_spoken_close_the_connection(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_messages, "MOST_FAULTS", len(UNSPEAKABLE))
    with line(server, owner.key, QUERY, path="/v1/speak") as connection:
        assert read(connection)["type"] == "Metadata"
        for message in UNSPEAKABLE:
            connection.connection.send(message)
        messages = [read(connection) for _ in range(len(UNSPEAKABLE) + 1)]
        with pytest.raises(ConnectionClosed) as closed:
            read(connection)
    assert [message["type"] for message in messages] == ["Warning"] * len(UNSPEAKABLE) + ["Error"]
    assert (messages[-1]["err_code"], messages[-1]["code"]) == ("Bad Request", "too_many_errors")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_text_beyond_the_plan_is_refused_in_deepgrams_shape(server: RunningShell, owner: Person) -> None:
    brief = person(max_characters=100)
    answer = httpx.post(f"{server.url}/v1/speak", json={"text": "x" * 101}, headers=token(brief))
    reported = answer.json()
    assert (answer.status_code, set(reported)) == (400, {"err_code", "err_msg", "request_id", "code", "param"})
    assert (reported["err_code"], reported["code"], reported["param"]) == ("Bad Request", "text_too_long", "text")
    assert "100" in reported["err_msg"]
    assert answer.headers["dg-request-id"] == reported["request_id"]
    with httpx.Client() as http:
        sdk = DeepgramClient(api_key=brief.key, environment=environment_of(server), httpx_client=http)
        with pytest.raises(ApiError) as refused:
            b"".join(sdk.speak.v1.audio.generate(text="x" * 101))
    assert (refused.value.status_code, refused.value.body["err_code"]) == (400, "Bad Request")
    assert (Job.objects.count(), brief.millicredits) == (0, 1_000_000)


def test_characters_that_cannot_be_stored_are_replaced_in_spoken_texts(server: RunningShell, owner: Person) -> None:
    with talking(), line(server, owner.key, QUERY, path="/v1/speak") as connection:
        assert read(connection)["type"] == "Metadata"
        connection.connection.send(r'{"type": "Speak", "text": "It is \ud800noon\u0000."}')
        connection.send("Flush")
        while isinstance(message := read(connection), bytes):
            pass
    assert message["type"] == "Flushed"
    assert Job.objects.get().params["text"] == "It is \ufffdnoon."


def test_speaking_without_credits_closes_with_the_reason(server: RunningShell, owner: Person) -> None:
    poor = person(credits=0)
    with line(server, poor.key, QUERY, path="/v1/speak") as connection:
        connection.send("Speak", text="It is noon.")
        connection.send("Flush")
        messages = [read(connection), read(connection)]
        with pytest.raises(ConnectionClosed) as closed:
            read(connection)
    assert messages[1]["err_code"] == "ASR_PAYMENT_REQUIRED"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_unknown_voice_is_refused_before_the_connection_is_accepted(server: RunningShell, owner: Person) -> None:
    with pytest.raises(InvalidStatus) as refused, line(server, owner.key, "model=nobody", path="/v1/speak"):
        pass
    assert (refused.value.response.status_code, json.loads(refused.value.response.body)["param"]) == (400, "voice")


def test_every_aura_voice_has_a_voice_of_ours_in_its_language() -> None:
    assert set(AURA_VOICES.values()) <= set(STOCK_VOICES)
    for name, voice in AURA_VOICES.items():
        assert is_same_language(VOICES_BY_ID[voice].language, voice_model_of(name).language), name


@pytest.mark.parametrize(
    ("name", "family"),
    [("nova-3", "nova-3"), ("nova-2-meeting", "nova-2"), ("Nova-3-General", "nova-3"), ("meeting", "nova"), ("whisper-large", "whisper"),
     ("enhanced-phonecall", "enhanced"), ("novation", "novation")],
)  # fmt: skip
def test_recognisers_are_known_by_their_family(name: str, family: str) -> None:
    assert recogniser_of(name) == family
