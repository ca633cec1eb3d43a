"""Voice chat end to end: spoken or written, answered by the offline notice or by a chat server, and spoken."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.following import entries_of, wait_for_end
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import as_flac, speak
from tests.flows.running import RunningPlatform
from tests.workers.chat_http import ChatHTTP, refuses, says
from tests.workers.recognition.clips import silence

CHAT = "/v1/voice-chat/"
TURN_MILLICREDITS = 3000


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("talker@example.com", plan="enterprise")) as client:
        yield client


def turn(client: httpx.Client, *, recording: bytes | None = None, **fields: str) -> dict[str, Any]:
    answer = client.post(CHAT, json=fields) if recording is None else client.post(CHAT, files={"audio": recording}, data=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_offline_responder_answers_a_text_and_a_recording_with_a_free_notice(
    hearing: RunningPlatform, client: httpx.Client, listener: Listener
) -> None:
    written = turn(client, text="Who painted the ceiling?", model="offline", tts_model="hibari")
    assert (written["model"], written["user_text"], written["credits_used"]) == ("offline", "Who painted the ceiling?", 0)
    assert written["ai_text"] == "I am offline: no language model is installed on this server, so I cannot answer."
    assert {"language", "model", "installed", "server"} <= set(plain_words(listener.hear(httpx.get(written["audio_url"]).content)).split())
    question = speak(client, "Hello. What is ninety minus thirty?", voice="am_michael")
    spoken = turn(client, recording=question, model="offline", tts_model="hibari", conversation_id=written["conversation_id"])
    assert spoken["conversation_id"] == written["conversation_id"]
    assert "what is" in plain_words(spoken["user_text"])
    assert (spoken["ai_text"], spoken["credits_used"]) == (written["ai_text"], 0)
    turns = client.get(f"{CHAT}{written['conversation_id']}/").json()["turns"]
    assert [one["uuid"] for one in turns] == [written["uuid"], spoken["uuid"]]
    for one in (written, spoken):
        assert "charge" not in entries_of(hearing, one["uuid"])


@pytest.mark.prove
def test_history_and_system_prompt_arrive_at_the_chat_server(
    hearing: RunningPlatform, client: httpx.Client, chat: ChatHTTP, listener: Listener
) -> None:
    answer = "The museum opens at nine in the morning, and it closes at seven."
    chat.script[:] = [says("Good morning, Clara."), says(answer)]
    first = turn(client, text="Good morning. My name is Clara.", system_prompt="You guide visitors through a museum.", tts_model="hibari")
    question = speak(client, "When does the museum open?", voice="af_heart")
    second = turn(client, recording=question, conversation_id=first["conversation_id"])
    assert (first["ai_text"], second["ai_text"], second["model"]) == ("Good morning, Clara.", answer, "openai-chat")
    for one in (first, second):
        assert (one["credits_used"], entries_of(hearing, one["uuid"])["charge"]) == (3, -TURN_MILLICREDITS)
    received = chat.requests[-1]
    assert (received.path, received.body["model"]) == ("/v1/chat/completions", "talker")
    system, *messages = received.body["messages"]
    assert system["role"] == "system"
    assert "You guide visitors through a museum." in system["content"]
    assert messages == [
        {"role": "user", "content": "Good morning. My name is Clara."},
        {"role": "assistant", "content": "Good morning, Clara."},
        {"role": "user", "content": second["user_text"]},
    ]
    assert {"when", "museum", "open"} <= set(plain_words(second["user_text"]).split())
    heard = plain_words(listener.hear(httpx.get(second["audio_url"]).content))
    assert len({"museum", "opens", "nine", "9", "morning", "closes", "seven", "7"} & set(heard.split())) >= 4


def test_a_turn_cancelled_at_its_first_words_is_charged_for_what_was_made(
    hearing: RunningPlatform, client: httpx.Client, chat: ChatHTTP
) -> None:
    chat.script[:] = [says(" ".join(f"This is sentence number {number} of a long answer." for number in range(1, 41)))]
    job = client.post(f"{CHAT}?async=1", json={"text": "Tell me more.", "tts_model": "kokoro"}).json()
    with client.stream("GET", f"/v1/jobs/{job['uuid']}/events/") as events:
        assert any(line == "event: words" for line in events.iter_lines())
        client.post(f"/v1/jobs/{job['uuid']}/cancel/")
    ended = wait_for_end(client, job["uuid"])
    entries = entries_of(hearing, job["uuid"])
    assert (ended["status"], entries["reservation"], entries["release"]) == ("cancelled", -TURN_MILLICREDITS, TURN_MILLICREDITS)
    assert TURN_MILLICREDITS / 2 < -entries["charge"] <= TURN_MILLICREDITS
    assert ended["credits_used"] == -entries["charge"] / 1000


def test_failed_turn_costs_nothing_and_is_left_out_of_the_conversation(client: httpx.Client, chat: ChatHTTP) -> None:
    first = turn(client, text="Remember the number four.", tts_model="hibari")
    before = client.get("/v1/account/").json()["credits"]
    chat.script[:] = [refuses(401)] * 10
    answer = client.post(CHAT, json={"text": "Forget it.", "conversation_id": first["conversation_id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_unavailable")
    chat.script[:] = [refuses(413)]
    answer = client.post(CHAT, json={"text": "Much too long.", "conversation_id": first["conversation_id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_text")
    chat.script.clear()
    unheard = client.post(CHAT, files={"audio": as_flac(silence(2))}, data={"conversation_id": first["conversation_id"]})
    assert (unheard.status_code, unheard.json()["error"]["code"]) == (400, "nothing_to_say")
    assert client.get("/v1/account/").json()["credits"] == before
    turn(client, text="Go on.", tts_model="hibari", conversation_id=first["conversation_id"])
    assert [message["content"] for message in chat.requests[-1].body["messages"][-3:]] == ["Remember the number four.", "Fine.", "Go on."]
