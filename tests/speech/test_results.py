"""GET /v1/speech/results/: the state of a job, for anybody who has its uuid."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.jobs.dispatch import dispatch
from apps.jobs.models import Job, JobState
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import AUDIO, announce, engine_spec, outcome_of, part_of, started, store_output, work_off
from tests.speech.people import Person, person


def job_of(answer: Any) -> Job:
    return Job.objects.get(uuid=answer.json()["uuid"])


def test_a_job_goes_from_queued_to_processing_to_completed(owner: Person) -> None:
    job = job_of(owner.say("Hello."))
    queued = owner.result(job.uuid.hex)
    assert (queued.status_code, queued.json()) == (
        200, {"uuid": job.uuid.hex, "job_id": str(job.uuid), "status": "queued", "progress": 0.0},
    )  # fmt: skip
    started(part_of(job))
    assert owner.result(job.uuid.hex).json()["status"] == "processing"
    work_off()
    url = f"http://testserver/static/downloads/{job.uuid.hex}/output.mp3"
    job.refresh_from_db()
    assert job.expires_at is not None
    assert owner.result(str(job.uuid)).json() == {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "status": "completed",
        "result_url": url,
        "url": url,
        "cdn_url": url,
        "format": "mp3",
        "duration": 1.5,
        "bytes": len(AUDIO),
        "credits_used": 0.012,
        "expires_at": job.expires_at.isoformat(),
    }


@pytest.mark.parametrize("path", ["/v1/speech/results", "/api/v1/speech/results/"])
def test_the_uuid_alone_opens_the_result(owner: Person, nobody: Person, path: str) -> None:
    uuid = owner.say().json()["uuid"]
    outsider = person()
    for somebody in (nobody, outsider):
        assert somebody.get(path, uuid=uuid).json()["status"] == "queued"


@pytest.mark.parametrize(("uuid", "status", "code"), [
    ("0" * 32, 404, "not_found"),
    ("", 400, "invalid_uuid"),
    ("nonsense", 400, "invalid_uuid"),
    ("x" * 32, 400, "invalid_uuid"),
])  # fmt: skip
def test_an_unknown_uuid_is_a_clear_404(nobody: Person, uuid: str, status: int, code: str) -> None:
    answer = nobody.result(uuid)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_failed_job_is_a_200_with_its_error_and_returns_the_credits(owner: Person) -> None:
    job = job_of(owner.say("Hello."))
    part = started(part_of(job))
    finish_part(outcome_of(part, status="failed", error_code="nothing_to_say", error_message="The text contains nothing to speak."))
    answer = owner.result(job.uuid.hex)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("status", "error", "code", "credits_used")} == {
        "status": "failed", "error": "The text contains nothing to speak.", "code": "nothing_to_say", "credits_used": 0,
    }  # fmt: skip
    assert owner.millicredits == 1_000_000


def test_cancelled_job_reports_the_status_cancelled(owner: Person) -> None:
    job = job_of(owner.say())
    cancel_job(job, reason="No longer wanted.")
    answer = owner.result(job.uuid.hex).json()
    assert (answer["status"], answer["error"]) == ("cancelled", "No longer wanted.")


def test_an_expired_job_is_shown_to_clients_as_failed(owner: Person) -> None:
    job = job_of(owner.say())
    Job.objects.filter(uuid=job.uuid).update(state=JobState.EXPIRED, error_code="expired")
    answer = owner.result(job.uuid.hex).json()
    assert (answer["status"], answer["code"]) == ("failed", "expired")


def test_a_result_past_its_retention_is_a_410(owner: Person) -> None:
    job = job_of(owner.say())
    work_off()
    Job.objects.filter(uuid=job.uuid).update(result_deleted_at=datetime.now(tz=UTC))
    answer = owner.result(job.uuid.hex)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "expired")
    assert owner.get(f"/static/downloads/{job.uuid.hex}/output.mp3").status_code == 410


def test_polls_do_not_use_up_the_requests_a_minute() -> None:
    somebody = person(requests_per_minute=2)
    uuid = somebody.say().json()["uuid"]
    answers = [somebody.result(uuid) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["X-RateLimit-Remaining"] for answer in answers} == {"1"}
    assert somebody.say().headers["X-RateLimit-Remaining"] == "0"


def test_polls_have_a_limit_of_their_own(owner: Person, settings: Any) -> None:
    settings.TTSAI_POLLS_PER_MINUTE = 2
    uuid = owner.say().json()["uuid"]
    assert [owner.result(uuid).status_code for _ in range(3)] == [200, 200, 429]


def test_word_timings_come_when_asked_for(owner: Person) -> None:
    job = job_of(owner.say("Hello there."))
    part = started(part_of(job))
    words = [{"word": "Hello", "start": 0.1, "end": 0.4, "start_character": 0, "end_character": 5}]
    finish_part(outcome_of(part, manifest=store_output(part, others={"timings": json.dumps({"words": words}).encode()})))
    assert owner.result(job.uuid.hex, timestamps="words").json()["words"] == [{"word": "Hello", "start": 0.1, "end": 0.4}]
    assert "words" not in owner.result(job.uuid.hex).json()
    assert owner.result(job.uuid.hex, timestamps="phonemes").status_code == 400


def test_word_timings_are_included_if_the_request_asked_for_them(owner: Person) -> None:
    job = job_of(owner.say("Hello there.", timestamps=True))
    part = started(part_of(job))
    words = [{"word": "Hello", "start": 0.1, "end": 0.4, "start_character": 0, "end_character": 5}]
    finish_part(outcome_of(part, manifest=store_output(part, others={"timings": json.dumps({"words": words}).encode()})))
    assert owner.result(job.uuid.hex).json()["words"] == [{"word": "Hello", "start": 0.1, "end": 0.4}]
    assert "words" not in owner.result(job.uuid.hex, timestamps="none").json()


def test_requesting_timings_of_a_model_without_them_gives_a_warning(owner: Person) -> None:
    announce(engine_spec("mute", has_word_timings=False), engine_spec("timed", has_word_timings=True))
    assert "does not know when its words" in owner.say(model="mute", timestamps=True).json()["warnings"][0]
    assert "warnings" not in owner.say(model="timed", timestamps=True).json()


def test_a_model_without_timings_has_no_words(owner: Person) -> None:
    job = job_of(owner.say())
    work_off()
    assert owner.result(job.uuid.hex, timestamps="words").json()["words"] == []


def test_addresses_are_those_that_clients_use(owner: Person, settings: Any) -> None:
    settings.TTSAI_PUBLIC_URL = "https://speech.example.com/"
    job = job_of(owner.say(format="wav"))
    work_off()
    assert owner.result(job.uuid.hex).json()["result_url"] == f"https://speech.example.com/static/downloads/{job.uuid.hex}/output.wav"


def test_progress_is_the_share_of_the_parts_that_are_done(owner: Person) -> None:
    announce(engine_spec("other"), worker="worker-2", slots=1)
    job = job_of(owner.say("The quick brown fox jumps over the lazy dog. " * 60, model="other"))
    finish_part(outcome_of(started(part_of(job))))
    dispatch("other")
    done = part_of(job).units / job.units
    assert owner.result(job.uuid.hex).json()["progress"] == round(done, 3)
