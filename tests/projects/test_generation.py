"""POST /api/generate/clone and /preset, GET /api/generation/<id>, POST /api/generation/cancel, POST /api/text/split."""

from typing import Any

import httpx

from apps.accounts.models import ApiKey
from apps.catalog.selectors import clear_catalogue_cache
from apps.jobs.models import Job
from tests.factories import make_key
from tests.factories_jobs import announce, engine_spec
from tests.projects.making import generate, generated, generation, refusal, work
from tests.speech.people import Person, person, working
from tests.web.shell import RunningShell


def test_speech_in_a_cloned_voice_is_charged_and_kept(owner: Person, own_voice: str) -> None:
    shape = generated(owner, "clone", voice_id=own_voice, text="Hello there.", language="en", format="wav")
    job = Job.objects.get()
    assert shape | {"expires_at": None} == {
        "generation_id": job.uuid.hex,
        "status": "completed",
        "audio_url": f"http://testserver/static/downloads/{job.uuid.hex}/output.wav",
        "duration": 1.5,
        "format": "wav",
        "credits_used": 0.024,
        "expires_at": None,
    }
    assert (job.params["voice"], job.params["language"]) == (own_voice, "en-us")
    assert owner.millicredits == 1_000_000 - 24


def test_a_waiting_request_answers_with_the_finished_file(owner: Person, server: RunningShell) -> None:
    with working():
        body = {"voice_id": "af_bella", "text": "Hello there.", "format": "wav"}
        answer = httpx.post(f"{server.url}/api/generate/preset", json=body, headers={"X-API-Key": owner.key}, timeout=60)
    assert (answer.status_code, answer.json()["status"], answer.json()["voice_id"]) == (200, "completed", "af_bella")
    assert httpx.get(answer.json()["audio_url"]).content[:4] == b"RIFF"


def test_cloned_speech_in_a_voice_of_another_account_is_not_found(owner: Person, own_voice: str) -> None:
    body = {"voice_id": own_voice, "text": "Hello."}
    assert refusal(person().post("/api/generate/clone", body)) == (404, "voice_not_found", "voice_id")
    assert refusal(owner.post("/api/generate/clone", body | {"voice_id": "af_bella"})) == (404, "voice_not_found", "voice_id")
    assert refusal(owner.post("/api/generate/preset", body | {"voice_id": "nobody"})) == (404, "voice_not_found", "voice_id")
    assert not Job.objects.exists()


def test_preset_speech_takes_built_in_voices_and_mixes_of_them_alone(owner: Person, own_voice: str) -> None:
    body = {"text": "Hello."}
    for voice in (own_voice, f"af_bella+{own_voice}", "af_bella(2)+nobody"):
        for model in ({}, {"model": "kokoro"}):
            refused = refusal(owner.post("/api/generate/preset", body | {"voice_id": voice} | model))
            assert refused == (404, "voice_not_found", "voice_id"), (voice, model)
    assert refusal(owner.post("/api/generate/preset", body | {"voice_id": "af_bella(2)+"})) == (400, "invalid_mix", "voice_id")
    assert not Job.objects.exists()
    announce(engine_spec(has_mixing=True))
    clear_catalogue_cache()
    assert generate(owner, "preset", voice_id="af_bella(2)+am_adam", **body)["voice_id"] == "af_bella(2)+am_adam"
    assert generate(owner, "preset", voice_id="AF_bella", model="kokoro", **body)["status"] == "queued"


def test_a_key_that_only_clones_reads_the_jobs_that_make_its_voices(owner: Person) -> None:
    assert owner.account is not None
    cloner = Person(make_key(owner.account, scopes=["clone:create"])[1], owner.account)
    made = generate(owner, "preset", voice_id="af_bella", text="Hello there.")["generation_id"]
    path = f"/api/generation/{made}"
    assert refusal(cloner.get(path))[:2] == (403, "missing_scope")
    Job.objects.update(kind="enrol_voice")
    assert cloner.get(path).json()["generation_id"] == made
    for scopes in (["tts:generate"], ["tts:timeline"]):
        other = Person(make_key(owner.account, scopes=scopes)[1], owner.account)
        assert refusal(other.get(path))[:2] == (404, "generation_not_found")
    reader = Person(make_key(owner.account, scopes=["voices:read"])[1], owner.account)
    assert refusal(reader.get(path))[:2] == (403, "missing_scope")


def test_an_invalid_request_for_speech_is_refused_with_its_parameter() -> None:
    owner = person(max_characters=100)
    valid = {"voice_id": "af_bella", "text": "Hello."}
    cases: list[tuple[dict[str, object], tuple[int, str, str]]] = [
        ({"text": "Hello."}, (400, "missing_field", "voice_id")),
        ({"voice_id": "af_bella"}, (400, "missing_field", "text")),
        (valid | {"text": " "}, (400, "missing_field", "text")),
        (valid | {"text": "x" * 101}, (400, "text_too_long", "text")),
        (valid | {"speed": 9}, (400, "invalid_request", "speed")),
        (valid | {"format": "wma"}, (400, "invalid_request", "format")),
    ]
    for body, expected in cases:
        assert refusal(owner.post("/api/generate/preset", body)) == expected


def test_speech_in_a_described_voice_explains_the_design(owner: Person) -> None:
    announce(engine_spec(has_mixing=True))
    clear_catalogue_cache()
    body = {"description": "a calm man, qwertz", "text": "Hello there."}
    answer = owner.post("/api/generate/design?async=true", body)
    assert answer.status_code == 202, answer.content
    shape = answer.json()
    assert (shape["voice_id"], shape["design"]["gender"], shape["design"]["not_understood"]) == ("am_adam", "male", ["qwertz"])
    assert {one["attribute"]: one["value"] for one in shape["design"]["understood"]} == {"energy": "calm", "gender": "male"}
    unknown = owner.post("/api/generate/design", body | {"description": "qwertz"})
    assert refusal(unknown) == (400, "description_not_understood", "description")


def test_speech_beyond_the_credits_is_refused_and_not_charged() -> None:
    poor = person(credits=0)
    body = {"voice_id": "af_bella", "text": "Hello there."}
    assert refusal(poor.post("/api/generate/preset", body))[:2] == (402, "insufficient_credits")
    assert (Job.objects.count(), poor.millicredits) == (0, 0)


def test_cancelling_a_generation_by_id_releases_its_credits(owner: Person) -> None:
    shape = generate(owner, "preset", voice_id="af_bella", text="Hello there.")
    answer = owner.post("/api/generation/cancel", {"generation_id": shape["generation_id"]})
    assert answer.json() == {"cancelled": [shape["generation_id"]], "count": 1}
    assert generation(owner, shape["generation_id"])["status"] == "cancelled"
    assert owner.millicredits == 1_000_000
    again = owner.post("/api/generation/cancel", {"generation_id": shape["generation_id"]})
    assert refusal(again)[:2] == (409, "job_finished")
    stranger = person().post("/api/generation/cancel", {"generation_id": shape["generation_id"]})
    assert refusal(stranger) == (404, "generation_not_found", "generation_id")
    assert refusal(owner.get("/api/generation/nothing")) == (404, "generation_not_found", "generation_id")


def test_cancelling_without_an_id_ends_what_this_key_has_running(owner: Person) -> None:
    assert owner.account is not None
    colleague = Person(make_key(owner.account)[1], owner.account)
    mine = [generate(owner, "preset", voice_id="af_bella", text=f"Text {number}.")["generation_id"] for number in range(2)]
    theirs = generate(colleague, "preset", voice_id="af_bella", text="Another text.")["generation_id"]
    cancelled = owner.post("/api/generation/cancel", {}).json()
    assert (sorted(cancelled["cancelled"]), cancelled["count"]) == (sorted(mine), 2)
    assert generation(owner, theirs)["status"] == "queued"
    assert owner.post("/api/generation/cancel", {}).json() == {"cancelled": [], "count": 0}


def test_an_eleventh_request_within_a_minute_exceeds_the_scopes_limit(owner: Person) -> None:
    body = {"generation_id": "0" * 32}
    statuses = [owner.post("/api/generation/cancel", body).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]
    ApiKey.objects.filter(account=owner.account).update(requests_per_minute_by_scope={"tts:generate": 20})


def test_a_text_is_split_into_the_sentences_that_are_spoken(owner: Person) -> None:
    text = 'Dr. Smith paid $3.50. "Really?" she asked.\n\n* * *\n\nYes! 你好。再见。'
    answer = owner.post("/api/text/split", {"text": text})
    sentences = ["Dr. Smith paid $3.50.", '"Really?" she asked. * * *', "Yes!", "你好。", "再见。"]
    assert answer.json() == {"sentences": sentences, "count": 5}
    assert owner.post("/api/text/split", {"text": " \n"}).json() == {"sentences": [], "count": 0}
    cut = owner.post("/api/text/split", {"text": "one two three four five six seven", "max_characters": 20}).json()["sentences"]
    assert (" ".join(cut), max(map(len, cut)) <= 20) == ("one two three four five six seven", True)


def test_work_of_generations_ends_when_all_parts_are_done(owner: Person) -> None:
    generate(owner, "preset", voice_id="af_bella", text="Hello there.")
    assert [part.kind for part in work()] == ["speak"]


def test_jobs_of_other_kinds_are_neither_shown_nor_cancelled_as_generations(owner: Person) -> None:
    assert owner.account is not None
    made = generate(owner, "preset", voice_id="af_bella", text="Hello there.")["generation_id"]
    path, cancel = f"/api/generation/{made}", "/api/generation/cancel"
    speaker = Person(make_key(owner.account, scopes=["tts:generate"])[1], owner.account)
    Job.objects.update(kind="transcription")
    assert [refusal(owner.get(path))[:2], refusal(owner.post(cancel, {"generation_id": made}))[:2]] == [(404, "generation_not_found")] * 2
    Job.objects.update(kind="enrol_voice")  # as design/create makes: for keys that may make voices
    assert (owner.get(path).status_code, speaker.get(path).status_code) == (200, 404)
    assert refusal(owner.post(cancel, {"generation_id": made}))[:2] == (404, "generation_not_found")
    assert Job.objects.get().state == "queued"


def test_cancelling_ends_a_long_text_and_leaves_texts_of_batches(owner: Person, settings: Any) -> None:
    settings.TTSAI_BULK_CHARACTERS = 5
    long_text = generate(owner, "preset", voice_id="af_bella", text="Hello there.")["generation_id"]
    text = {"text": "Good morning.", "model": "kokoro", "voice": "af_bella"}
    assert owner.post("/v1/tts/batch/", {"texts": [text]}).status_code == 200
    item = Job.objects.exclude(uuid=long_text).get()
    assert owner.post("/api/generation/cancel", {}).json()["cancelled"] == [long_text]
    assert refusal(owner.post("/api/generation/cancel", {"generation_id": item.uuid.hex}))[:2] == (404, "generation_not_found")
