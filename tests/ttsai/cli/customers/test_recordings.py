"""Commands with a recording: transcribe, translate, convert, separate, clone."""

import json
from pathlib import Path

import pytest

from apps.jobs.models import Job
from tests.factories import make_key
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, making
from tests.ttsai.cli.customers.conftest import Ttsai
from ttsai.cli import recordings

MADE = {"listen": HEARD, "transcript": HEARD}


@pytest.fixture
def recording(song: bytes, tmp_path: Path) -> str:
    path = tmp_path / "talk.mp3"
    path.write_bytes(song)
    return str(path)


def test_transcribe_prints_text_json_and_subtitles(ttsai: Ttsai, song: bytes, recording: str, tmp_path: Path) -> None:
    with making(MADE):
        assert ttsai("transcribe", recording, "-q").stdout == "Hello there.\n"  # speakers are separated by request only
        shown = json.loads(ttsai("transcribe", "-", "--diarize", "--timestamps", "--json", given=song).stdout)
        written = ttsai("transcribe", recording, "-o", str(tmp_path / "talk.srt"))
    assert (shown["status"], shown["text"], shown["segments"][0]["speaker"]) == ("completed", "Hello there.", "SPEAKER_00")
    assert (tmp_path / "talk.srt").read_text() == "1\n00:00:00,100 --> 00:00:01,400\nSPEAKER_00: Hello there.\n\n"
    assert written.stdout == f"{tmp_path}/talk.srt: 2.0 s, {shown['credits_used']} credits\n"


def test_large_recording_is_uploaded_first_unless_the_scope_is_missing(
    ttsai: Ttsai, owner: Person, recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "FORM_BYTES", 1000)
    assert owner.account is not None
    _, narrow = make_key(owner.account, scopes=["stt:transcribe"])
    with making(MADE):
        assert ttsai("transcribe", recording).stdout == "Hello there.\n"
        assert owner.account.uploads.filter(announced_bytes__gt=1000).count() == 1
        assert ttsai("transcribe", recording, "--key", narrow, "-q").stdout == "Hello there.\n"
    assert owner.account.uploads.filter(announced_bytes__gt=1000).count() == 1
    assert Job.objects.count() == 2


def test_missing_recording_is_refused_before_any_request(ttsai: Ttsai, tmp_path: Path) -> None:
    for named, message in ((f"{tmp_path}/no.mp3", "does not exist."), (str(tmp_path), "is a folder: name a recording in it.")):
        result = ttsai("enhance", named, "--url", "http://127.0.0.1:1")
        assert result.exit_code == 2
        assert message in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Say what to convert to"),
        (("--emotion", "sad", "--format", "mp3"), "--emotion needs --voice."),
        (("--voice", "am_adam", "--bitrate", "64"), "--bitrate cannot go with --voice."),
        (("--voice", "am_adam", "--format", "ogg"), "A converted voice is wav, mp3, flac, not ogg"),
    ],
)
def test_convert_with_options_that_do_not_fit_is_a_usage_error(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    from click.testing import CliRunner

    from ttsai.cli import main

    path = tmp_path / "talk.mp3"
    path.touch()
    result = CliRunner().invoke(main, ["convert", str(path), "--url", "http://127.0.0.1:1", *options])
    assert result.exit_code == 2
    assert message in result.stderr


def test_errors_of_the_platform_are_one_line_with_an_exit_code(ttsai: Ttsai, owner: Person, recording: str, tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("no audio at all, whatever its name is")
    refused = ttsai("transcribe", str(tmp_path / "text.mp3"))
    assert (refused.exit_code, refused.stderr.count("\n"), refused.stdout) == (1, 1, "")
    assert "unsupported_format" in refused.stderr or "bad_audio" in refused.stderr
    assert ttsai("transcribe", recording, "--key", f"sk-tts-{'x' * 43}").exit_code == 4
    assert Job.objects.count() == 0


def test_job_that_fails_is_one_line_with_its_number(ttsai: Ttsai, recording: str) -> None:
    from tests.factories_jobs import outcome_of, started
    from tests.working import working

    with working(lambda part: outcome_of(started(part), status="failed", error_code="bad_audio", error_message="Nothing is said.")):
        result = ttsai("transcribe", recording)
    job = Job.objects.get()
    assert (result.exit_code, result.stderr) == (1, f"Error: Nothing is said. (job {job.uuid.hex}) (bad_audio)\n")
