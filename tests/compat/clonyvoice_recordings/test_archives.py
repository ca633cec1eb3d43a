"""POST /api/voices/export, /api/voices/import/preview and /api/voices/import: out and in again, and hostile archives."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings

from apps.accounts.callers import caller_of_key
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.uploads.models import Upload
from apps.voice_design.keeping import KeptDesign, keep_design
from apps.voices.models import BlockedVoice, Consent, Enrolment, Sample, Voice
from tests.compat.clonyvoice_recordings.conftest import Desk, code_of
from tests.factories import make_key
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.voices.archives import packed, unpacked
from tests.voices.conftest import EMBEDDING, FITTED, Enroller

EXPORT, PREVIEW, IMPORT = "/api/voices/export", "/api/voices/import/preview", "/api/voices/import"


@pytest.fixture
def ada(desk: Desk, clip: bytes, worker: Enroller) -> str:
    """Id of a ready voice."""
    fields = {"name": "Ada", "categories": "calm", "consent": "I agree.", "consent_by": "Ada"}
    made = desk.post("/api/clone/create", files={"audio": ("ada.mp3", clip)}, **fields).json()
    wait_until(lambda: Enrolment.objects.get().state == "ready" and Job.objects.get().is_over)
    return str(made["id"])


@pytest.fixture
def archive(desk: Desk, ada: str) -> bytes:
    """Exported voice."""
    answer = desk.post(EXPORT, json={"voice_ids": [ada]})
    assert answer.status_code == 200, answer.text
    return answer.content


def send(desk: Desk, path: str, content: bytes, *, by: Person | None = None, **fields: Any) -> httpx.Response:
    return desk.post(path, files={"file": ("voices.zip", content)}, by=by, **fields)


def counts() -> list[int]:
    return [model.objects.count() for model in (Voice, Enrolment, Sample, Job, Upload)]


def stored_files() -> list[Path]:
    return [path for path in Path(str(django_settings.OBJECTS_FOLDER)).rglob("*") if path.is_file() and "/voices/" in str(path)]


def test_export_has_manifest_recording_voice_file_and_demo_and_no_consent(desk: Desk, archive: bytes, clip: bytes) -> None:
    files, manifest = unpacked(archive)
    assert files == {"voices/1/samples/1": clip, "voices/1/voice.safetensors": FITTED, "voices/1/demo.mp3": b"ID3 a demo"}
    (voice,) = manifest["voices"]
    assert (manifest["format"], manifest["version"], voice["name"], voice["model"]) == ("ttsai-voices", 1, "Ada", "kokoro-clone")
    assert voice["voice_file"] == {"file": "voices/1/voice.safetensors", "sha256": hashlib.sha256(FITTED).hexdigest(), "bytes": len(FITTED)}
    assert "I agree." not in json.dumps(manifest)


def test_deleted_voice_is_restored_as_it_was_without_a_job_and_without_consent(desk: Desk, archive: bytes, ada: str, clip: bytes) -> None:
    desk.delete(f"/api/voices/{ada}")
    wait_until(lambda: not Enrolment.objects.exists())
    jobs = Job.objects.count()
    preview = send(desk, PREVIEW, archive).json()
    assert (preview["is_own_archive"], preview["total"], preview["voices_left"]) == (True, 1, 100)
    (planned,) = preview["voices"]
    assert (planned["name"], planned["action"], planned["samples"]) == ("Ada", "restore", 1)
    assert counts()[:3] == [0, 0, 0]
    answer = send(desk, IMPORT, archive)
    assert answer.status_code == 200, answer.text
    (voice,) = answer.json()["imported"]
    assert (voice["name"], voice["categories"], voice["state"], voice["gender"]) == ("Ada", ["calm"], "ready", "female")
    assert (voice["action"], voice["warnings"]) == (
        "restore",
        ["Consents are not imported. Send consent and consent_by to record the speaker's."],
    )
    enrolment = Enrolment.objects.get()
    assert (enrolment.is_fitted, enrolment.language, enrolment.report["embedding"]) == (True, "en-gb", list(EMBEDDING))  # type: ignore[index]
    assert get_storage().read_bytes(enrolment.conditioning_key) == FITTED
    assert get_storage().read_bytes(Sample.objects.get().key) == clip
    assert httpx.get(voice["preview_url"]).content == b"ID3 a demo"
    assert (Job.objects.count(), Consent.objects.count(), Upload.objects.filter(deleted_at=None).count()) == (jobs, 0, 0)
    spoken = desk.owner.say("Hello.", voice=voice["id"])
    assert spoken.status_code == 200, spoken.content


@pytest.mark.prove
def test_import_beside_the_voice_keeps_it_and_makes_no_second_one(desk: Desk, archive: bytes, ada: str, worker: Enroller) -> None:
    assert send(desk, PREVIEW, archive).json()["voices"][0]["action"] == "keep"
    for _ in range(2):
        (voice,) = send(desk, IMPORT, archive).json()["imported"]
        assert (voice["id"], voice["action"]) == (ada, "keep")
    assert (Voice.objects.count(), Enrolment.objects.count(), Consent.objects.count()) == (1, 1, 1)


@pytest.mark.prove
def test_another_account_imports_the_voice_with_a_consent_of_its_own(desk: Desk, archive: bytes) -> None:
    other = person()
    (voice,) = send(desk, IMPORT, archive, by=other, consent="Ada agrees.", consent_by="Bob").json()["imported"]
    assert (voice["action"], voice["warnings"]) == ("restore", [])
    consent = Consent.objects.get(enrolment__account=other.account)
    assert (consent.statement, consent.given_by) == ("Ada agrees.", "Bob")
    assert desk.get(f"/api/voices/{voice['id']}").status_code == 404


def test_changed_archive_is_cloned_anew_and_its_voice_file_is_not_used(desk: Desk, archive: bytes, worker: Enroller) -> None:
    other = person()
    files, manifest = unpacked(archive)
    forged = b"the voice of somebody else"
    files["voices/1/voice.safetensors"] = forged
    manifest["voices"][0]["voice_file"] |= {"sha256": hashlib.sha256(forged).hexdigest(), "bytes": len(forged)}
    content = packed(files, manifest)
    preview = send(desk, PREVIEW, content, by=other).json()
    assert (preview["is_own_archive"], preview["voices"][0]["action"]) == (False, "clone")
    assert "its voice file is not used" in preview["voices"][0]["warnings"][0]
    (voice,) = send(desk, IMPORT, content, by=other).json()["imported"]
    enrolment = Enrolment.objects.get(account=other.account)
    wait_until(lambda: Enrolment.objects.get(pk=enrolment.pk).state == "ready")
    assert get_storage().read_bytes(Enrolment.objects.get(pk=enrolment.pk).conditioning_key) == FITTED
    assert voice["action"] == "clone"


def test_blocked_speaker_is_not_imported_by_either_way(desk: Desk, archive: bytes, worker: Enroller) -> None:
    other = person()
    BlockedVoice.objects.create(name="Somebody", embedding=list(EMBEDDING))
    assert code_of(send(desk, IMPORT, archive, by=other)) == (403, "voice_blocked")
    files, manifest = unpacked(archive)
    manifest["voices"][0]["report"]["embedding"] = [0.0] * 255 + [1.0]  # somebody else's, which breaks the signature
    (voice,) = send(desk, IMPORT, packed(files, manifest), by=other).json()["imported"]
    wait_until(lambda: Enrolment.objects.get(account=other.account).state == "failed")
    assert desk.get(f"/api/voices/{voice['id']}", by=other).json()["state"] == "failed"


def test_voice_whose_consent_was_revoked_stays_silent_until_a_new_one_is_stated(desk: Desk, archive: bytes, ada: str) -> None:
    Enrolment.objects.update(is_revoked=True)
    revoked = desk.post(EXPORT, json={}).content
    silent, heard = person(), person()
    (voice,) = send(desk, IMPORT, revoked, by=silent).json()["imported"]
    assert "consent was revoked" in voice["warnings"][0]
    assert silent.say("Hello.", voice=voice["id"]).json()["error"]["code"] == "consent_revoked"
    (voice,) = send(desk, IMPORT, revoked, by=heard, consent="I agree again.").json()["imported"]
    assert heard.say("Hello.", voice=voice["id"]).status_code == 200


def test_stated_consent_ends_the_revocation_of_a_voice_that_the_account_has(desk: Desk, archive: bytes, ada: str) -> None:
    assert httpx.delete(f"{desk.url}/v1/voices/{ada}/consent/", headers=desk.owner.headers).status_code == 200
    refused = send(desk, IMPORT, archive)
    assert (code_of(refused), refused.json()["param"]) == ((403, "consent_revoked"), "consent")
    assert send(desk, PREVIEW, archive).json()["voices"][0]["code"] == "consent_revoked"
    assert desk.owner.say("Hello.", voice=ada).json()["error"]["code"] == "consent_revoked"
    stated = {"consent": "I agree again.", "consent_by": "Ada"}
    assert send(desk, PREVIEW, archive, **stated).json()["voices"][0]["action"] == "keep"
    (voice,) = send(desk, IMPORT, archive, **stated).json()["imported"]
    assert (voice["id"], voice["action"]) == (ada, "keep")
    assert desk.owner.say("Hello.", voice=ada).status_code == 200
    assert list(Consent.objects.order_by("given_at").values_list("statement", "revoked_at"))[1:] == [("I agree again.", None)]


@pytest.mark.prove
def test_operator_who_demands_consents_gets_them_for_imports(desk: Desk, archive: bytes, settings: Any) -> None:
    settings.TTSAI_REQUIRE_CONSENT = True
    other = person()
    assert code_of(send(desk, IMPORT, archive, by=other)) == (400, "consent_required")
    assert send(desk, IMPORT, archive, by=other, consent="I agree.").status_code == 200


@pytest.mark.prove
def test_designed_voice_is_restored_only_from_an_archive_of_this_server(desk: Desk) -> None:
    design = KeptDesign(name="Calm", weights={"af_bella": 2, "am_adam": 1}, pace=1.0, language="en-us", gender="female")
    account = desk.owner.account
    assert account is not None
    kept = keep_design(caller_of_key(make_key(account)[0], address="127.0.0.1"), design)
    content = desk.post(EXPORT, json={"voice_ids": [kept.voice.voice_id]}).content
    (same,) = send(desk, IMPORT, content).json()["imported"]
    assert (same["id"], same["action"]) == (kept.voice.voice_id, "keep")
    other = person()
    (voice,) = send(desk, IMPORT, content, by=other).json()["imported"]
    assert (voice["name"], voice["type"], voice["action"], voice["warnings"]) == ("Calm", "designed", "restore", [])
    files, manifest = unpacked(content)
    changed = packed(files, {**manifest, "signature": "none"})
    assert code_of(send(desk, IMPORT, changed, by=person())) == (400, "voice_without_recordings")


@pytest.mark.prove
def test_voice_limit_of_the_plan_holds_for_imports(desk: Desk, archive: bytes) -> None:
    poor = person(max_voices=0)
    preview = send(desk, PREVIEW, archive, by=poor).json()
    assert (preview["voices_left"], preview["voices"][0]["action"], preview["voices"][0]["code"]) == (0, "refuse", "voice_limit_reached")
    refused = send(desk, IMPORT, archive, by=poor)
    assert (code_of(refused), refused.json()["param"]) == ((403, "voice_limit_reached"), "file")
    assert Voice.objects.filter(account=poor.account).count() == 0


@pytest.mark.prove
def test_cloning_by_an_import_needs_the_scope_of_cloning(desk: Desk, archive: bytes) -> None:
    account = person().account
    assert account is not None
    key = make_key(account, scopes=["voices:write"])[1]
    files, manifest = unpacked(archive)
    manifest["signature"] = ""
    assert code_of(send(desk, IMPORT, packed(files, manifest), by=Person(key, account))) == (403, "missing_scope")
    assert send(desk, IMPORT, archive, by=Person(key, account)).status_code == 200


def test_each_voice_that_an_import_clones_counts_for_the_scope_of_cloning(desk: Desk, archive: bytes, worker: Enroller) -> None:
    earlier, manifest = unpacked(archive)
    files = {f"voices/{number}/samples/1": earlier["voices/1/samples/1"] + bytes(64 * number) for number in range(1, 4)}
    manifest["voices"] = [_recorded_anew(manifest["voices"][0], name, data) for name, data in files.items()]
    other = person()
    assert other.account is not None
    limited = Person(make_key(other.account, requests_per_minute_by_scope={"clone:create": 2, "voices:write": 2})[1], other.account)
    reported = send(desk, IMPORT, packed(files, manifest), by=limited).json()
    assert [one["name"] for one in reported["imported"]] == ["Ada 1", "Ada 2"]
    assert [(one["name"], one["code"]) for one in reported["refused"]] == [("Ada 3", "rate_limit_exceeded")]
    again = send(desk, IMPORT, archive, by=limited)
    assert (again.status_code, again.json()["imported"][0]["action"]) == (200, "restore")
    cloning = desk.post("/api/clone/create", files={"audio": ("ada.mp3", files["voices/1/samples/1"])}, by=limited, name="Ada")
    assert code_of(cloning) == (429, "rate_limit_exceeded")


def _recorded_anew(voice: dict[str, Any], file: str, data: bytes) -> dict[str, Any]:
    """The voice under another name, with a recording of its own."""
    sample = {**voice["samples"][0], "file": file, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return {**voice, "name": f"Ada {file.split('/')[1]}", "samples": [sample], "voice_file": None, "demo": None}


@pytest.mark.prove
def test_good_voices_of_an_archive_are_imported_beside_a_refused_one(desk: Desk, archive: bytes, worker: Enroller) -> None:
    files, manifest = unpacked(archive)
    other = {**manifest["voices"][0], "name": "Bob", "model": "nobody", "voice_file": None, "demo": None}
    data = files["voices/1/samples/1"] + bytes(64)
    sample = {**other["samples"][0], "file": "voices/2/samples/1", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    files["voices/2/samples/1"] = data
    manifest["voices"].append({**other, "samples": [sample]})
    reported = send(desk, IMPORT, packed(files, manifest), by=person()).json()
    assert ([one["name"] for one in reported["imported"]], reported["total"]) == (["Ada"], 1)
    assert [(one["name"], one["code"]) for one in reported["refused"]] == [("Bob", "unknown_model")]


@pytest.mark.prove
@pytest.mark.parametrize(
    "body", [{"voice_ids": ["voice_" + "0" * 20]}, {"voice_ids": ["af_bella"]}, {"voice_ids": [5]}, {"voice_ids": "x"}]
)
def test_export_of_unknown_voices_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    assert desk.post(EXPORT, json=body).status_code in {400, 404}


@pytest.mark.prove
def test_export_refuses_nothing_unready_voices_too_many_and_strangers(desk: Desk, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(desk.post(EXPORT, json={}, by=person())) == (400, "no_voices")
    assert code_of(desk.post(EXPORT, json={"voice_ids": [ada]}, by=person())) == (404, "voice_not_found")
    with monkeypatch.context() as patched:
        patched.setattr("apps.voices.archives.writing.ARCHIVE_BYTES", 100)
        assert code_of(desk.post(EXPORT, json={})) == (413, "archive_too_large")
        patched.setattr("apps.voices.archives.writing.MOST_VOICES", 0)
        assert code_of(desk.post(EXPORT, json={})) == (400, "too_many_voices")
    Enrolment.objects.update(state="training")
    assert code_of(desk.post(EXPORT, json={"voice_ids": [ada]})) == (409, "voice_not_ready")


def test_refused_archive_leaves_nothing(desk: Desk, archive: bytes) -> None:
    before, files = counts(), stored_files()
    contents, manifest = unpacked(archive)
    manifest["voices"][0]["samples"][0]["sha256"] = "0" * 64
    for path in (PREVIEW, IMPORT):
        assert code_of(send(desk, path, packed(contents, manifest), by=person())) == (400, "digest_mismatch")
        assert code_of(send(desk, path, b"hello")) == (400, "invalid_archive")
        assert code_of(desk.post(path, files={"other": b""})) == (400, "missing_field")
    assert (counts(), stored_files()) == (before, files)


@pytest.mark.prove
def test_archive_with_a_recording_that_is_none_leaves_nothing(desk: Desk, archive: bytes) -> None:
    other, (files, manifest) = person(), unpacked(archive)
    files["voices/1/samples/1"] = b"no sound"
    manifest["voices"][0]["samples"][0] |= {"sha256": hashlib.sha256(b"no sound").hexdigest(), "bytes": 8}
    assert code_of(send(desk, IMPORT, packed(files, manifest), by=other)) == (400, "unsupported_format")
    assert not Enrolment.objects.filter(account=other.account).exists()
    assert not Upload.objects.filter(account=other.account).exists()
