"""/v1/voices/ of an account, and speech with its voices through /v1/tts/."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from apps.accounts.models import Plan
from apps.core.storage import get_storage
from apps.jobs.models import Job, Part
from apps.voice_profiles.models import VoiceProfile
from apps.voice_profiles.services import change_profile
from apps.voices.models import BlockedVoice, Consent, Enrolment, SavedVoice, Voice
from apps.voices.objects import enrolment_folder
from apps.voices.services.block_list import apply_block_list, block_voice
from apps.voices.services.removal import remove_account_voices, remove_unused_embeds
from apps.webhooks.models import Delivery
from tests.factories_jobs import announce, engine_spec
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.voices.conftest import EMBEDDING, Enroller, Studio
from workers.contract.engines import VoiceSpec

AGREED = "I, Ada, agree that my voice is cloned."


@pytest.fixture
def ada(studio: Studio, worker: Enroller) -> str:
    """Id of a ready voice."""
    voice_id = studio.keep("Ada", consent=AGREED, consent_by="Ada").json()["voice_id"]
    wait_until(lambda: Enrolment.objects.get().state == "ready" and Job.objects.get().is_over)
    return voice_id


def files_of(somebody: Person) -> list[str]:
    folder = Path(django_settings.OBJECTS_FOLDER) / f"account-{somebody.account.pk}"  # type: ignore[union-attr]
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_own_voice_speaks_without_a_model_and_under_its_engines_names(owner: Person, ada: str) -> None:
    for model in ({}, {"model": "kokoro"}, {"model": "kokoro-clone"}, {"model": "tts-1"}, {"model": "chatterbox"}, {"model": "melotts"}):
        reported = owner.say("Hello.", voice=ada, **model).json()
        job = Job.objects.get(uuid=reported["uuid"])
        assert (job.engine_id, reported["credits_used"]) == ("kokoro-clone", 0.024), model
        assert reported.get("model_used", "kokoro-clone") == "kokoro-clone"
        voice = Part.objects.get(job=job).work["voice"]
        assert (voice["id"], voice["language"], voice["engine"]) == (ada, "en-gb", "kokoro-clone")
        assert voice["conditioning"]["kind"] == "stored_object"


def test_own_voice_is_refused_by_a_model_that_does_not_speak_it(owner: Person, ada: str) -> None:
    announce(engine_spec("piper", voices=(VoiceSpec("joe", "Joe", "en-us"),), default_voice="joe"), worker="worker-2")
    assert code_of(owner.say("Hello.", voice=ada, model="piper")) == (400, "voice_model_mismatch")


def test_own_voice_in_a_mix_moves_the_text_to_its_engine(owner: Person, ada: str) -> None:
    assert owner.say(f'Good day. <voice name="{ada}">Hello.</voice> <voice name="am_adam">Bye.</voice>').status_code == 200
    work = Part.objects.get(job=Job.objects.latest("created_at")).work
    spoken = [work["voice"]["id"], *(voice["id"] for voice in work["voices"])]
    assert (work["engine"], spoken) == ("kokoro-clone", ["af_bella", ada, "am_adam"])
    assert [voice["engine"] for voice in (work["voice"], *work["voices"])] == ["kokoro", "kokoro-clone", "kokoro"]


def test_own_voice_speaks_every_language_of_its_engine(owner: Person, ada: str) -> None:
    spanish = VoiceSpec("ef_dora", "Dora", "es", gender="female")
    announce(engine_spec(languages=("en", "es"), voices=(*engine_spec().voices, spanish)), worker="worker-2")
    reported = owner.say("Hola, buenos días a todos mis amigos.", voice=ada, language="es").json()
    work = Part.objects.get(job_id=reported["uuid"]).work
    assert (work["voice"]["id"], work["voice"]["language"], work["language"]) == (ada, "es", "es")
    assert "warnings" not in reported


def test_own_voice_of_another_account_is_unknown_everywhere(ada: str) -> None:
    stranger = person()
    assert code_of(stranger.say("Hello.", voice=ada)) == (400, "unknown_voice")
    assert code_of(stranger.get(f"/v1/voices/{ada}/")) == (404, "voice_not_found")
    assert code_of(stranger.get(f"/v1/voices/{ada}/preview/")) == (404, "voice_not_found")
    assert stranger.get("/v1/voices/", own="true").json() == {"voices": [], "total": 0}


def test_sample_of_an_own_voice_does_not_count_as_a_request(owner: Person, ada: str) -> None:
    answers = [owner.get(f"/v1/voices/{ada}/preview/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.headers["X-RateLimit-Remaining"] for answer in answers}) == 1


def test_list_of_voices_has_own_ones_first_and_filters_them(owner: Person, studio: Studio, worker: Enroller, ada: str) -> None:
    embed = studio.embed(file=studio.clip + bytes(64)).json()["embed_id"]
    listed = owner.get("/v1/voices/").json()
    assert [voice["id"] for voice in listed["voices"]] == [ada, "af_bella", "am_adam", "bf_emma"]
    assert [(voice["own"], voice["state"]) for voice in listed["voices"]] == [(True, "ready"), *[(False, "ready")] * 3]
    for query, expected in (
        ({"own": "true"}, [ada]),
        ({"own": "true", "embeds": "true"}, [embed, ada]),
        ({"own": "false", "gender": "male"}, ["am_adam"]),
        ({"gender": "female", "own": "1"}, [ada]),
        ({"model": "kokoro-clone"}, [ada]),
        ({"model": "kokoro"}, ["af_bella", "am_adam", "bf_emma"]),
        ({"model": "chatterbox", "own": "true"}, [ada]),
        ({"language": "en-gb"}, [ada, "bf_emma"]),
        ({"state": "failed"}, []),
        ({"category": "calm"}, []),
    ):
        assert [voice["id"] for voice in owner.get("/v1/voices/", **query).json()["voices"]] == expected, query
    assert {"id": ada, "name": "Ada (kokoro-clone)", "language": "en"} in owner.get("/v1/audio/voices").json()["voices"]
    assert owner.get("/v1/voices/", own="perhaps").status_code == 400
    assert owner.get("/v1/voices/", state="perhaps").status_code == 400


def test_voice_is_renamed_categorised_and_shown_with_its_recordings(owner: Person, studio: Studio, ada: str) -> None:
    changed = httpx.patch(f"{studio.url}/v1/voices/{ada}/", json={"name": "Lady A", "categories": ["calm", "calm"]}, headers=owner.headers)
    assert changed.status_code == 200, changed.text
    shown = owner.get(f"/v1/voices/{ada}/").json()
    assert (shown["name"], shown["categories"], shown["is_fitted"]) == ("Lady A", ["calm"], True)
    assert [(sample["file_name"], sample["bytes"]) for sample in shown["samples"]] == [("audio.wav", len(studio.clip))]
    assert [(one["statement"], one["given_by"], one["revoked_at"]) for one in shown["consents"]] == [(AGREED, "Ada", None)]
    assert shown["warnings"] == ["The recording has 2 s: 10 to 30 s give a better voice."]
    for body in ({"name": ""}, {"name": "x" * 10_000}, {"name": 5}, {"categories": ["x" * 51]}, {"categories": 5}):
        assert httpx.patch(f"{studio.url}/v1/voices/{ada}/", json=body, headers=owner.headers).status_code == 400, body


def test_preview_url_opens_without_a_key_and_only_with_its_signature(owner: Person, studio: Studio, ada: str) -> None:
    url = httpx.get(f"{studio.url}/v1/voices/?own=true", headers=owner.headers).json()["voices"][0]["preview_url"]
    assert httpx.get(url).content == b"ID3 a demo"
    assert httpx.get(url.partition("?")[0]).status_code == 404
    assert httpx.get(f"{url}x").status_code == 404
    assert httpx.get(url.partition("?")[0], headers=owner.headers).content == b"ID3 a demo"


def test_export_has_facts_voice_file_demo_and_recordings(owner: Person, studio: Studio, ada: str) -> None:
    answer = httpx.get(f"{studio.url}/v1/voices/{ada}/export/", headers=owner.headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["demo.mp3", "samples/1-audio.wav", "voice.json", "voice.safetensors"]
        assert archive.read("samples/1-audio.wav") == studio.clip
        assert json.loads(archive.read("voice.json"))["name"] == "Ada"


def test_deleted_voice_leaves_no_object_row_or_result(owner: Person, studio: Studio, ada: str) -> None:
    assert files_of(owner) != []
    assert httpx.delete(f"{studio.url}/v1/voices/{ada}/", headers=owner.headers).json() == {"voice_id": ada, "deleted": True}
    assert [model.objects.count() for model in (Voice, Enrolment, Consent)] == [0, 0, 0]
    assert [name for name in files_of(owner) if name.startswith("voices/")] == []
    assert owner.result(Job.objects.get().uuid.hex).status_code == 410
    assert code_of(owner.say("Hello.", voice=ada)) == (400, "unknown_voice")


def test_deleted_voice_in_training_cancels_its_enrolment(owner: Person, studio: Studio, worker: Enroller) -> None:
    worker.is_fit_held = True
    voice_id = studio.keep("Ada").json()["voice_id"]
    wait_until(lambda: Enrolment.objects.get().state == "training")
    httpx.delete(f"{studio.url}/v1/voices/{voice_id}/", headers=owner.headers).raise_for_status()
    assert not Enrolment.objects.exists()
    worker.is_fit_held = False
    wait_until(lambda: Job.objects.get().is_over)
    assert [name for name in files_of(owner) if name.startswith("voices/")] == []


def test_deleted_voice_cancels_requests_that_clone_it_and_takes_its_profile(
    owner: Person, studio: Studio, worker: Enroller, ada: str
) -> None:
    assert owner.account is not None
    change_profile(owner.account, voice_id=ada, description="My sister")
    worker.is_speech_held = True
    answer = studio.post("/v1/tts/clone/?async=1", file=b"none", text="Hello.", embed_id=ada)
    assert answer.status_code == 200, answer.text
    httpx.delete(f"{studio.url}/v1/voices/{ada}/", headers=owner.headers).raise_for_status()
    assert Job.objects.get(uuid=answer.json()["uuid"]).state == "cancelled"
    assert (VoiceProfile.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_deletion_takes_what_was_saved_of_a_voice_unless_it_only_leaves_a_list(owner: Person, studio: Studio, ada: str) -> None:
    requests = [
        ("/cache/save", {"cache_dir": "mine", "prompt_ids": ["Ada"]}),
        ("/remove", {"prompt_id": "Ada"}),
        ("/cache/load", {"cache_path": "mine"}),
    ]
    for path, body in requests:
        answer = httpx.post(f"{studio.url}{path}", json=body, headers=owner.headers)
        assert answer.status_code == 200, (path, answer.text)
    restored = Voice.objects.get().voice_id
    httpx.delete(f"{studio.url}/v1/voices/{restored}/", headers=owner.headers).raise_for_status()
    assert [model.objects.count() for model in (Voice, Enrolment, SavedVoice)] == [0, 0, 0]


def test_deleted_voice_leaves_another_voice_of_the_same_recording_alone(owner: Person, studio: Studio, ada: str) -> None:
    other = studio.keep("Bob").json()["voice_id"]
    httpx.delete(f"{studio.url}/v1/voices/{ada}/", headers=owner.headers).raise_for_status()
    assert owner.say("Hello.", voice=other).status_code == 200
    assert get_storage().stat(Enrolment.objects.get().conditioning_key) is not None


def test_removal_of_an_accounts_voices_leaves_nothing_of_them(owner: Person, studio: Studio, ada: str) -> None:
    studio.embed(file=studio.clip + bytes(64))
    assert owner.account is not None
    wait_until(lambda: not Job.objects.filter(state__in=["queued", "running"]).exists())
    assert remove_account_voices(owner.account.pk) == 2
    assert [model.objects.count() for model in (Voice, Enrolment)] == [0, 0]
    assert [name for name in files_of(owner) if name.startswith("voices/")] == []


def test_unused_embed_is_deleted_after_the_retention_of_the_plan(owner: Person, studio: Studio, worker: Enroller, ada: str) -> None:
    embed = studio.embed(file=studio.clip + bytes(64)).json()["embed_id"]
    Voice.objects.update(used_at="2020-01-01T00:00:00Z")
    Enrolment.objects.update(created_at="2020-01-01T00:00:00Z")
    wait_until(lambda: not Job.objects.filter(state__in=["queued", "running"]).exists())
    folder = enrolment_folder(Voice.objects.get(voice_id=embed).enrolment)
    assert remove_unused_embeds() == 2  # the embed and its enrolment
    assert list(Voice.objects.values_list("voice_id", flat=True)) == [ada]
    assert not (Path(django_settings.OBJECTS_FOLDER) / folder).exists()


def test_revoked_consent_stops_the_voice_until_a_new_one_is_recorded(owner: Person, studio: Studio, ada: str) -> None:
    path = f"{studio.url}/v1/voices/{ada}/consent/"
    assert httpx.delete(path, headers=owner.headers).json()["is_consent_revoked"] is True
    assert code_of(owner.say("Hello.", voice=ada)) == (403, "consent_revoked")
    assert code_of(studio.speak(file=b"none", embed_id=ada)) == (403, "consent_revoked")
    assert code_of(studio.speak()) == (403, "consent_revoked")
    assert code_of(owner.get(f"/v1/voices/{ada}/preview/")) == (403, "consent_revoked")
    url = httpx.get(f"{studio.url}/v1/voices/{ada}/", headers=owner.headers).json()["preview_url"]
    assert httpx.get(url).status_code == 403
    assert code_of(httpx.delete(path, headers=owner.headers)) == (409, "consent_missing")
    httpx.post(path, json={"consent": AGREED}, headers=owner.headers).raise_for_status()
    assert owner.say("Hello.", voice=ada).status_code == 200
    assert Consent.objects.filter(revoked_at=None).count() == 1


def test_operator_may_demand_consent_for_every_recording(studio: Studio, worker: Enroller, settings: Any) -> None:
    settings.TTSAI_REQUIRE_CONSENT = True
    for refused in (studio.embed(), studio.speak(), studio.keep()):
        assert code_of(refused) == (400, "consent_required")
        assert "Send `consent`" in refused.json()["error"]["message"]
    assert studio.embed(consent=AGREED, consent_by="Ada").status_code == 200
    assert Consent.objects.get().recorded_by.startswith("key sk-tts-")


def test_blocked_speaker_cannot_be_cloned_and_costs_nothing(owner: Person, studio: Studio, worker: Enroller) -> None:
    BlockedVoice.objects.create(name="A president", embedding=list(EMBEDDING))
    refused = studio.speak("Hello.")
    assert code_of(refused) == (400, "voice_blocked")
    assert owner.millicredits == 1_000_000
    assert worker.done == ["examine_voice"]


def test_blocking_a_speaker_stops_voices_that_exist_and_unblocking_lets_them_speak(owner: Person, ada: str) -> None:
    blocked = block_voice(Enrolment.objects.get(), name="Ada", reason="asked for it")
    assert code_of(owner.say("Hello.", voice=ada)) == (403, "voice_blocked")
    blocked.delete()
    assert apply_block_list() == 1
    assert owner.say("Hello.", voice=ada).status_code == 200


def test_voice_events_reach_the_accounts_endpoints_with_documented_bodies(
    owner: Person, studio: Studio, worker: Enroller, settings: Any
) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    owner.post("/v1/webhooks/", {"url": "http://127.0.0.1:9/hook", "events": ["voice.ready", "voice.failed"]})
    ready = studio.keep("Ada").json()
    wait_until(lambda: Enrolment.objects.get().state == "ready")
    worker.refusal = ("invalid_reference", "Record one person.")
    failed = studio.keep("Bob", file=studio.clip + bytes(64)).json()
    wait_until(lambda: Delivery.objects.count() == 2)
    sent = [json.loads(body) for body in Delivery.objects.order_by("created_at").values_list("body", flat=True)]
    assert [(one["type"], one["data"]) for one in sent] == [
        ("voice.ready", {"voice_id": ready["voice_id"], "name": "Ada", "model": "kokoro-clone", "state": "ready", "uuid": ready["uuid"]}),
        (
            "voice.failed",
            {
                "voice_id": failed["voice_id"],
                "name": "Bob",
                "model": "kokoro-clone",
                "state": "failed",
                "uuid": failed["uuid"],
                "code": "invalid_reference",
                "error": "Record one person.",
            },
        ),
    ]


def test_defaults_of_a_new_installation_limit_voices_by_plan() -> None:
    call_command("load_defaults")
    plans = Plan.objects.exclude(slug__startswith="plan-")
    limits = {plan.slug: (plan.max_voices, plan.max_samples) for plan in plans}
    assert limits == {"anonymous": (0, 1), "free": (3, 3), "starter": (10, 5), "pro": (50, 10), "enterprise": (1000, 25)}
