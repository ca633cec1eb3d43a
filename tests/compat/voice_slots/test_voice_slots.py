"""Rows of the voice slots' document: envelope, states, training, names, limits, use."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from apps.accounts.models import Plan
from apps.jobs.models import Part
from apps.voice_slots.models import VoiceSlot
from apps.voice_slots.services import remove_slot
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.services import removal
from tests.compat.voice_slots.conftest import SlotClient
from tests.factories_jobs import caller
from tests.flows.following import wait_until
from tests.routes.voices import make_voice
from tests.speech.people import Person, person
from tests.uploads.conftest import Elsewhere
from tests.voices.conftest import Enroller, Studio, enrolling
from workers.contract.messages import SpeakWork

DOCUMENT = Path(__file__).parents[3] / "docs/voice-slots.md"
NAMES: list[tuple[dict[str, Any], str | None]] = [
    ({"key": "", "name": "讲故事的人"}, "讲故事的人"),
    ({"key": "", "name": "字" * 20}, "字" * 20),
    ({"key": "", "name": "x" * 20}, "x" * 20),
    ({"name": "only a name"}, "only a name"),
    ({"key": "", "name": ""}, None),
    ({"key": ""}, None),
    ({"key": None, "name": None}, None),
    ({}, None),
]
INVALID: list[tuple[str, Any, str]] = [
    ("POST", {}, "missing_field"),
    ("POST", {"model_id": "nothing"}, "unknown_model"),
    ("POST", {"model_id": "kokoro-enrol"}, "model_cannot_clone"),
    ("POST", {"model_id": 5}, "invalid_request"),
    ("PUT", {"name": "字" * 21}, "invalid_request"),
    ("PUT", {"name": "two\nlines"}, "invalid_request"),
    ("PUT", {"name": 5}, "invalid_request"),
    ("PUT", {"key": "ftp://example.com/voice.mp3"}, "invalid_url"),
    ("PUT", {"key": 5}, "invalid_request"),
    ("PUT", ["name"], "invalid_body"),
]


def test_new_slot_is_empty_and_named_by_five_random_letters_and_digits(quiet_slots: SlotClient) -> None:
    first, second = quiet_slots.make(), quiet_slots.make()
    assert {**first, "id": "", "name": ""} == {"id": "", "name": "", "language": "", "demo_url": "", "state": "Init"}
    assert re.fullmatch(r"复刻音色-[A-Z0-9]{5}", first["name"])
    assert first["id"] != second["id"]
    assert quiet_slots.ask("GET")[1] == {"voices": [first, second]}
    assert not Voice.objects.exists()


def test_slot_is_trained_from_a_url_to_a_voice_with_a_demo(slots: SlotClient, worker: Enroller) -> None:
    slot = slots.make()
    worker.is_fit_held = True
    training = slots.train(slot["id"], name="旁白")
    assert (training["state"], training["name"], training["demo_url"]) == ("Training", "旁白", "")
    worker.is_fit_held = False
    slots.wait_for_training()
    done = slots.get(slot["id"])
    assert (done["state"], done["name"], done["language"]) == ("Success", "旁白", "en")
    demo = httpx.get(done["demo_url"], timeout=60)
    assert (demo.status_code, demo.content, demo.headers["Content-Type"]) == (200, b"ID3 a demo", "audio/mpeg")


def test_trained_slot_speaks_in_every_speech_request(slots: SlotClient, owner: Person, trained: Callable[[], str]) -> None:
    slot_id = trained()
    voice = Voice.objects.get()
    said = owner.say("Hello.", voice=slot_id)
    assert said.status_code == 200, said.content
    work = SpeakWork.from_dict(Part.objects.get(job_id=said.json()["uuid"]).work)
    assert work.voice is not None
    assert (work.voice.id, work.engine) == (voice.voice_id, "kokoro-clone")
    openai = owner.post("/v1/audio/speech?async=true", {"model": "kokoro", "input": "Hello.", "voice": slot_id})
    assert openai.status_code == 200, getattr(openai, "content", openai)
    assert owner.say(f"[voice:{slot_id}] Hello.").status_code == 200
    stranger = person(credits=1000).say("Hello.", voice=slot_id)
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (400, "unknown_voice")


def test_slot_in_any_other_state_does_not_speak(slots: SlotClient, owner: Person) -> None:
    slot_id = slots.make()["id"]

    def check(state: str) -> None:
        assert slots.get(slot_id)["state"] == state
        refused = owner.say("Hello.", voice=slot_id)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "voice_not_ready")
        assert f"is in the state {state}" in refused.json()["error"]["message"]

    check("Init")
    slots.train(slot_id)
    check("Training")
    status, failure = slots.ask("PUT", f"/{slot_id}", {"key": slots.recording_url})
    assert (status, failure["data"]["error"]) == (409, "voice_not_ready")
    assert Enrolment.objects.count() == 1
    Enrolment.objects.update(state=EnrolmentState.FAILED, error_message="There is no speech.")
    check("Failed")


def test_unusable_recording_fails_the_slot_and_another_one_trains_it(slots: SlotClient) -> None:
    slot_id = slots.make()["id"]
    with enrolling(Enroller(refusal=("no_speech", "There is no speech."))):
        slots.train(slot_id)
        slots.wait_for_training()
    assert slots.get(slot_id)["state"] == "Failed"
    with enrolling(Enroller()):
        slots.train(slot_id)
        slots.wait_for_training()
    assert slots.get(slot_id)["state"] == "Success"
    assert Voice.objects.count() == 1
    slots.ask("PUT", f"/{slot_id}", {"name": "Ada"})
    assert Voice.objects.get().name == "Ada"


@pytest.mark.parametrize("failing", [Enroller(fit_failure=("internal_error", "The fit failed.")), Enroller(fit_error="The fit failed.")])
def test_failed_fit_fails_the_slot_and_nothing_speaks_in_its_place(slots: SlotClient, owner: Person, failing: Enroller) -> None:
    slot_id = slots.make()["id"]
    with enrolling(failing):
        slots.train(slot_id)
        slots.wait_for_training()
    assert (slots.get(slot_id)["state"], slots.get(slot_id)["demo_url"]) == ("Failed", "")
    voice = Voice.objects.get()
    for voice_id in (slot_id, voice.voice_id):
        refused = owner.say("Hello.", voice=voice_id)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "voice_not_ready")
    with enrolling(Enroller()):
        slots.train(slot_id)
        slots.wait_for_training()
    done = slots.get(slot_id)
    assert (done["state"], httpx.get(done["demo_url"], timeout=60).content) == ("Success", b"ID3 a demo")


def test_voice_of_a_slot_in_training_does_not_speak_under_its_own_id(slots: SlotClient, owner: Person, worker: Enroller) -> None:
    slot_id = slots.make()["id"]
    worker.is_fit_held = True
    slots.train(slot_id)
    wait_until(lambda: Enrolment.objects.filter(state=EnrolmentState.TRAINING).exists())
    voice_id = Voice.objects.get().voice_id
    by_embed = owner.post("/v1/tts/clone/", {"text": "Hello.", "embed_id": voice_id})
    for refused in (owner.say("Hello.", voice=voice_id), owner.say("Hello.", voice=slot_id), by_embed):
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "voice_not_ready")
    worker.is_fit_held = False
    slots.wait_for_training()
    assert owner.say("Hello.", voice=voice_id).status_code == 200


def test_slot_and_ordinary_voice_of_one_recording_and_name_are_two_voices(slots: SlotClient, clip: bytes, worker: Enroller) -> None:
    studio = Studio(slots.url, slots.owner, clip)
    assert studio.keep("Ada").status_code == 200
    ordinary = Voice.objects.get()
    slot_id = slots.make()["id"]
    assert slots.train(slot_id, name="Ada")["state"] == "Training"  # as documented, though the recording's voice is there
    wait_until(lambda: slots.get(slot_id)["state"] == "Success")
    assert Voice.objects.count() == 2
    assert studio.keep("Ada").json()["voice_id"] == ordinary.voice_id
    assert studio.embed().json()["embed_id"] == ordinary.voice_id
    slots.ask("PUT", f"/{slot_id}", {"name": "Eve"})
    assert slots.ask("DELETE", f"/{slot_id}") == (200, {})
    assert list(Voice.objects.values_list("voice_id", "name")) == [(ordinary.voice_id, "Ada")]
    assert Enrolment.objects.get().samples.get().key


def test_empty_slots_count_to_the_voices_of_every_request_that_keeps_one(slots: SlotClient, clip: bytes, worker: Enroller) -> None:
    Plan.objects.update(max_voices=1)
    slot_id = slots.make()["id"]
    refused = Studio(slots.url, slots.owner, clip).keep("Ada")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "voice_limit_reached")
    slots.train(slot_id)
    slots.wait_for_training()
    assert slots.get(slot_id)["state"] == "Success"


def test_slot_of_a_voice_without_a_demo_succeeds_once_the_demo_is_spoken(slots: SlotClient, settings: Any, worker: Enroller) -> None:
    settings.TTSAI_CLONE_FIT = False
    slot_id = slots.make()["id"]
    assert slots.train(slot_id)["state"] == "Training"
    slots.wait_for_training()
    assert slots.get(slot_id)["state"] == "Success"
    Enrolment.objects.update(demo=None)  # as of a voice whose demo failed
    assert slots.train(slot_id)["state"] == "Training"
    slots.wait_for_training()
    wait_until(lambda: slots.get(slot_id)["demo_url"] != "")
    assert slots.get(slot_id)["state"] == "Success"


def test_training_anew_replaces_the_voice_within_the_plans_limit(
    slots: SlotClient, elsewhere: Elsewhere, clip: bytes, trained: Callable[[], str]
) -> None:
    Plan.objects.update(max_voices=1)
    slot_id = trained()
    earlier = Voice.objects.get().voice_id
    elsewhere.files["/other.mp3"] = clip + b"\0" * 64
    slots.train(slot_id, key=f"{elsewhere.url}/other.mp3", name="second")
    slots.wait_for_training()
    assert (slots.get(slot_id)["state"], slots.get(slot_id)["name"]) == ("Success", "second")
    assert [voice.name for voice in Voice.objects.all()] == ["second"]
    assert Voice.objects.get().voice_id != earlier


def test_empty_key_only_renames_and_an_empty_name_leaves_the_name(quiet_slots: SlotClient) -> None:
    slot = quiet_slots.make()
    for body, name in NAMES:
        before = quiet_slots.get(slot["id"])["name"]
        status, data = quiet_slots.ask("PUT", f"/{slot['id']}", body)
        assert (status, data) == (200, {**slot, "name": name or before}), body


def test_invalid_requests_fail_in_the_envelope_and_leave_the_slot(quiet_slots: SlotClient) -> None:
    slot = quiet_slots.make()
    for method, body, error in INVALID:
        status, failure = quiet_slots.ask(method, f"/{slot['id']}" if method == "PUT" else "", body)
        assert (status, failure["data"]["error"]) == (400, error), (body, failure)
    assert quiet_slots.ask("GET")[1]["voices"] == [slot]


def test_a_model_that_cannot_serve_a_slot_is_named_as_the_field_of_the_document(quiet_slots: SlotClient) -> None:
    for model in ("nothing", "kokoro-enrol"):
        _, failure = quiet_slots.ask("POST", body={"model_id": model})
        assert failure["data"]["param"] == "model_id", failure


def test_url_without_a_recording_leaves_the_slot_empty(slots: SlotClient, elsewhere: Elsewhere) -> None:
    slot = slots.make()
    elsewhere.files["/text"] = b"This is no recording."
    for url in (f"{elsewhere.url}/missing", f"{elsewhere.url}/text", "http://127.0.0.1:1/voice.mp3", "http://169.254.169.254/latest/"):
        status, failure = slots.ask("PUT", f"/{slot['id']}", {"key": url})
        assert 400 <= status < 500, failure
    assert slots.get(slot["id"]) == slot
    assert not Enrolment.objects.exists()


def test_slots_are_limited_by_the_plan_with_the_accounts_other_voices(quiet_slots: SlotClient) -> None:
    Plan.objects.update(max_voices=2)
    quiet_slots.make()
    quiet_slots.make()
    status, failure = quiet_slots.ask("POST", body={"model_id": "QN_ACV"})
    assert (status, failure["code"], failure["data"]["error"]) == (403, 403, "voice_limit_reached")


def test_deleted_slot_is_gone_with_its_voice(slots: SlotClient, trained: Callable[[], str]) -> None:
    slot_id = trained()
    assert slots.ask("DELETE", f"/{slot_id}") == (200, {})
    status, failure = slots.ask("GET", f"/{slot_id}")
    assert (status, failure["data"]["error"]) == (404, "voice_not_found")
    assert not Voice.objects.exists()
    assert not VoiceSlot.objects.exists()


def test_slot_stays_whole_if_its_deletion_is_interrupted(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_: Any) -> None:
        raise SystemExit

    assert owner.account is not None
    voice = make_voice(owner.account, is_exclusive=True)
    VoiceSlot.objects.create(slot_id="slot_" + "0" * 20, account=owner.account, voice=voice, engine_id="chatterbox", name="Ada")
    monkeypatch.setattr(removal, "purge_cache", die)
    with pytest.raises(SystemExit):
        remove_slot(caller(owner.account), slot_id="slot_" + "0" * 20)
    assert VoiceSlot.objects.get().voice == voice
    monkeypatch.undo()
    remove_slot(caller(owner.account), slot_id="slot_" + "0" * 20)
    assert [model.objects.count() for model in (VoiceSlot, Voice, Enrolment)] == [0, 0, 0]


def test_key_of_a_slot_request_may_be_sent_as_x_api_key() -> None:
    assert Client().get("/v1/voice-clones", headers={"X-API-Key": person(credits=1).key}).status_code == 200


@pytest.mark.usefixtures("_platform")
def test_unknown_path_of_the_slots_is_answered_in_the_envelope() -> None:
    answer = Client().get("/v1/voice-clones/a/b")
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
    assert set(answer.json()) == {"code", "msg", "reqid", "data"}


def test_platforms_own_voice_clone_endpoint_keeps_its_shape(owner: Person) -> None:
    answer = owner.post("/v1/voice-clone/", {"name": "Ada"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_curl_examples_of_the_document_run_in_order(slots: SlotClient, worker: Enroller) -> None:
    commands = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("curl ")]
    variables = {**os.environ, "TTSAI_URL": slots.url, "TTSAI_API_KEY": slots.owner.key, "AUDIO_URL": slots.recording_url, "ID": ""}

    def run(command: str) -> Any:
        assert shlex.split(command)[0] == "curl"
        shown = subprocess.run(["bash", "-c", command], env=variables, capture_output=True, check=True, timeout=60).stdout
        return httpx.Response(200, content=shown).json()

    made = run(commands[0])
    assert (made["code"], made["data"]["state"]) == (0, "Init")
    variables["ID"] = made["data"]["id"]
    trained = run(commands[1])
    assert (trained["code"], trained["data"]["name"]) == (0, "旁白")
    slots.wait_for_training()
    assert run(commands[2])["data"]["state"] == "Success"
    assert [voice["id"] for voice in run(commands[3])["data"]["voices"]] == [variables["ID"]]
    assert run(commands[4])["data"]["name"] == "讲故事的人"
    assert run(commands[5])["status"] == "queued"
    assert run(commands[6]) | {"reqid": ""} == {"code": 0, "msg": "", "reqid": "", "data": {}}
    assert len(commands) == 7
