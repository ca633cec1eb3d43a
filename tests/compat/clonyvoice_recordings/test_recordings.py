"""POST /api/transcribe and /api/audio-duration."""

import pytest

from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.compat.clonyvoice_recordings.conftest import Desk, code_of
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import WHISPER, hearing


@pytest.fixture
def _recogniser() -> None:
    announce(engine_spec("whisper", **WHISPER), worker="worker-2")


@pytest.mark.usefixtures("_recogniser")
@pytest.mark.parametrize("field_name", ["file", "audio"])
def test_transcript_has_text_language_duration_and_segments(desk: Desk, clip: bytes, field_name: str) -> None:
    with hearing():
        heard = desk.post("/api/transcribe", files={field_name: ("a.mp3", clip)}, language="en", timestamps="true")
    assert heard.status_code == 200, heard.text
    reported = heard.json()
    assert (reported["text"], reported["language"], reported["duration"]) == ("Hello there.", "en", 2.0)
    assert [word["word"] for word in reported["segments"][0]["words"]] == ["Hello", "there."]
    assert heard.headers["X-Job-Id"] == Job.objects.get().uuid.hex


@pytest.mark.usefixtures("_recogniser")
def test_transcription_without_a_usable_recording_is_refused(desk: Desk, clip: bytes, owner: Person) -> None:
    for files, fields, expected in (
        ({"other": b""}, {}, (400, "missing_field")),
        ({"file": ("a.mp3", clip), "audio": ("b.mp3", clip)}, {}, (400, "invalid_request")),
        ({"file": ("a.mp3", b"no sound")}, {}, (400, "unsupported_format")),
        ({"file": ("a.mp3", clip)}, {"language": "klingon"}, (400, "invalid_language")),
        ({"file": ("a.mp3", clip)}, {"model": "nobody"}, (400, "unknown_model")),
    ):
        assert code_of(desk.post("/api/transcribe", files=files, **fields)) == expected
    assert (Job.objects.count(), Upload.objects.count(), owner.millicredits) == (0, 0, 1_000_000)


@pytest.mark.parametrize("field_name", ["file", "audio"])
def test_duration_is_measured_and_nothing_is_kept(desk: Desk, clip: bytes, owner: Person, field_name: str) -> None:
    reported = desk.post("/api/audio-duration", files={field_name: ("a.mp3", clip)}).json()
    assert reported["duration"] == pytest.approx(2.0, abs=0.1)
    assert (reported["format"], reported["codec"], reported["bytes"]) == ("mp3", "mp3", len(clip))
    assert reported["sample_rate"] > 0
    assert reported["channels"] in {1, 2}
    assert (Upload.objects.count(), Job.objects.count(), owner.millicredits) == (0, 0, 1_000_000)


@pytest.mark.usefixtures("_recogniser")
@pytest.mark.parametrize("path", ["/api/audio-duration", "/api/transcribe"])
def test_recording_that_cannot_be_read_is_named_by_its_field(desk: Desk, path: str) -> None:
    named = [desk.post(path, files={name: ("a.mp3", b"no sound")}).json()["param"] for name in ("file", "audio")]
    assert named == ["file", "audio"]


def test_duration_of_no_recording_is_refused(desk: Desk) -> None:
    assert code_of(desk.post("/api/audio-duration", files={"other": b""})) == (400, "missing_field")
    assert code_of(desk.post("/api/audio-duration", files={"file": ("a.mp3", b"")})) == (400, "empty_file")
    assert code_of(desk.post("/api/audio-duration", files={"file": ("a.mp3", b"no sound")})) == (400, "unsupported_format")
    assert code_of(desk.post("/api/audio-duration", json={"file_url": "http://example.com/a"})) == (415, "unsupported_media_type")
