"""POST /api/clone/create and /api/clone/create-multi."""

from typing import Any

import pytest

from apps.jobs.models import Job
from apps.uploads.models import Upload
from apps.voices.models import BlockedVoice, Consent, Sample, Voice
from tests.compat.clonyvoice_recordings.conftest import Desk, code_of
from tests.speech.people import Person, person
from tests.voices.conftest import EMBEDDING, Enroller

CREATE, MULTI = "/api/clone/create", "/api/clone/create-multi"


def test_clone_of_one_recording_answers_when_a_likeness_speaks(desk: Desk, clip: bytes, worker: Enroller, owner: Person) -> None:
    worker.is_fit_held = True
    fields = {"name": "Ada", "categories": "calm, warm", "consent": "I agree.", "consent_by": "Ada"}
    answer = desk.post(CREATE, files={"audio": ("ada.mp3", clip)}, **fields)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["name"], made["type"], made["state"], made["gender"]) == ("Ada", "cloned", "training", "female")
    assert (made["id"], made["categories"]) == (made["voice_id"], ["calm", "warm"])
    assert [(one["file_name"], one["bytes"]) for one in made["samples"]] == [("ada.mp3", len(clip))]
    assert made["warnings"] == ["The recording has 2 s: 10 to 30 s give a better voice."]
    assert made["job_id"] == Job.objects.get().uuid.hex
    assert (Consent.objects.get().statement, owner.millicredits) == ("I agree.", 1_000_000)
    assert desk.get(f"/api/voices/{made['id']}").json()["name"] == "Ada"


def test_clone_of_several_recordings_uses_them_all(desk: Desk, clip: bytes, worker: Enroller) -> None:
    parts = [("files", ("one.mp3", clip)), ("files", ("two.mp3", clip + bytes(64)))]
    made = desk.post(MULTI, files=parts, name="Ada").json()
    assert sorted(one["file_name"] for one in made["samples"]) == ["one.mp3", "two.mp3"]
    assert Sample.objects.filter(enrolment__voices__voice_id=made["id"]).count() == 2


@pytest.mark.prove
def test_asynchronous_clone_answers_at_once_with_a_draft(desk: Desk, clip: bytes) -> None:
    made = desk.post(f"{CREATE}?async=true", files={"file": ("ada.mp3", clip)}, name="Ada").json()
    assert (made["state"], made["job_id"]) == ("draft", Job.objects.get().uuid.hex)


@pytest.mark.prove
def test_same_recordings_under_the_same_name_are_the_same_voice(desk: Desk, clip: bytes, worker: Enroller) -> None:
    first, second = (desk.post(CREATE, files={"audio": ("ada.mp3", clip)}, name="Ada").json() for _ in range(2))
    assert first["id"] == second["id"]
    assert Voice.objects.count() == 1


@pytest.mark.prove
@pytest.mark.parametrize(
    ("path", "files", "case"),
    [(CREATE, [], ({"name": "Ada"}, (400, "missing_field"))), (CREATE, ["audio"], ({}, (400, "missing_field"))),
     (CREATE, ["audio", "audio"], ({"name": "Ada"}, (400, "invalid_request"))), (CREATE, ["audio", "file"], ({"name": "Ada"}, (400, "invalid_request"))),
     (MULTI, ["audio", "files"], ({"name": "Ada"}, (400, "invalid_request"))), (MULTI, ["files"] * 11, ({"name": "Ada"}, (403, "sample_limit_reached"))),
     (CREATE, ["audio"], ({"name": "Ada", "model": "fast"}, (400, "unknown_model"))), (CREATE, ["audio"], ({"name": "a\nb"}, (400, "invalid_request"))),
     (CREATE, ["audio"], ({"name": "Ada", "file_url": "http://127.0.0.1/a"}, (400, "invalid_request")))],
)  # fmt: skip
def test_invalid_clone_is_refused_and_leaves_nothing(
    desk: Desk, clip: bytes, path: str, files: list[str], case: tuple[dict[str, Any], tuple[int, str]]
) -> None:
    fields, expected = case
    parts = [(name, (f"{index}.mp3", clip + bytes(index))) for index, name in enumerate(files)] or {"other": b""}
    answer = desk.post(path, files=parts, **fields)
    assert code_of(answer) == expected, answer.text
    assert (Voice.objects.count(), Job.objects.count(), Upload.objects.count()) == (0, 0, 0)


def test_refused_recordings_are_named_as_the_request_names_them(desk: Desk, clip: bytes) -> None:
    two = [("files", (f"{index}.mp3", clip + bytes(index))) for index in range(2)]
    refused = desk.post(MULTI, files=two, name="Ada", transcript="Hello there.")
    assert (refused.status_code, refused.json()["param"]) == (400, "transcript")
    assert refused.json()["detail"] == "transcript is the text of one recording. Leave it out with several: they are transcribed."
    broken = desk.post(MULTI, files=[("files", ("a.mp3", b"no sound"))], name="Ada")
    assert (broken.json()["code"], broken.json()["param"]) == ("unsupported_format", "files")
    eleven = [("files", (f"{index}.mp3", clip + bytes(index))) for index in range(11)]
    many = desk.post(MULTI, files=eleven, name="Ada", by=person())  # a key clones twice a minute
    assert (many.json()["code"], many.json()["param"]) == ("sample_limit_reached", "files")


def test_file_that_is_no_recording_is_refused(desk: Desk) -> None:
    assert code_of(desk.post(CREATE, files={"audio": ("a.mp3", b"no sound")}, name="Ada")) == (400, "unsupported_format")
    assert (Voice.objects.count(), Upload.objects.count()) == (0, 0)


def test_blocked_speaker_is_not_cloned(desk: Desk, clip: bytes, worker: Enroller) -> None:
    BlockedVoice.objects.create(name="Somebody", embedding=list(EMBEDDING))
    assert code_of(desk.post(CREATE, files={"audio": ("a.mp3", clip)}, name="Ada")) == (400, "voice_blocked")


@pytest.mark.prove
def test_voice_limit_of_the_plan_holds(desk: Desk, clip: bytes, worker: Enroller) -> None:
    poor = person(max_voices=0)
    assert code_of(desk.post(CREATE, files={"audio": ("a.mp3", clip)}, name="Ada", by=poor)) == (403, "voice_limit_reached")
