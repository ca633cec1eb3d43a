"""Sessions with a plain WebSocket client: turns, interruptions, transcription, out-of-band responses, hostile clients."""

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.compat.realtime import client_events, input_buffer, session
from apps.jobs.models import Job
from tests.compat.realtime.talking import ANSWER, PATIENCE, QUESTION, Talker, encoded_blocks, spoken_question, talking
from tests.factories import make_key
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.web.shell import RunningShell

MANUAL = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}


class Talk:
    """Connection that speaks JSON."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, name: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": name, **fields}))

    def read(self) -> dict[str, Any]:
        return dict(json.loads(self.connection.recv(timeout=PATIENCE)))

    def until(self, *names: str) -> list[dict[str, Any]]:
        """Events up to the first of these."""
        events = [self.read()]
        while events[-1]["type"] not in names:
            events.append(self.read())
        return events

    def update(self, given: dict[str, Any]) -> dict[str, Any]:
        self.send("session.update", session=given)
        return dict(self.until("session.updated", "error")[-1])

    def say(self, pcm: bytes) -> None:
        for block in encoded_blocks(pcm):
            self.send("input_audio_buffer.append", audio=block)

    def add_message(self, text: str) -> None:
        self.send("conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
        self.until("conversation.item.done")

    def ending(self) -> tuple[int, str, list[dict[str, Any]]]:
        """Code and reason with which the server closes, and the events before."""
        events: list[dict[str, Any]] = []
        with pytest.raises(ConnectionClosed) as closed:
            events.extend(iter(self.read, None))
        frame = closed.value.rcvd
        assert frame is not None
        return frame.code, frame.reason, events


@contextlib.contextmanager
def opened(server: RunningShell, somebody: Person | str, query: str = "?model=gpt-realtime", **arguments: Any) -> Iterator[Talk]:
    """Open a connection and read its first events."""
    key = somebody if isinstance(somebody, str) else somebody.key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{server.url.replace('http', 'ws')}/v1/realtime{query}"
    with connect(url, additional_headers=headers, open_timeout=PATIENCE, proxy=None, max_size=None, **arguments) as connection:
        yield Talk(connection)


def test_speech_while_the_answer_plays_interrupts_it_and_is_answered(server: RunningShell, owner: Person) -> None:
    with talking(Talker(is_hesitant=True)) as talker, opened(server, owner) as talk:
        talk.until("conversation.created")
        question = spoken_question()
        talk.say(question)
        talk.until("response.output_audio.delta")
        talk.say(question)
        events = talk.until("response.done")
        done = events[-1]["response"]
        assert (done["status"], done["status_details"]) == ("cancelled", {"type": "cancelled", "reason": "turn_detected"})
        assert events[-2]["type"] == "response.output_item.done"
        wait_until(lambda: Job.objects.filter(kind="speech", cancel_requested_at__isnull=False).count() == 1)
        talker.resume.set()
        assert talk.until("response.done")[-1]["response"]["status"] == "completed"
    assert [work["text"] for work in talker.replies] == [QUESTION, QUESTION]
    assert [turn["content"] for turn in talker.replies[1]["history"]] == [QUESTION, "It is noon."]


def test_turns_without_response_or_interruption_are_only_transcribed(server: RunningShell, owner: Person) -> None:
    with talking() as talker, opened(server, owner) as talk:
        talk.until("conversation.created")
        detection = {"type": "server_vad", "create_response": False, "interrupt_response": False}
        audio = {"input": {"turn_detection": detection, "transcription": {"model": "whisper-1"}}}
        assert talk.update({"type": "realtime", "audio": audio})["type"] == "session.updated"
        talk.say(spoken_question())
        events = talk.until("conversation.item.input_audio_transcription.completed")
        assert events[-1]["transcript"] == QUESTION
        assert not any(event["type"].startswith("response") for event in events)
        talk.send("response.create", response={"output_modalities": ["text"], "instructions": "Answer."})
        assert talk.until("response.done")[-1]["response"]["status"] == "completed"
    assert (talker.replies[0]["text"], talker.replies[0]["system_prompt"]) == (QUESTION, "Answer.")


def test_transcription_session_transcribes_and_makes_no_responses(server: RunningShell, owner: Person) -> None:
    with talking() as talker, opened(server, owner, "?intent=transcription") as talk:
        created = talk.read()
        assert (created["type"], created["session"]["type"]) == ("session.created", "transcription")
        audio = {
            "input": {"format": {"type": "audio/pcm", "rate": 24000}, "transcription": {"model": "gpt-realtime-whisper", "language": "en"}}
        }
        updated = talk.update({"type": "transcription", "audio": audio | {"input": audio["input"] | {"turn_detection": None}}})
        assert updated["session"]["audio"]["input"]["turn_detection"] is None
        talk.say(spoken_question())
        talk.send("input_audio_buffer.commit")
        events = talk.until("conversation.item.input_audio_transcription.completed")
        assert [event["type"] for event in events] == [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
        ]
        assert events[-1]["transcript"] == QUESTION
        talk.send("response.create", event_id="mine")
        error = talk.read()["error"]
        assert (error["message"], error["event_id"]) == ("A transcription session makes no responses.", "mine")
    assert (talker.recordings[0]["engine"], talker.recordings[0]["language"]) == ("whisper", "en")
    assert list(Job.objects.values_list("kind", flat=True)) == ["transcription"]


def test_response_out_of_band_answers_its_own_input_and_leaves_the_conversation(server: RunningShell, owner: Person) -> None:
    with talking() as talker, opened(server, owner) as talk:
        talk.until("conversation.created")
        talk.add_message("Remember me.")
        given = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Classify this."}]}]
        wanted = {"conversation": "none", "input": given, "output_modalities": ["text"], "metadata": {"topic": "class"}}
        talk.send("response.create", response=wanted)
        events = talk.until("response.done")
        response = events[-1]["response"]
        assert (response["conversation_id"], response["metadata"], response["status"]) == (None, {"topic": "class"}, "completed")
        assert "conversation.item.added" not in [event["type"] for event in events]
        talk.until("rate_limits.updated")
        talk.send("conversation.item.retrieve", item_id=response["output"][0]["id"])
        assert talk.read()["error"]["code"] == "item_retrieve_invalid_item_id"
    assert (talker.replies[0]["text"], talker.replies[0]["history"]) == ("Classify this.", [])


def test_second_response_of_the_conversation_is_refused_while_one_is_active(server: RunningShell, owner: Person) -> None:
    with talking(Talker(is_hesitant=True)) as talker, opened(server, owner) as talk:
        talk.until("conversation.created")
        talk.add_message("Hello.")
        talk.send("response.create")
        talk.until("response.output_audio.delta")
        talk.send("response.create", event_id="second")
        error = talk.until("error")[-1]["error"]
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
        talker.resume.set()
        assert talk.until("response.done")[-1]["response"]["output"][0]["content"][0]["transcript"] == ANSWER


def test_client_that_leaves_stops_its_speech_and_pays_for_what_was_sent(server: RunningShell, owner: Person) -> None:
    with talking(Talker(is_hesitant=True)) as talker:
        with opened(server, owner) as talk:
            talk.until("conversation.created")
            talk.add_message("Hello.")
            talk.send("response.create")
            talk.until("response.output_audio.delta")
        wait_until(lambda: Job.objects.get(kind="speech").cancel_requested_at is not None)
        talker.resume.set()
        wait_until(lambda: Job.objects.get(kind="speech").is_over)
    speech = Job.objects.get(kind="speech")
    assert (speech.state, speech.charged_millicredits) == ("cancelled", len(ANSWER) // 2 * 2)


def test_failed_recognition_is_reported_and_a_silent_turn_is_not_answered(server: RunningShell, owner: Person) -> None:
    with talking(Talker(heard="")) as talker, opened(server, owner) as talk:
        talk.until("conversation.created")
        talk.update({"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}})
        talk.say(spoken_question())
        events = talk.until("response.done")
        assert events[-1]["response"]["status"] == "completed"
        assert events[-1]["response"]["output"] == []
    assert talker.replies == []
    poor = person(credits=0)
    with talking(), opened(server, poor) as talk:
        talk.until("conversation.created")
        talk.update({**MANUAL, "audio": {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}}})
        talk.say(spoken_question())
        talk.send("input_audio_buffer.commit")
        failed = talk.until("conversation.item.input_audio_transcription.failed")[-1]
        assert failed["error"]["code"] == "insufficient_quota"
        talk.send("response.create")
        details = talk.until("response.done")[-1]["response"]["status_details"]
        assert details["error"]["code"] == "insufficient_quota"
    assert not Job.objects.filter(account=poor.account).exists()


def test_session_is_refused_without_its_scope_or_for_an_unknown_model(server: RunningShell, owner: Person) -> None:
    narrow = make_key(owner.account, scopes=["stt:transcribe"])[1]
    with opened(server, narrow, "?intent=transcription") as talk:
        assert talk.read()["type"] == "session.created"
        error = talk.update({"type": "realtime"})["error"]
        assert error["code"] == "missing_scope"
    with opened(server, owner, "?model=unheard-of") as talk:
        code, reason, events = talk.ending()
    assert (code, reason, events[-1]["error"]["code"]) == (1008, "unknown_model", "unknown_model")


FAULTS: list[tuple[str | bytes, str, str | None]] = [
    (b"\x00\x01", "invalid_request", None),
    ("no JSON", "invalid_json", None),
    ("[1]", "invalid_json", None),
    ('{"type": 7}', "missing_required_parameter", "type"),
    ('{"type": "session.destroy", "event_id": "e1"}', "invalid_value", "type"),
    ('{"type": "session.update", "event_id": 7}', "invalid_value", "event_id"),
    ("[" * 100_000, "invalid_json", None),
    ("[" + "0," * 200_000 + "0]", "event_too_large", None),
    ('{"type": "session.update"}', "missing_required_parameter", "session"),
    ('{"type": "session.update", "session": []}', "invalid_type", "session"),
    ('{"type": "session.update", "session": {"voice": "nobody"}}', "unknown_voice", "voice"),
    ('{"type": "session.update", "session": {"model": "unheard-of"}}', "unknown_model", "model"),
    ('{"type": "input_audio_buffer.append", "audio": "%%%"}', "invalid_value", "audio"),
    ('{"type": "input_audio_buffer.append", "audio": "AA=="}', "invalid_value", "audio"),
    ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty", None),
    ('{"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 1}', "item_truncate_invalid_item_id", "item_id"),
    ('{"type": "conversation.item.delete", "item_id": {}}', "invalid_type", "item_id"),
    ('{"type": "response.create", "response": {"tool_choice": "required"}}', "invalid_value", "response.tool_choice"),
    ('{"type": "response.create", "response": {"metadata": {"a": 1}}}', "invalid_value", "response.metadata"),
    ('{"type": "response.cancel", "response_id": "resp_x"}', "response_cancel_not_active", "response_id"),
]  # fmt: skip
"""Messages of hostile or mistaken clients, with the code and the parameter of the error."""


def test_faulty_events_are_answered_with_errors_and_the_session_continues(server: RunningShell, owner: Person) -> None:
    with opened(server, owner) as talk:
        talk.until("conversation.created")
        for message, code, param in FAULTS:
            talk.connection.send(message)
            event = talk.read()
            assert (event["type"], event["error"]["code"], event["error"]["param"]) == ("error", code, param), message[:100]
            assert event["error"]["message"]
        assert talk.update({"type": "realtime", "instructions": "\ud83d\ude00 still here"})["type"] == "session.updated"
    assert not Job.objects.exists()


def test_client_that_sends_nothing_but_mistakes_is_closed(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_events, "ERRORS_PER_SECOND", 0.0)
    with opened(server, owner) as talk:
        talk.until("conversation.created")
        for _ in range(client_events.ERRORS_AT_ONCE + 1):
            talk.connection.send("nonsense")
        code, reason, events = talk.ending()
    assert (code, reason) == (1013, "too_many_errors")
    assert [event["error"]["code"] for event in events[-2:]] == ["invalid_json", "too_many_errors"]
    assert len(events) == client_events.ERRORS_AT_ONCE + 2


def test_audio_that_is_never_committed_is_bounded_and_costs_nothing(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_buffer, "LONGEST_SECONDS", 10.0)
    minute = base64.b64encode(bytes(48_000 * 6)).decode()
    with opened(server, owner) as talk:
        talk.until("conversation.created")
        for _ in range(20):
            talk.send("input_audio_buffer.append", audio=minute)
        talk.update(MANUAL)
        talk.send("input_audio_buffer.append", audio=minute)
        talk.send("input_audio_buffer.append", audio=minute, event_id="too much")
        error = talk.read()["error"]
        assert (error["code"], error["event_id"]) == ("input_audio_buffer_full", "too much")
        talk.send("input_audio_buffer.clear")
        assert talk.read()["type"] == "input_audio_buffer.cleared"
    assert not Job.objects.exists()


def test_message_beyond_a_megabyte_closes_the_connection(server: RunningShell, owner: Person) -> None:
    with opened(server, owner) as talk:
        talk.until("conversation.created")
        with contextlib.suppress(ConnectionClosed):
            talk.send("input_audio_buffer.append", audio="A" * (2 << 20))
        assert talk.ending()[0] == 1009


def test_turns_that_wait_for_their_transcripts_are_bounded(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_PENDING", 2)
    block = encoded_blocks(spoken_question())[12]
    with opened(server, owner) as talk:
        talk.until("conversation.created")
        talk.update(MANUAL)
        for _ in range(3):
            talk.send("input_audio_buffer.append", audio=block)
            talk.send("input_audio_buffer.commit")
        assert talk.until("error")[-1]["error"]["code"] == "too_many_pending_turns"
    wait_until(lambda: not Job.objects.exclude(state="cancelled").exists())
    assert not Job.objects.exclude(charged_millicredits=0).exists()


def test_session_that_lasts_too_long_is_closed_with_its_error(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SESSION_SECONDS", 0.2)
    with opened(server, owner) as talk:
        code, reason, events = talk.ending()
    assert (code, reason) == (1008, "session_expired")
    assert (events[-1]["type"], events[-1]["error"]["code"]) == ("error", "session_expired")
