"""POST /v1/voice-embed/, /v1/tts/clone/ and /v1/voice-clone/ with a worker whose reports the tests write."""

import json
from pathlib import Path
from typing import Any

import httpx

from apps.core.storage import get_storage
from apps.jobs.models import IN_FLIGHT_STATES, Job, Part
from apps.uploads.models import Upload
from apps.voices.models import Enrolment, EnrolmentWebhook, Sample, Voice
from apps.webhooks.models import Delivery
from tests.factories_jobs import announce
from tests.flows.following import wait_until
from tests.speech.people import person
from tests.voices.conftest import CLONING, ENROLLING, FITTED, KOKORO, LIKENESS, Enroller, Studio, enrolling
from tests.workers.audio.probe.recordings import record

TEXT = "Hello there, this is a cloned voice."
INVALID: list[tuple[str, dict[str, Any], int, str]] = [
    ("/v1/tts/clone/", {"text": TEXT, "embed_id": "emb_0"}, 400, "invalid_request"),
    ("/v1/tts/clone/", {"text": TEXT, "embed_id": "emb_0", "file": b"none"}, 404, "voice_not_found"),
    ("/v1/tts/clone/", {"text": TEXT, "file": b"none"}, 400, "missing_field"),
    ("/v1/tts/clone/", {"text": " "}, 400, "blank"),
    ("/v1/tts/clone/", {}, 400, "missing_field"),
    ("/v1/tts/clone/", {"text": '<voice name="nobody">Hello.</voice>'}, 400, "invalid_markup"),
    ("/v1/tts/clone/", {"text": TEXT, "model": "nothing"}, 400, "unknown_model"),
    ("/v1/tts/clone/", {"text": TEXT, "model": "tts-1"}, 400, "model_cannot_clone"),
    ("/v1/tts/clone/", {"text": TEXT, "language": "klingon!"}, 400, "invalid_language"),
    ("/v1/tts/clone/", {"text": TEXT, "file": b""}, 400, "empty_file"),
    ("/v1/tts/clone/", {"text": TEXT, "file": b"no sound"}, 400, "unsupported_format"),
    ("/v1/tts/clone/", {"text": TEXT, "file": bytes(21_000_000)}, 413, "too_large"),
    ("/v1/voice-clone/", {"name": "x" * 10_000}, 400, "invalid_request"),
    ("/v1/voice-clone/", {"name": " "}, 400, "missing_field"),
    ("/v1/voice-clone/", {"name": "two\nlines"}, 400, "invalid_request"),
    ("/v1/voice-clone/", {}, 400, "missing_field"),
    ("/v1/voice-embed/", {"file": b"none"}, 400, "missing_field"),
    ("/v1/voice-embed/", {"field_name": "file", "webhook_url": "ftp://example.com"}, 400, "invalid_url"),
]  # fmt: skip


def enrolment() -> Enrolment:
    return Enrolment.objects.get()


def test_clone_with_a_new_recording_answers_with_the_fitted_voice(studio: Studio, worker: Enroller) -> None:
    answer = studio.speak(TEXT)
    assert answer.status_code == 200, answer.text
    voice, job = Voice.objects.get(), Job.objects.get()
    assert (answer.headers["content-type"], answer.headers["x-model-used"]) == ("audio/mpeg", "kokoro-clone")
    assert answer.headers["x-voice-id"] == voice.voice_id
    assert "chatterbox is not installed here; kokoro-clone was used" in answer.headers["x-warning"]
    assert worker.done == ["examine_voice", "fit_voice", "speak"]
    parts = list(Part.objects.filter(job=job).order_by("index"))
    assert [(part.stage, part.queue, part.weight) for part in parts] == [(0, "examination", 0), (1, "enrolment", 0), (2, "kokoro", None)]
    assert parts[2].work["voice"]["conditioning"]["key"].endswith("/voice.safetensors")
    assert parts[2].work["engine"] == "kokoro-clone"
    assert (job.kind, job.units, job.charged_millicredits) == ("voice-clone", len(TEXT), 4 * len(TEXT))
    assert studio.owner.millicredits == 1_000_000 - 4 * len(TEXT)


def test_finished_enrolment_keeps_recording_voice_file_and_demo_of_the_account(studio: Studio, worker: Enroller) -> None:
    assert studio.speak(TEXT).status_code == 200
    found, store = enrolment(), get_storage()
    assert (found.state, found.is_fitted, found.language, found.gender) == ("ready", True, "en-gb", "female")
    folder = f"account-{studio.owner.account.pk}/voices/{found.uuid.hex}/"  # type: ignore[union-attr]
    assert store.read_bytes(found.conditioning_key) == FITTED
    assert found.conditioning_key.startswith(folder)
    sample = Sample.objects.get()
    assert store.read_bytes(sample.key) == studio.clip
    assert sample.key.startswith(folder)
    assert found.demo is not None
    assert store.read_bytes(found.demo["key"]) == b"ID3 a demo"
    assert not Upload.objects.exists()


def test_the_same_recording_is_enrolled_once_for_all_clone_requests(studio: Studio, worker: Enroller) -> None:
    embed_id = studio.embed().json()["embed_id"]
    wait_until(lambda: enrolment().state == "ready")
    assert studio.speak(TEXT).headers["x-voice-id"] == embed_id
    assert studio.speak(TEXT, file=b"none", embed_id=embed_id).status_code == 200
    assert studio.keep("Ada").json()["voice_id"] == embed_id
    assert worker.done == ["examine_voice", "fit_voice", "speak", "speak"]
    assert (Enrolment.objects.count(), Voice.objects.get().name) == (1, "Ada")


def test_embed_is_answered_with_a_likeness_while_the_fit_runs(studio: Studio, worker: Enroller) -> None:
    worker.is_fit_held = True
    answer = studio.embed()
    assert answer.status_code == 200, answer.text
    reported = answer.json()
    assert {name: reported[name] for name in ("model", "model_used", "state")} == {
        "model": "chatterbox",
        "model_used": "kokoro-clone",
        "state": "training",
    }
    assert reported["warnings"] == ["The recording has 2 s: 10 to 30 s give a better voice."]
    assert isinstance(reported["duration_ms"], int)
    assert get_storage().read_bytes(enrolment().conditioning_key) == LIKENESS
    spoken = studio.speak(TEXT, file=b"none", embed_id=reported["embed_id"])
    assert spoken.status_code == 200
    assert f"{reported['embed_id']} is in training; until then a likeness of built-in voices speaks." in spoken.headers["x-warning"]
    worker.is_fit_held = False
    wait_until(lambda: enrolment().state == "ready")
    again = studio.speak(TEXT, file=b"none", embed_id=reported["embed_id"])
    assert "in training" not in again.headers["x-warning"]


def test_without_the_fit_the_likeness_is_the_voice(studio: Studio, worker: Enroller, settings: Any) -> None:
    settings.TTSAI_CLONE_FIT = False
    assert studio.embed().json()["state"] == "ready"
    wait_until(lambda: enrolment().demo is not None)
    assert worker.done == ["examine_voice", "speak"]
    assert (enrolment().is_fitted, get_storage().read_bytes(enrolment().conditioning_key)) == (False, LIKENESS)
    assert studio.speak(TEXT).headers["x-warning"].startswith("model: chatterbox")
    assert worker.done == ["examine_voice", "speak", "speak"]


def test_voice_clone_answers_with_the_queued_job_and_keeps_the_voice(studio: Studio, worker: Enroller) -> None:
    answer = studio.keep("Ada", text=TEXT, categories="podcast, calm", model="kokoro")
    assert answer.status_code == 200, answer.text
    reported = answer.json()
    assert (reported["status"], reported["name"], reported["model_used"], reported["credits_used"]) == (
        "queued",
        "Ada",
        "kokoro-clone",
        4 * len(TEXT) / 1000,
    )
    assert reported["url"] == f"{studio.url}/static/downloads/{reported['uuid']}/output.mp3"
    wait_until(lambda: Job.objects.get().is_over)
    assert httpx.get(reported["url"]).status_code == 200
    listed = studio.owner.get("/v1/voices/", own="true").json()
    assert (listed["total"], listed["voices"][0]["id"], listed["voices"][0]["state"]) == (1, reported["voice_id"], "ready")
    assert (listed["voices"][0]["name"], listed["voices"][0]["categories"]) == ("Ada", ["podcast", "calm"])


def test_second_name_for_a_recording_in_training_is_a_voice_of_its_own(studio: Studio, worker: Enroller) -> None:
    worker.is_fit_held = True
    ada, bob = studio.keep("Ada").json(), studio.keep("Bob").json()
    assert (bob["name"], bob["uuid"], bob["voice_id"] != ada["voice_id"]) == ("Bob", ada["uuid"], True)
    assert studio.owner.get(f"/v1/voices/{bob['voice_id']}/").json()["name"] == "Bob"


def test_webhook_urls_of_all_requests_for_a_recording_in_training_receive_its_end(studio: Studio, worker: Enroller, settings: Any) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    studio.owner.post("/v1/webhooks/", {"url": "http://127.0.0.1:9/endpoint", "events": ["job.completed"]})
    worker.is_fit_held = True
    urls = [f"http://127.0.0.1:9/{name}" for name in ("ada", "bob", "carl")]
    uuids = {studio.keep(name, webhook_url=url).json()["uuid"] for name, url in zip(("Ada", "Bob", "Bob again"), urls, strict=True)}
    studio.keep("Dora", webhook_url=urls[1]).raise_for_status()
    embed_id = studio.embed().json()["embed_id"]
    studio.keep("Eve", file=b"none", embed_id=embed_id, webhook_url="http://127.0.0.1:9/eve").raise_for_status()
    assert not Delivery.objects.exists()
    worker.is_fit_held = False
    wait_until(Delivery.objects.exists)
    sent = [(one.url, json.loads(one.body)) for one in Delivery.objects.order_by("url")]
    assert [url for url, _ in sent] == [*urls, "http://127.0.0.1:9/endpoint", "http://127.0.0.1:9/eve"]
    assert {(body["type"], body["data"]["uuid"]) for _, body in sent} == {("job.completed", uuids.pop())}
    assert not uuids
    assert not EnrolmentWebhook.objects.exists()


def test_webhook_url_of_a_second_name_receives_the_failure_of_the_enrolment(studio: Studio, settings: Any) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    for name in ("ada", "bob"):
        studio.keep(name, webhook_url=f"http://127.0.0.1:9/{name}").raise_for_status()
    with enrolling(Enroller(refusal=("invalid_reference", "Record one person."))):
        wait_until(Delivery.objects.exists)
    assert {one.url.rpartition("/")[2]: json.loads(one.body)["type"] for one in Delivery.objects.all()} == {
        "ada": "job.failed",
        "bob": "job.failed",
    }


def test_fit_of_a_voice_marks_its_demo_as_the_plan_wants(studio: Studio, settings: Any) -> None:
    settings.TTSAI_WATERMARK = "cloned"
    studio.keep("Ada").raise_for_status()
    assert Part.objects.get(kind="fit_voice").work["watermark"] == "cloned"


def test_voice_clone_of_a_ready_voice_is_completed_at_once_with_its_demo(studio: Studio, worker: Enroller) -> None:
    first = studio.keep("Ada").json()
    wait_until(lambda: enrolment().state == "ready")
    again = studio.keep("Another name").json()
    assert (again["status"], again["voice_id"] != first["voice_id"]) == ("completed", True)
    assert httpx.get(again["url"]).content == b"ID3 a demo"
    assert worker.done == ["examine_voice", "fit_voice"]
    assert studio.owner.millicredits == 1_000_000


def test_hostile_recording_is_a_400_with_advice_and_costs_nothing(studio: Studio, worker: Enroller) -> None:
    worker.refusal = ("invalid_reference", "The recording has 0.2 s of speech. Record 10 to 30 seconds of one person.")
    for answer in (studio.speak(TEXT), studio.embed()):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_reference")
        assert "Record 10 to 30 seconds" in answer.json()["error"]["message"]
    assert studio.owner.millicredits == 1_000_000
    wait_until(lambda: not Enrolment.objects.exists())
    assert not Voice.objects.exists()


def test_named_voice_that_failed_stays_with_its_reason_and_can_be_cloned_again(studio: Studio, worker: Enroller) -> None:
    worker.refusal = ("invalid_reference", "There are two speakers. Record one person.")
    voice_id = studio.keep("Ada").json()["voice_id"]
    wait_until(lambda: enrolment().state == "failed")
    shown = studio.owner.get(f"/v1/voices/{voice_id}/").json()
    assert (shown["state"], shown["code"], shown["error"]) == ("failed", "invalid_reference", "There are two speakers. Record one person.")
    refused = studio.owner.say(voice=voice_id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "voice_failed")
    worker.refusal = None
    assert studio.keep("Ada").json()["voice_id"] == voice_id
    wait_until(lambda: enrolment().state == "ready")


def test_voice_after_a_failed_fit_speaks_and_is_fitted_again_later(studio: Studio, worker: Enroller) -> None:
    worker.fit_failure = ("bad_audio", "The fit ended unexpectedly.")
    voice_id = studio.keep("Ada").json()["voice_id"]
    wait_until(lambda: enrolment().state == "ready")
    shown = studio.owner.get(f"/v1/voices/{voice_id}/").json()
    assert (shown["state"], shown["is_fitted"], shown["code"], shown["error"]) == (
        "ready",
        False,
        "bad_audio",
        "The fit ended unexpectedly.",
    )
    spoken = studio.owner.say(voice=voice_id)
    assert "could not be fitted; a likeness of built-in voices speaks" in " ".join(spoken.json()["warnings"])
    worker.fit_failure = None
    assert studio.speak(TEXT).status_code == 200
    wait_until(lambda: enrolment().is_fitted)
    assert (enrolment().state, enrolment().error_code) == ("ready", "")


def test_worker_that_keeps_the_likeness_makes_the_voice_ready_with_the_reason(studio: Studio, worker: Enroller) -> None:
    worker.fit_error = "The fit of the voice needs more memory than the worker may use."
    voice_id = studio.keep("Ada").json()["voice_id"]
    wait_until(lambda: enrolment().state == "ready")
    shown = studio.owner.get(f"/v1/voices/{voice_id}/").json()
    assert (shown["is_fitted"], shown["code"], shown["error"]) == (False, "internal_error", worker.fit_error)


def test_second_recording_of_an_account_is_examined_while_the_fit_of_the_first_is_running(
    studio: Studio, worker: Enroller, tmp_path: Path
) -> None:
    announce(KOKORO, CLONING, ENROLLING, slots=1, hard=2)
    worker.is_fit_held = True
    first = studio.embed()
    fit = Part.objects.get(kind="fit_voice")
    wait_until(lambda: Part.objects.filter(pk=fit.pk, state__in=IN_FLIGHT_STATES).exists())
    second = studio.embed(file=record(tmp_path / "other", "mp3", seconds=3.0).read_bytes())
    assert (first.status_code, second.status_code) == (200, 200), second.text
    assert Part.objects.get(pk=fit.pk).state in IN_FLIGHT_STATES
    assert (worker.done, Enrolment.objects.filter(state="training").count()) == (["examine_voice"] * 2, 2)


def test_clone_beside_another_job_of_the_recording_uses_its_own_likeness(studio: Studio) -> None:
    uuid = studio.keep("Ada").json()["uuid"]
    queued = studio.post("/v1/tts/clone/?async=1", text=TEXT).json()
    kinds = {
        name: list(Part.objects.filter(job_id=name).order_by("index").values_list("kind", flat=True)) for name in (uuid, queued["uuid"])
    }
    assert kinds == {uuid: ["examine_voice", "fit_voice"], queued["uuid"]: ["examine_voice", "speak"]}
    assert studio.keep("Ada").json()["uuid"] == uuid
    studio.post("/v1/tts/clone/?async=1", text="Another text.")
    spoken = [part.work["voice"] for part in Part.objects.filter(kind="speak")]
    assert (len({voice["id"] for voice in spoken}), len({voice["version"] for voice in spoken})) == (1, 2)  # by which workers cache voices


def test_identical_clone_requests_share_one_job_and_one_charge(studio: Studio, worker: Enroller) -> None:
    named = {"headers": {"Idempotency-Key": "once"}}
    first, again = (studio.speak(TEXT, **named) for _ in range(2))
    other = studio.speak("Another text.", **named)
    assert first.headers["x-job-id"] == again.headers["x-job-id"]
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert studio.owner.millicredits == 1_000_000 - 4 * len(TEXT)


def test_clone_that_takes_too_long_is_a_504_with_the_uuid(studio: Studio, settings: Any) -> None:
    settings.TTSAI_UPLOAD_WAIT_SECONDS = 1
    spoken, embedded = studio.speak(TEXT), studio.embed()
    assert (spoken.status_code, spoken.json()["uuid"]) == (504, Job.objects.get().uuid.hex)
    assert (embedded.status_code, embedded.json()["uuid"]) == (504, Job.objects.get().uuid.hex)


def test_long_text_is_spoken_in_parts_with_the_voice_of_the_same_job(studio: Studio, worker: Enroller) -> None:
    text = "This is a sentence of a long text. " * 40
    assert studio.speak(text).status_code == 200
    parts = list(Part.objects.order_by("index"))
    assert [part.kind for part in parts[:2]] == ["examine_voice", "fit_voice"]
    assert {part.kind for part in parts[2:-1]} == {"speak"}
    assert (len(parts) > 4, parts[-1].kind, [len(part.work["inputs"]) for part in parts[-1:]]) == (True, "join", [len(parts) - 3])


def test_cancelled_enrolment_fails_its_voice_and_costs_nothing(studio: Studio) -> None:
    reported = studio.keep("Ada", text=TEXT).json()
    assert studio.owner.post(f"/v1/jobs/{reported['uuid']}/cancel/", {}).status_code == 200
    assert (enrolment().state, enrolment().error_code) == ("failed", "cancelled")
    assert studio.owner.millicredits == 1_000_000


def test_invalid_clone_requests_are_refused_and_leave_nothing(studio: Studio) -> None:
    for path, fields, status, code in INVALID:
        answer = studio.post(path, **fields)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), (path, list(fields), answer.text)
    assert [model.objects.count() for model in (Upload, Job, Voice, Enrolment)] == [0, 0, 0, 0]


def test_embed_of_another_account_is_unknown(studio: Studio, worker: Enroller) -> None:
    embed_id = studio.embed().json()["embed_id"]
    stranger = person()
    answer = studio.speak(TEXT, file=b"none", embed_id=embed_id, by=stranger)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "voice_not_found")
    assert studio.speak(TEXT, by=stranger).headers["x-voice-id"] != embed_id
    assert Enrolment.objects.count() == 2


def test_plan_limits_the_named_voices_of_an_account(studio: Studio, worker: Enroller) -> None:
    plan = studio.owner.account.plan  # type: ignore[union-attr]
    plan.max_voices = 1
    plan.save(update_fields=["max_voices"])
    assert studio.keep("Ada").status_code == 200
    refused = studio.keep("Bob")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "voice_limit_reached")
    assert studio.embed().status_code == 200
    assert studio.keep("Ada").status_code == 200


def test_least_recently_used_embeds_are_deleted_beyond_the_limit(studio: Studio, worker: Enroller, settings: Any) -> None:
    settings.TTSAI_KEPT_EMBEDS = 1
    first = studio.embed().json()["embed_id"]
    wait_until(lambda: enrolment().state == "ready")
    second = studio.embed(file=studio.clip + bytes(64)).json()["embed_id"]
    assert list(Voice.objects.values_list("voice_id", flat=True)) == [second]
    wait_until(lambda: Enrolment.objects.count() == 1)
    assert studio.owner.get(f"/v1/voices/{first}/").status_code == 404
