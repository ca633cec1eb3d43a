"""POST /v1/tts/clone/ from a page of the site without an account: heard once, nothing kept."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.accounts.models import AnonymousUse
from apps.jobs.models import Job, Part
from apps.jobs.services.retention import delete_result, discard_joined_parts
from apps.uploads.models import Upload
from apps.voices.models import BlockedVoice, Consent, Enrolment, Sample, Voice
from tests.visitors import ADDRESS, TOKEN, change_plan, error_of
from tests.voices.conftest import EMBEDDING, Enroller
from tests.web.shell import RunningShell

HOME = "/web/v1/tts/clone/"
TEXT = "Nobody recorded this sentence."
CONSENT = {"consent": "I am the speaker.", "consent_by": "Ada"}


@pytest.fixture(autouse=True)
def _proxy(settings: Any) -> None:
    settings.TTSAI_TRUSTED_PROXIES = ["127.0.0.1"]


def speak(server: RunningShell, *clips: bytes, path: str = HOME, token: str = TOKEN, **fields: str) -> httpx.Response:
    """The form of the page, sent without a session."""
    values = {"text": TEXT, **CONSENT, **fields}
    return httpx.post(
        f"{server.url}{path}",
        headers={"X-CSRFToken": token, "X-Forwarded-For": ADDRESS},
        cookies={"csrftoken": TOKEN},
        files=[*((name, (None, value)) for name, value in values.items()), *(("reference_audio", ("a.mp3", clip)) for clip in clips)],
        timeout=60,
    )


def kept_rows() -> int:
    return sum(model.objects.count() for model in (Enrolment, Sample, Voice, Consent, Upload))


def stored_files(settings: Any) -> list[Path]:
    """Files of the object store."""
    return [path for path in Path(settings.OBJECTS_FOLDER).rglob("*") if path.is_file()]


def test_a_visitor_hears_a_text_in_the_voice_of_a_recording_free_of_charge(server: RunningShell, clip: bytes, worker: Enroller) -> None:
    answer = speak(server, clip)
    assert (answer.status_code, answer.headers["content-type"], answer.headers["x-credits-used"]) == (200, "audio/mpeg", "0")
    assert "x-voice-id" not in answer.headers
    assert worker.done == ["examine_voice", "speak"]
    job = Job.objects.get()
    assert (job.kind, job.account_id, job.tenant, job.price_millicredits) == ("voice-clone", None, f"address:{ADDRESS}", 0)
    use = AnonymousUse.objects.get()
    assert (use.characters, use.audio_milliseconds) == (len(TEXT), pytest.approx(2000, abs=100))


def test_nothing_of_a_visitors_voice_is_kept_beyond_the_audio_of_a_day(
    server: RunningShell, clip: bytes, worker: Enroller, settings: Any
) -> None:
    assert speak(server, clip).status_code == 200
    job = Job.objects.get()
    assert (job.retention_days, job.params["voice"], job.params["consent_by"], kept_rows()) == (1, "", "Ada", 0)
    discard_joined_parts(job.uuid)  # as the platform's worker does at the end of every job
    assert {path.name for path in stored_files(settings)} == {"audio.mp3", "manifest.json"}
    delete_result(job)
    job.refresh_from_db()
    assert {"consent", "consent_by", "text", "source"} & job.params.keys() == set()
    assert stored_files(settings) == []


def test_without_consent_or_with_more_than_one_recording_a_visitor_is_refused(server: RunningShell, clip: bytes) -> None:
    change_plan(max_samples=1)
    assert error_of(speak(server, clip, consent="")) == (400, "consent_required")
    assert error_of(speak(server, clip, consent_by="")) == (400, "consent_required")
    assert error_of(speak(server, clip, clip)) == (403, "sample_limit_reached")
    assert error_of(speak(server, embed_id="emb_1")) == (401, "not_logged_in")
    assert error_of(speak(server, file_url="https://example.com/a.mp3")) == (401, "not_logged_in")
    assert error_of(speak(server, clip, webhook_url="https://example.com/hook")) == (403, "webhook_needs_key")
    assert (Job.objects.count(), AnonymousUse.objects.count(), kept_rows()) == (0, 0, 0)


def test_only_pages_of_the_site_clone_and_only_where_the_plan_opens_it(server: RunningShell, clip: bytes) -> None:
    assert error_of(speak(server, clip, token="b" * 32)) == (403, "csrf_failed")
    assert error_of(speak(server, clip, path="/v1/tts/clone/")) == (401, "missing_api_key")
    change_plan(anonymous_services=["transcription"])
    assert error_of(speak(server, clip)) == (401, "not_logged_in")
    assert Job.objects.count() == 0


def test_text_and_recording_count_against_the_day_of_the_address(server: RunningShell, clip: bytes) -> None:
    change_plan(audio_seconds_per_day=3, characters_per_day=2 * len(TEXT))
    assert speak(server, clip, path=f"{HOME}?async=1").status_code == 200
    assert error_of(speak(server, clip, path=f"{HOME}?async=1", speed="1.1")) == (429, "daily_audio_exceeded")
    change_plan(audio_seconds_per_day=300, characters_per_day=len(TEXT))
    assert error_of(speak(server, clip, path=f"{HOME}?async=1", speed="1.2")) == (429, "daily_characters_exceeded")
    assert (Job.objects.count(), AnonymousUse.objects.get().characters) == (1, len(TEXT))


def test_blocked_speakers_are_refused_to_visitors_too(server: RunningShell, clip: bytes, worker: Enroller) -> None:
    BlockedVoice.objects.create(name="A speaker", embedding=list(EMBEDDING))
    answer = speak(server, clip)
    assert error_of(answer)[1] == "voice_blocked"
    assert kept_rows() == 0


def test_the_watermark_of_the_visitors_plan_marks_the_cloned_speech(server: RunningShell, clip: bytes) -> None:
    change_plan(watermark="cloned")
    assert speak(server, clip, path=f"{HOME}?async=1").status_code == 200
    assert Part.objects.get(kind="speak").work["watermark"] == "cloned"
