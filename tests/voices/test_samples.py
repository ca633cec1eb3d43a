"""Several recordings of one voice: sent together, added to a kept voice, removed from it."""

import json
from typing import Any

import httpx
import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job, Part
from apps.uploads.models import Upload
from apps.voices.models import Consent, Enrolment, Sample, Voice
from apps.voices.services.removal import remove_unused_embeds
from apps.webhooks.models import Delivery
from tests.flows.following import wait_until
from tests.speech.people import person
from tests.voices.conftest import Enroller, Studio

AGREED = "I, Ada, agree that my voice is cloned."


class Recordings:
    """Sends several recordings to the server."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def content(self, number: int) -> bytes:
        """A recording of its own digest."""
        return self.studio.clip + bytes(64 * number)

    def post(self, path: str, *numbers: int, field: str = "file", **fields: Any) -> httpx.Response:
        files = [(field, (f"{number}.mp3", self.content(number))) for number in numbers]
        headers = {**self.studio.owner.headers, **fields.pop("headers", {})}
        return httpx.post(f"{self.studio.url}{path}", files=files, data=fields, headers=headers, timeout=240)

    def add(self, voice_id: str, *numbers: int, **fields: Any) -> httpx.Response:
        return self.post(f"/v1/voices/{voice_id}/samples/", *numbers, **fields)

    def listed(self, voice_id: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.studio.url}/v1/voices/{voice_id}/samples/", headers=self.studio.owner.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def states(self, voice_id: str) -> list[tuple[str, str]]:
        return [(sample["file_name"], sample["state"]) for sample in self.listed(voice_id)["samples"]]

    def remove(self, voice_id: str, sample_id: str) -> httpx.Response:
        return httpx.delete(f"{self.studio.url}/v1/voices/{voice_id}/samples/{sample_id}/", headers=self.studio.owner.headers)


@pytest.fixture
def recordings(studio: Studio) -> Recordings:
    return Recordings(studio)


@pytest.fixture
def ada(recordings: Recordings, worker: Enroller) -> str:
    """Id of a ready voice with one recording."""
    answer = recordings.post("/v1/voice-clone/", 1, name="Ada", consent=AGREED, consent_by="Ada")
    wait_until(lambda: Job.objects.get().is_over)
    return str(answer.json()["voice_id"])


def is_settled() -> bool:
    return not Voice.objects.exclude(next_enrolment=None).exists() and all(job.is_over for job in Job.objects.all())


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_clone_with_several_recordings_examines_and_fits_them_together(recordings: Recordings, worker: Enroller) -> None:
    reported = recordings.post("/v1/voice-clone/", 1, 2, 2, field="reference_audio", name="Ada").json()
    wait_until(lambda: Job.objects.get().is_over)
    works = {part.kind: part.work for part in Part.objects.all()}
    assert [len(works[kind]["samples"]) for kind in ("examine_voice", "fit_voice")] == [2, 2]
    assert recordings.states(reported["voice_id"]) == [("1.mp3", "used"), ("2.mp3", "used")]
    assert [get_storage().read_bytes(sample.key) for sample in Sample.objects.all()] == [recordings.content(1), recordings.content(2)]
    wait_until(lambda: not Upload.objects.exists())
    assert recordings.post("/v1/voice-embed/", 2, 1).json()["embed_id"] == reported["voice_id"]
    assert not Upload.objects.exists()


def test_clone_with_more_recordings_than_the_plan_allows_is_refused_and_leaves_nothing(recordings: Recordings) -> None:
    plan = recordings.studio.owner.account.plan  # type: ignore[union-attr]
    plan.max_samples = 2
    plan.save(update_fields=["max_samples"])
    assert code_of(recordings.post("/v1/tts/clone/", 1, 2, 3, text="Hello.")) == (403, "sample_limit_reached")
    assert code_of(recordings.post("/v1/voice-embed/", 1, 2, reference_text="Hello.")) == (400, "invalid_request")
    assert code_of(recordings.post("/v1/tts/clone/", 1, 2, text="Hello.", upload_id="0" * 32)) == (400, "invalid_request")
    spoilt = [("file", ("1.mp3", recordings.content(1))), ("file", ("2.mp3", b"no sound"))]
    refused = httpx.post(f"{recordings.studio.url}/v1/voice-embed/", files=spoilt, headers=recordings.studio.owner.headers, timeout=60)
    assert code_of(refused) == (400, "unsupported_format")
    assert [model.objects.count() for model in (Upload, Job, Voice, Enrolment)] == [0, 0, 0, 0]


def test_added_recording_enrols_the_voice_again_while_the_old_one_speaks(recordings: Recordings, worker: Enroller, ada: str) -> None:
    old = Enrolment.objects.get()
    worker.is_fit_held = True
    answer = recordings.add(ada, 2)
    assert answer.status_code == 200, answer.text
    reported = answer.json()
    assert (reported["status"], reported["voice_id"], reported["credits_used"], reported["total"], reported["limit"]) == (
        "queued",
        ada,
        0,
        2,
        10,
    )
    assert [(sample["file_name"], sample["state"]) for sample in reported["samples"]] == [("1.mp3", "used"), ("2.mp3", "added")]
    wait_until(lambda: recordings.listed(ada)["change"] == {"state": "training", "uuid": reported["uuid"]})
    assert recordings.studio.owner.say("Hello.", voice=ada).status_code == 200
    spoken = Part.objects.get(kind="speak").work["voice"]
    assert (spoken["version"], spoken["conditioning"]["key"]) == (old.conditioning_version, old.conditioning_key)
    assert code_of(recordings.add(ada, 3)) == (409, "voice_not_ready")
    worker.is_fit_held = False
    wait_until(is_settled)
    wait_until(lambda: Enrolment.objects.count() == 1)
    new = Enrolment.objects.get()
    assert (new.uuid != old.uuid, new.state, Voice.objects.get().enrolment_id) == (True, "ready", new.uuid)
    assert recordings.states(ada) == [("1.mp3", "used"), ("2.mp3", "used")]
    assert [get_storage().read_bytes(sample.key) for sample in new.samples.all()] == [recordings.content(1), recordings.content(2)]
    assert get_storage().stat(old.conditioning_key) is None
    assert [(one.statement, one.given_by) for one in Consent.objects.all()] == [(AGREED, "Ada")]
    assert httpx.get(reported["url"]).content == b"ID3 a demo"
    assert recordings.studio.owner.millicredits == 1_000_000 - 24


def test_removed_recording_is_deleted_once_the_voice_is_enrolled_without_it(recordings: Recordings, worker: Enroller, ada: str) -> None:
    recordings.add(ada, 2)
    wait_until(is_settled)
    first = recordings.listed(ada)["samples"][0]["id"]
    assert code_of(recordings.remove(ada, "0" * 64)) == (404, "sample_not_found")
    reported = recordings.remove(ada, first).json()
    assert [(sample["file_name"], sample["state"]) for sample in reported["samples"]] == [("1.mp3", "removed"), ("2.mp3", "used")]
    wait_until(is_settled)
    wait_until(lambda: Enrolment.objects.count() == 1)
    assert [(one.file_name, get_storage().stat(one.key) is not None) for one in Sample.objects.all()] == [("2.mp3", True)]
    assert code_of(recordings.remove(ada, recordings.listed(ada)["samples"][0]["id"])) == (409, "last_sample")


def test_refused_recording_leaves_the_voice_as_it_was_and_says_why(
    recordings: Recordings, worker: Enroller, ada: str, settings: Any
) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9"]
    recordings.studio.owner.post("/v1/webhooks/", {"url": "http://127.0.0.1:9/hook", "events": ["voice.ready", "voice.failed"]})
    worker.refusal = ("invalid_reference", "Recording 2 seems to be of another person than recording 1.")
    reported = recordings.add(ada, 2).json()
    wait_until(is_settled)
    shown_list = recordings.listed(ada)
    reason = "Recording 2 seems to be of another person than recording 1."
    assert shown_list["change"] == {"state": "failed", "code": "invalid_reference", "error": reason}
    assert recordings.states(ada) == [("1.mp3", "used")]
    shown = recordings.studio.owner.get(f"/v1/voices/{ada}/").json()
    assert (shown["state"], shown["change"]["code"]) == ("ready", "invalid_reference")
    (event,) = [json.loads(body) for body in Delivery.objects.values_list("body", flat=True)]
    data = {"voice_id": ada, "name": "Ada", "model": "kokoro-clone", "state": "ready", "uuid": reported["uuid"]}
    assert (event["type"], event["data"]) == ("voice.failed", {**data, "code": "invalid_reference", "error": reason})
    wait_until(lambda: Enrolment.objects.count() == 1)
    worker.refusal = None
    assert recordings.add(ada, 2).status_code == 200
    wait_until(is_settled)
    assert (recordings.listed(ada)["change"], len(recordings.states(ada))) == (None, 2)


def test_failed_fit_of_an_added_recording_leaves_the_voice_as_it_was(recordings: Recordings, worker: Enroller, ada: str) -> None:
    earlier = Voice.objects.get(voice_id=ada).enrolment_id
    worker.fit_error = "The fit of the voice ended unexpectedly."
    assert recordings.add(ada, 2).status_code == 200
    wait_until(is_settled)
    voice = Voice.objects.get(voice_id=ada)
    assert (voice.enrolment_id, voice.enrolment.is_fitted, voice.refused_message) == (earlier, True, worker.fit_error)
    wait_until(lambda: Enrolment.objects.count() == 1)


def test_recordings_that_were_enrolled_before_replace_the_voice_at_once(recordings: Recordings, worker: Enroller, ada: str) -> None:
    other = recordings.post("/v1/voice-clone/", 1, 2, name="Both").json()["voice_id"]
    wait_until(is_settled)
    done = list(worker.done)
    reported = recordings.add(ada, 2).json()
    assert (reported["status"], reported["change"], worker.done) == ("completed", None, done)
    assert Voice.objects.get(voice_id=ada).enrolment_id == Voice.objects.get(voice_id=other).enrolment_id
    assert httpx.get(reported["url"]).content == b"ID3 a demo"
    assert code_of(recordings.add(ada, 2)) == (409, "sample_exists")


def test_changes_of_voices_that_must_not_be_changed_are_refused(recordings: Recordings, worker: Enroller, ada: str, settings: Any) -> None:
    embed = recordings.post("/v1/voice-embed/", 5).json()["embed_id"]
    assert code_of(recordings.add(embed, 2)) == (409, "voice_has_no_name")
    stranger = person()
    assert httpx.get(f"{recordings.studio.url}/v1/voices/{ada}/samples/", headers=stranger.headers).status_code == 404
    assert recordings.add(ada, 2, headers=stranger.headers).status_code == 404
    assert code_of(recordings.add(ada)) == (400, "missing_field")
    assert code_of(recordings.add("voice_none", 2)) == (404, "voice_not_found")
    httpx.delete(f"{recordings.studio.url}/v1/voices/{ada}/consent/", headers=recordings.studio.owner.headers).raise_for_status()
    assert code_of(recordings.add(ada, 2)) == (403, "consent_revoked")
    assert Enrolment.objects.exclude(voices__name="").count() == 1


def test_consent_is_required_only_if_the_voice_has_none(recordings: Recordings, worker: Enroller, ada: str, settings: Any) -> None:
    plain = recordings.post("/v1/voice-clone/", 3, name="Bob").json()["voice_id"]
    wait_until(is_settled)
    settings.TTSAI_REQUIRE_CONSENT = True
    assert recordings.add(ada, 2).status_code == 200
    assert code_of(recordings.add(plain, 4)) == (400, "consent_required")
    assert recordings.add(plain, 4, consent="I agree.").status_code == 200
    wait_until(is_settled)
    assert [one.statement for one in Voice.objects.get(voice_id=plain).enrolment.consents.all()] == ["I agree."]


def test_consent_that_is_revoked_meanwhile_is_revoked_for_the_new_voice_too(recordings: Recordings, worker: Enroller, ada: str) -> None:
    worker.is_fit_held = True
    recordings.add(ada, 2)
    httpx.delete(f"{recordings.studio.url}/v1/voices/{ada}/consent/", headers=recordings.studio.owner.headers).raise_for_status()
    worker.is_fit_held = False
    wait_until(is_settled)
    assert code_of(recordings.studio.owner.say("Hello.", voice=ada)) == (403, "consent_revoked")
    wait_until(lambda: Enrolment.objects.count() == 1)
    assert Consent.objects.get().revoked_at is not None


def test_voice_deleted_while_it_is_enrolled_again_leaves_nothing(recordings: Recordings, worker: Enroller, ada: str) -> None:
    worker.is_fit_held = True
    recordings.add(ada, 2)
    remove_unused_embeds()
    assert Enrolment.objects.count() == 2
    httpx.delete(f"{recordings.studio.url}/v1/voices/{ada}/", headers=recordings.studio.owner.headers).raise_for_status()
    worker.is_fit_held = False
    wait_until(is_settled)
    assert [model.objects.count() for model in (Voice, Enrolment, Sample, Consent)] == [0, 0, 0, 0]
    wait_until(lambda: not Upload.objects.exists())


def test_repeated_addition_with_the_same_key_is_the_same_job(recordings: Recordings, worker: Enroller, ada: str) -> None:
    named = {"headers": {"Idempotency-Key": "once"}}
    first, again = (recordings.add(ada, 2, **named).json()["uuid"] for _ in range(2))
    wait_until(is_settled)
    assert (first == again, Job.objects.count()) == (True, 2)
