"""POST /v1/voice-chat/ through sockets; the tests write the documents of the workers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from apps.accounts.models import Plan
from apps.billing.selectors import ledger_differences
from apps.conversations.models import Conversation, Turn
from apps.conversations.selectors import MAXIMUM_CHARACTERS, history_of
from apps.conversations.services import forget_expired_turns
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import ACTIVE_STATES, Job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.idempotency import claim_key
from apps.jobs.services.retention import expire_results
from tests.factories_jobs import AUDIO, announce, engine_spec, finished, outcome_of, part_of, started, store_output
from tests.speech.people import Person, person
from tests.transcription.conftest import HEARD, WHISPER, making, wait_until_admitted
from tests.web.shell import RunningShell
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.transcription import ScriptDocument

SCRIPT = ScriptDocument("Hello there.", "**Hi!** How are you?", "en", "en", ("Hi! How are you?",))
MADE = {"listen": HEARD, "reply": SCRIPT}


def responder(engine_id: str = "offline") -> EngineSpec:
    return engine_spec(engine_id, kind="chat", voices=(), default_voice="")


@pytest.fixture(autouse=True)
def _workers(_platform: None) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER), responder())


def chat(server: RunningShell, somebody: Person, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/voice-chat/", json=body, headers=somebody.headers, timeout=60)


def say(server: RunningShell, somebody: Person, content: bytes, **fields: Any) -> httpx.Response:
    return httpx.post(
        f"{server.url}/v1/voice-chat/", files={"audio": ("audio.wav", content)}, data=fields, headers=somebody.headers, timeout=60
    )


def test_a_text_is_answered_with_text_and_speech(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        answer = chat(server, owner, text="Hello there.", voice="am_adam", format="wav")
    job = Job.objects.get()
    assert answer.status_code == 200, answer.text
    reported = {name: answer.json()[name] for name in ("conversation_id", "user_text", "ai_text", "credits_used", "model")}
    assert reported == {
        "conversation_id": Conversation.objects.get().uuid.hex,
        "user_text": "Hello there.",
        "ai_text": "**Hi!** How are you?",
        "credits_used": 3,
        "model": "offline",
    }
    assert httpx.get(answer.json()["audio_url"]).content == AUDIO
    assert list(job.parts.order_by("index").values_list("kind", "queue", "weight")) == [("reply", "offline", 40), ("speak", "kokoro", 40)]
    assert (job.parts.get(kind="speak").work["voice"]["id"], job.lane, owner.millicredits) == ("am_adam", "live", 997_000)


def test_a_turn_with_only_the_offline_notice_is_not_charged(owner: Person) -> None:
    queued = owner.post("/v1/voice-chat/?async=1", {"text": "Who painted it?"}).json()
    assert (queued["credits_used"], owner.millicredits) == (3, 997_000)
    dispatch_all()
    part = started(part_of(Job.objects.get()))
    notice = ScriptDocument("Who painted it?", "I am offline.", "en", "en", ("I am offline.",))
    manifest = replace(store_output(part, audio=json.dumps(notice.to_dict()).encode()), is_notice=True)
    assert finish_part(outcome_of(part, manifest=manifest))
    dispatch_all()
    finished(started(part_of(Job.objects.get(), 1)))
    result = owner.result(queued["uuid"]).json()
    assert (result["status"], result["credits_used"], result["result"]["ai_text"]) == ("completed", 0, "I am offline.")
    assert (owner.millicredits, ledger_differences()) == (1_000_000, [])


def test_a_documented_voice_model_speaks_through_its_stand_in(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        answer = chat(server, owner, text="Hello there.", tts_model="chatterbox", voice="Lucy").json()
    assert answer["tts_model_used"] == "kokoro"
    assert [warning.partition(":")[0] for warning in answer["warnings"]] == ["model", "voice"]


@pytest.mark.parametrize(
    ("choice", "speaker"),
    [
        ({"text": "Wie geht es Ihnen heute?"}, "pico"),
        ({"text": "Na, alles klar?", "language": "de"}, "pico"),
        ({"text": "How are you today?"}, "kokoro"),
        ({"text": "Wie geht es Ihnen heute?", "tts_model": "kokoro"}, "kokoro"),
        ({"text": "Wie geht es Ihnen heute?", "voice": "am_adam"}, "kokoro"),
    ],
)
def test_answer_is_spoken_by_a_model_of_the_users_language_by_default(owner: Person, choice: dict[str, str], speaker: str) -> None:
    german = engine_spec("pico", languages=("de",), voices=(VoiceSpec("de-de", "German", "de", "female"),), default_voice="de-de")
    announce(engine_spec(), german, responder())
    answer = owner.post("/v1/voice-chat/", {**choice, "async": True}, Prefer="respond-async")
    assert answer.status_code == 200, answer.content
    assert Job.objects.get().parts.get(kind="speak").queue == speaker


def test_a_recording_is_heard_first(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = say(server, owner, song, system_prompt="Be brief.")
    assert (answer.status_code, answer.json()["user_text"], answer.json()["credits_used"]) == (200, "Hello there.", 3)
    job = Job.objects.get()
    assert list(job.parts.order_by("index").values_list("kind", "weight")) == [("listen", 20), ("reply", 40), ("speak", 40)]
    work = job.parts.get(kind="reply").work
    assert (work["system_prompt"], work["text"], work["history"]) == ("Be brief.", None, [])
    assert work["transcript"]["key"].endswith("document.json")


def test_conversation_sends_earlier_turns_to_the_responder(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        first = chat(server, owner, text="Hello there.", system_prompt="Be brief.").json()
        chat(server, owner, text="And now?", conversation_id=first["conversation_id"])
    work = Job.objects.order_by("created_at").last().parts.get(kind="reply").work  # type: ignore[union-attr]
    assert (work["text"], work["system_prompt"]) == ("And now?", "Be brief.")
    assert work["history"] == [
        {"role": "user", "content": "Hello there."},
        {"role": "assistant", "content": "**Hi!** How are you?"},
    ]
    assert Conversation.objects.count() == 1


def test_conversation_is_read_and_deleted_only_by_its_owner(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        uuid = chat(server, owner, text="Hello there.").json()["conversation_id"]
    url = f"{server.url}/v1/voice-chat/{uuid}/"
    stranger = person(credits=10)
    assert httpx.get(url, headers=stranger.headers).status_code == 404
    assert httpx.delete(url, headers=stranger.headers).status_code == 404
    assert chat(server, stranger, text="Hi", conversation_id=uuid).status_code == 404
    read = httpx.get(url, headers=owner.headers).json()
    assert [(turn["user_text"], turn["ai_text"]) for turn in read["turns"]] == [("Hello there.", "**Hi!** How are you?")]
    result = f"{server.url}/v1/speech/results/?uuid={Job.objects.get().uuid.hex}"
    assert httpx.get(result).json()["status"] == "completed"
    assert httpx.delete(url, headers=owner.headers).json() == {"conversation_id": uuid, "deleted": True}
    assert (httpx.get(url, headers=owner.headers).status_code, httpx.get(result).status_code) == (404, 410)
    assert not Turn.objects.exists()


def test_a_second_turn_waits_for_the_first(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        uuid = chat(server, owner, text="Hello there.").json()["conversation_id"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(chat, server, owner, text="And now?", conversation_id=uuid)
        wait_until_admitted()
        busy = chat(server, owner, text="Quick!", conversation_id=uuid)
        removal = httpx.delete(f"{server.url}/v1/voice-chat/{uuid}/", headers=owner.headers)
        with making(MADE):
            assert waiting.result().status_code == 200
    for refused in (busy, removal):
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conversation_busy")
    assert owner.millicredits == 1_000_000 - 6000


def test_a_turn_completed_during_the_next_request_is_in_its_history(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with making(MADE):
        uuid = chat(server, owner, text="Hello there.").json()["conversation_id"]
    url = f"{server.url}/v1/voice-chat/?async=1"
    httpx.post(url, json={"text": "And now?", "conversation_id": uuid}, headers=owner.headers)

    def claim(scope: str, **how: Any) -> Job | None:
        with making(MADE):
            while Job.objects.filter(state__in=ACTIVE_STATES).exists():
                time.sleep(0.05)
        return claim_key(scope, **how)

    monkeypatch.setattr("apps.jobs.services.acceptance.claim_key", claim)
    body = {"text": "And then?", "conversation_id": uuid}
    third = httpx.post(url, json=body, headers={**owner.headers, "Idempotency-Key": "third"}, timeout=60).json()
    work = Job.objects.get(uuid=third["uuid"]).parts.get(kind="reply").work
    assert [turn["role"] for turn in work["history"]] == ["user", "assistant"] * 2


@pytest.mark.parametrize(("language", "reported"), [("", ""), ("auto", ""), ("en_US", "en")])
def test_responder_receives_the_language_of_the_text(server: RunningShell, owner: Person, language: str, reported: str) -> None:
    with making(MADE):
        assert chat(server, owner, text="Hello there.", language=language).status_code == 200
    assert Job.objects.get().parts.get(kind="reply").work["language"] == reported


def test_a_turn_that_fails_costs_nothing_and_is_not_remembered(server: RunningShell, owner: Person) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(chat, server, owner, text="Hello there.")
        part = started(wait_until_admitted())
        finish_part(outcome_of(part, status="failed", error_code="unsupported_language", error_message="Not in this language."))
        failed = answer.result()
    assert (failed.status_code, failed.json()["error"]["code"], owner.millicredits) == (400, "unsupported_language", 1_000_000)
    uuid = Conversation.objects.get().uuid.hex
    assert httpx.get(f"{server.url}/v1/voice-chat/{uuid}/", headers=owner.headers).json()["turns"] == []


def test_the_best_responder_answers_unless_another_is_asked_for(server: RunningShell, owner: Person) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER), responder(), responder("local-chat"), responder("openai-chat"))
    with making(MADE):
        assert chat(server, owner, text="Hi").json()["model"] == "openai-chat"
        assert chat(server, owner, text="Hi", model="offline").json()["model"] == "offline"


def test_chosen_models_belong_to_the_callers_plan_if_possible(server: RunningShell, owner: Person) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER), responder(), responder("openai-chat"))
    Plan.objects.update(allowed_models=["kokoro", "offline"])
    with making(MADE):
        assert chat(server, owner, text="Hi").json()["model"] == "offline"
        asked = chat(server, owner, text="Hi", model="openai-chat")
    assert (asked.status_code, asked.json()["error"]["code"]) == (403, "model_not_allowed")


def test_history_for_the_responder_is_bounded() -> None:
    turns = [Turn(user_text=f"{number}", ai_text="x" * 1000) for number in range(20)]
    reported = history_of(turns)
    assert [turn.content for turn in reported if turn.role == "user"] == [f"{number}" for number in range(13, 20)]
    assert sum(len(turn.content) for turn in reported) <= MAXIMUM_CHARACTERS


def test_conversation_texts_are_deleted_with_the_results(server: RunningShell, owner: Person) -> None:
    with making(MADE):
        uuid = chat(server, owner, text="Hello there.").json()["conversation_id"]
    httpx.get(f"{server.url}/v1/voice-chat/{uuid}/", headers=owner.headers)
    assert (forget_expired_turns(), Turn.objects.get().ai_text) == (0, "**Hi!** How are you?")
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_results()
    assert forget_expired_turns() == 1
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "missing_field"),
        ({"text": "  "}, 400, "missing_field"),
        ({"text": "Hi", "upload_id": "0" * 32}, 400, "invalid_request"),
        ({"text": "x" * 4001}, 400, "invalid_request"),
        ({"text": "Hi", "voice": "nobody"}, 400, "unknown_voice"),
        ({"text": "Hi", "tts_model": "nobody"}, 400, "unknown_model"),
        ({"text": "Hi", "model": "kokoro"}, 400, "unknown_model"),
        ({"text": "Hi", "conversation_id": "x"}, 400, "invalid_uuid"),
        ({"text": "Hi", "conversation_id": "0" * 32}, 404, "conversation_not_found"),
        ({"text": 7}, 400, "invalid_request"),
        ({"text": "Hi", "language": "no tag"}, 400, "invalid_language"),
    ],
)
def test_an_invalid_request_is_a_400_naming_the_parameter(
    server: RunningShell, owner: Person, body: dict[str, Any], status: int, code: str
) -> None:
    answer = chat(server, owner, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Job.objects.exists()
