"""OpenVoice's API: its documents' answers, the strength of the target, errors in its envelope."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import soundfile

from apps.compat.openvoice.conversion import own_share
from apps.jobs.models import Job, JobState, Part
from apps.uploads.models import Upload
from apps.voices.models import Consent
from tests.conversion.test_conversion import WORLD
from tests.factories_jobs import announce, engine_spec, outcome_of, started, store_output
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.transcription.conftest import HEARD, WHISPER
from tests.voices.conftest import CLONING, ENROLLING, KOKORO, Enroller, _platform, attempt_part, clip, owner, server
from tests.web.shell import RunningShell
from tests.working import working
from workers.contract.messages import PartOutcome

__all__ = ["_platform", "clip", "owner", "server"]


def _announce_all() -> None:
    converts = engine_spec(
        "kokoro-convert", kind="voice-convert", voices=(), default_voice="", languages=("en",), converts_to=("kokoro", "kokoro-clone"),
        queue="kokoro",
    )  # fmt: skip
    announce(KOKORO, CLONING, ENROLLING, engine_spec("whisper", **WHISPER), WORLD, converts)


@pytest.fixture
def worker() -> Iterator[Enroller]:
    """Worker that enrols, hears and converts."""
    _announce_all()
    enroller = Enroller()

    def do(part: Part) -> PartOutcome | None:
        if part.kind in {"listen", "transcript"}:
            part = started(part)
            return outcome_of(part, manifest=store_output(part, audio=json.dumps(HEARD.to_dict()).encode()))
        return attempt_part(part, enroller)

    with working(do):
        yield enroller


def post(server: RunningShell, owner: Person | None, **body: Any) -> httpx.Response:
    headers = owner.headers if owner else {}
    return httpx.post(f"{server.url}/api/clone", json=body, headers=headers, timeout=25)


def test_health_and_info_are_those_of_the_document(server: RunningShell, owner: Person) -> None:
    health = httpx.get(f"{server.url}/api/health", headers=owner.headers, timeout=60).json()
    assert health == {"status": "ok", "message": "OpenVoice API is running", "sample_rate": 22050}
    info = httpx.get(f"{server.url}/api/info", headers=owner.headers, timeout=60).json()
    assert info == {
        "model": "OpenVoice Tone Clone",
        "version": "v2",
        "sample_rate": 22050,
        "target_length": 1024,
        "tone_dimension": 256,
        "supported_formats": ["wav", "mp3", "flac", "ogg"],
    }


def test_clone_answers_a_wav_of_22050_hertz_in_the_envelope(server: RunningShell, owner: Person, worker: Enroller, clip: bytes) -> None:
    encoded = base64.b64encode(clip).decode()
    answer = post(server, owner, target_audio=f"data:audio/mpeg;base64,{encoded}", source_audio=encoded)
    body = answer.json()
    assert (answer.status_code, body["success"], body["message"]) == (200, True, "音色克隆成功")
    assert all(value.endswith("s") and float(value[:-1]) >= 0 for value in body["stats"].values())
    assert set(body["stats"]) == {"extract_time", "clone_time", "total_time"}
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(body["result_audio"], validate=True)))
    assert (rate, len(samples) > 0) == (22050, True)
    job = Job.objects.get(kind="voice-convert")
    assert (job.state, job.charged_millicredits > 0) == (JobState.COMPLETED, True)
    (weight,) = job.parts.get(kind="convert_voice").work["voice"]["weights"]
    assert (weight["voice"], round(weight["weight"], 3)) == ("af_heart", 0.294)
    assert job.parts.get(kind="convert_voice").work["tau"] == 0.3


def test_tau_is_the_share_of_the_targets_own_voice() -> None:
    assert [round(own_share(tau), 3) for tau in (0.0, 0.3, 0.6, 1.0)] == [0.4, 0.706, 0.904, 1.0]


def test_whole_share_mixes_nothing_into_the_target(server: RunningShell, owner: Person, worker: Enroller, clip: bytes) -> None:
    encoded = base64.b64encode(clip).decode()
    assert post(server, owner, target_audio=encoded, source_audio=encoded, tau=1).status_code == 200
    assert Job.objects.get(kind="voice-convert").parts.get(kind="convert_voice").work["voice"]["weights"] == []


def test_requests_without_a_key_are_served_only_by_the_operators_setting(
    server: RunningShell, owner: Person, worker: Enroller, clip: bytes, settings: Any
) -> None:
    encoded = base64.b64encode(clip).decode()
    refused = post(server, None, target_audio=encoded, source_audio=encoded)
    assert (refused.status_code, refused.json()["success"]) == (401, False)
    assert owner.account is not None
    settings.TTSAI_OPENVOICE_ACCOUNT = owner.account.pk
    assert post(server, None, target_audio=encoded, source_audio=encoded).json()["success"] is True
    assert Job.objects.get(kind="voice-convert").account_id == owner.account.pk
    wrong = Person(key="sk-tts-wrong", account=None)
    assert post(server, wrong, target_audio=encoded, source_audio=encoded).status_code == 401


def test_demanded_consent_is_recorded_with_the_targets_voice(
    server: RunningShell, owner: Person, worker: Enroller, clip: bytes, settings: Any
) -> None:
    settings.TTSAI_REQUIRE_CONSENT = True
    encoded = base64.b64encode(clip).decode()
    refused = post(server, owner, target_audio=encoded, source_audio=encoded)
    assert (refused.status_code, refused.json()["success"], refused.json()["code"]) == (400, False, "consent_required")
    assert not Job.objects.exists()
    taken = post(server, owner, target_audio=encoded, source_audio=encoded, consent="I agree to the use of my voice.", consent_by="Ada")
    assert (taken.status_code, taken.json()["success"]) == (200, True)
    recorded = Consent.objects.get()
    assert (recorded.statement, recorded.given_by) == ("I agree to the use of my voice.", "Ada")


def test_invalid_requests_are_refused_in_the_envelope_and_cost_nothing(
    server: RunningShell, owner: Person, worker: Enroller, clip: bytes
) -> None:
    encoded = base64.b64encode(clip).decode()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"source_audio": encoded}, "missing_field"),
        ({"target_audio": "%%", "source_audio": encoded}, "invalid_base64"),
        ({"target_audio": encoded, "source_audio": "data:audio/wav,abc"}, "invalid_base64"),
        ({"target_audio": encoded, "source_audio": "QUJD"}, "unsupported_format"),
        ({"target_audio": encoded, "source_audio": encoded, "tau": 2}, "invalid_request"),
        ({"target_audio": encoded, "source_audio": encoded, "tau": "much"}, "invalid_request"),
    ]
    for body, code in cases:
        answer = post(server, owner, **body)
        shape = answer.json()
        assert (answer.status_code, shape["success"], bool(shape["message"]), shape["code"]) == (400, False, True, code)
    assert not Job.objects.exists()
    wait_until(lambda: not Upload.objects.filter(state="pending").exists())
    assert owner.millicredits == 1_000_000


def test_refused_target_leaves_no_recordings(server: RunningShell, owner: Person, worker: Enroller, clip: bytes) -> None:
    worker.refusal = ("invalid_reference", "There is no speech.")
    encoded = base64.b64encode(clip).decode()
    answer = post(server, owner, target_audio=encoded, source_audio=encoded)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_reference")
    assert not Job.objects.filter(kind="voice-convert").exists()
    wait_until(lambda: not Upload.objects.exists())


def test_timeout_before_the_voice_is_known_says_that_no_conversion_was_begun(
    server: RunningShell, owner: Person, clip: bytes, settings: Any
) -> None:
    _announce_all()
    settings.TTSAI_UPLOAD_WAIT_SECONDS = 1
    encoded = base64.b64encode(clip).decode()
    answer = post(server, owner, target_audio=encoded, source_audio=encoded)
    assert (answer.status_code, "No conversion was begun" in answer.json()["message"]) == (504, True)
    assert list(Job.objects.values_list("kind", flat=True)) == ["enrol_voice"]


def test_refused_conversion_leaves_no_recordings(server: RunningShell, worker: Enroller, clip: bytes) -> None:
    poor, encoded = person(credits=0), base64.b64encode(clip).decode()
    answer = post(server, poor, target_audio=encoded, source_audio=encoded)
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    wait_until(lambda: not Upload.objects.exists())
