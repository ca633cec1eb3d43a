"""Jobs of the dashboard: filters, pages, repeats with their price, cancellation, progress."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Account
from apps.billing.selectors import available_millicredits
from apps.dashboard.job_rows import microseconds_of
from apps.jobs.models import Job, JobState
from apps.speech.services import SpeechOrder, request_speech
from tests.factories_jobs import submit, submit_many, work_off

MARKUP = "<speak>Two <break time='300ms'/> words.</speak>"


def listed(client: Client, **query: str) -> str:
    answer = client.get("/dashboard/jobs/", query)
    assert answer.status_code == 200
    return bytes(answer.content).decode()


def speak(caller: Caller, text: str, **order: object) -> Job:
    return request_speech(caller, order=SpeechOrder(text=text, **order), idempotency=None, request_id="req_first").job  # type: ignore[arg-type]


FILTERS: list[tuple[dict[str, str], bool]] = [
    ({"q": "SEAGULLS"}, True),
    ({"q": "req_test"}, True),
    ({"q": "penguins"}, False),
    ({"kind": "speech"}, True),
    ({"kind": "transcription"}, False),
    ({"status": "queued"}, True),
    ({"status": "failed"}, False),
    ({"model": "kokoro"}, True),
    ({"model": "a-removed-model"}, False),
    ({"first": "2020-01-01"}, True),
    ({"last": "2020-01-01"}, False),
    ({"first": "2020-01-01", "last": "2999-01-01", "q": "seagulls", "kind": "speech"}, True),
]


def test_the_list_shows_the_jobs_that_meet_the_filter(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Two seagulls were arguing.").job
    shown = [(query, job.uuid.hex in listed(owner, **query)) for query, _ in FILTERS]
    assert shown == FILTERS


def test_the_list_finds_a_job_by_its_id_and_by_its_key(owner: Client, sender: Caller, account: Account) -> None:
    first, second = submit_many(sender, count=2)
    found = listed(owner, q=str(first.uuid))
    assert first.uuid.hex in found
    assert second.uuid.hex not in found
    assert first.uuid.hex in listed(owner, key=str(sender.key_id))


INVALID_FILTERS: list[tuple[dict[str, str], str]] = [
    ({"status": "nonsense"}, "Status: Select a valid choice"),
    ({"key": "12345"}, "Key: Select a valid choice"),
    ({"first": "yesterday"}, "From: Enter a day such as 2026-01-31."),
    ({"last": "9999-12-31"}, "To: Choose a day between 2000 and 2999."),
    ({"first": "2026-02-02", "last": "2026-02-01"}, "From: This day is after the last one."),
    ({"cursor": "nonsense"}, "Unknown cursor."),
]


def test_an_invalid_filter_is_explained_without_jobs(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Hello.").job
    for query, message in INVALID_FILTERS:
        answer = owner.get("/dashboard/jobs/", query)
        assert answer.status_code == 400
        assert message in answer.content.decode()
        assert job.uuid.hex not in answer.content.decode()


def test_pages_of_the_list_follow_each_other_with_the_filter(owner: Client, sender: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.dashboard.views.jobs.PAGE_SIZE", 2)
    jobs = submit_many(sender, count=3)
    first = owner.get("/dashboard/jobs/", {"kind": "speech"})
    assert [row.uuid for row in first.context["rows"]] == [jobs[2].uuid, jobs[1].uuid]
    following = owner.get(f"/dashboard/jobs/rows/?{first.context['next']}")
    assert [row.uuid for row in following.context["rows"]] == [jobs[0].uuid]
    assert following.context["next"] == ""


def test_repeating_a_job_shows_the_price_and_makes_the_same_request(owner: Client, sender: Caller, account: Account) -> None:
    job = speak(sender, MARKUP, voice="am_adam", format="wav", speed=1.25, language="en-gb", pronunciations={"words": "birds"})
    work_off()
    before = available_millicredits(account.pk)
    shown = owner.get(f"/dashboard/jobs/{job.uuid.hex}/repeat/")
    assert shown.context["plan"].price_millicredits == job.price_millicredits
    assert Job.objects.count() == 1
    answer = owner.post(f"/dashboard/jobs/{job.uuid.hex}/repeat/", {"token": shown.context["token"]})
    repeated = Job.objects.exclude(pk=job.pk).get()
    assert answer.headers["Location"] == f"/dashboard/jobs/{repeated.uuid.hex}/"
    assert available_millicredits(account.pk) == before - job.price_millicredits
    works = [list(one.parts.order_by("index").values_list("work", flat=True)) for one in (job, repeated)]
    for work in (work for part in works for work in part):
        work.pop("sentences", None)  # where the worker keeps sentences: a repetition is computed anew
    assert works[0] == works[1]
    assert repeated.api_key_id is None


def test_sending_the_form_of_a_repeat_twice_makes_one_job(owner: Client, sender: Caller) -> None:
    job = speak(sender, "Hello.")
    work_off()
    answers = [owner.post(f"/dashboard/jobs/{job.uuid.hex}/repeat/", {"token": "the-same"}) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Job.objects.count() == 2


def test_a_job_whose_text_was_deleted_cannot_be_repeated(owner: Client, sender: Caller) -> None:
    job = speak(sender, "Hello.")
    work_off()
    Job.objects.update(params={"model": "kokoro"}, result_deleted_at=timezone.now())
    answer = owner.post(f"/dashboard/jobs/{job.uuid.hex}/repeat/", {"token": "once"})
    assert answer.status_code == 410
    assert "The text of this job was deleted with its result" in answer.content.decode()
    assert Job.objects.count() == 1


def test_a_job_with_a_recording_is_not_repeated(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Hello.").job
    work_off()
    Job.objects.update(kind="transcription", params={"model": "whisper"})
    answer = owner.get(f"/dashboard/jobs/{job.uuid.hex}/repeat/")
    assert answer.status_code == 409
    assert "The recording of this job was deleted when the job ended" in answer.content.decode()


def test_a_repeat_beyond_the_balance_is_refused_with_the_price(owner: Client, sender: Caller, account: Account) -> None:
    job = speak(sender, "Hello.")
    work_off()
    account.balance.available_millicredits = 0
    account.balance.save()
    answer = owner.post(f"/dashboard/jobs/{job.uuid.hex}/repeat/", {"token": "once"})
    assert answer.status_code == 402
    assert "credits and 0 are left" in answer.content.decode()


def test_cancelling_a_queued_job_ends_it_and_releases_its_credits(owner: Client, sender: Caller, account: Account) -> None:
    job = submit(sender, "Hello.").job
    assert available_millicredits(account.pk) < 1_000_000
    answer = owner.post(f"/dashboard/jobs/{job.uuid.hex}/cancel/", follow=True)
    job.refresh_from_db()
    assert (job.state, available_millicredits(account.pk)) == (JobState.CANCELLED, 1_000_000)
    assert "The job is cancelled." in answer.content.decode()


def test_pages_mark_the_jobs_that_are_not_over_for_the_script_that_follows_them(owner: Client, sender: Caller) -> None:
    done = submit(sender, "Hello.").job
    work_off()
    running = submit(sender, "Still here.").job
    marks = [f'data-running="{job.uuid.hex}"' for job in (running, done)]
    shown = [owner.get(path).content.decode() for path in ("/dashboard/jobs/", "/dashboard/", f"/dashboard/jobs/{running.uuid.hex}/")]
    assert [[mark in page for mark in marks] for page in shown] == 3 * [[True, False]]


def test_lists_that_new_jobs_belong_to_say_since_when_they_are_open(owner: Client, sender: Caller) -> None:
    is_open = {}
    for query in ("", "?kind=speech", "?status=completed", "?q=tide"):
        page = owner.get(f"/dashboard/jobs/{query}").content.decode()
        is_open[query] = "data-since=" in page
        assert "No job" in page
    assert is_open == {"": True, "?kind=speech": True, "?status=completed": False, "?q=tide": False}
    job = submit(sender, "Hello.").job
    job.refresh_from_db()
    for path in ("/dashboard/jobs/", "/dashboard/"):
        assert f'data-since="{microseconds_of(job.created_at)}"' in owner.get(path).content.decode()


def test_the_present_state_of_jobs_is_given_as_their_elements(owner: Client, sender: Caller, django_assert_max_num_queries: Any) -> None:
    jobs = submit_many(sender, count=3)
    query = {"once": "1", "view": "row", "job": [job.uuid.hex for job in jobs]}
    with django_assert_max_num_queries(9):
        first = owner.get("/dashboard/jobs/events/", query).json()["jobs"]
    assert [(one["job"], one["is_over"]) for one in first] == [(job.uuid.hex, False) for job in reversed(jobs)]
    assert f'id="job-{jobs[2].uuid.hex}"' in first[0]["html"]
    work_off()
    ended = owner.get("/dashboard/jobs/events/", {**query, "view": "progress"}).json()["jobs"]
    assert [one["is_over"] for one in ended] == 3 * [True]
    assert all("Completed" in one["html"] for one in ended)


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({}, 400, "Name 1 to 100 jobs as `job`; these are 0."),
        ({"job": 101 * ["f" * 32]}, 400, "Name 1 to 100 jobs as `job`; these are 101."),
        ({"job": "f" * 32}, 404, "One of these jobs is not in your account."),
        ({"job": "nonsense"}, 404, "One of these jobs is not in your account."),
        ({"since": "yesterday"}, 400, "`since` is a time in microseconds since 1970, of 16 digits; it was &#x27;yesterday&#x27;."),
        ({"since": "1764522735123456", "first": "never"}, 400, "From: Enter a day such as 2026-01-31."),
        ({"job": "f" * 32, "view": "x"}, 400, "Unknown view &#x27;x&#x27;. Available: row, progress."),
    ],
)
def test_events_of_jobs_that_cannot_be_watched_are_refused(owner: Client, query: dict[str, Any], status: int, message: str) -> None:
    answer = owner.get("/dashboard/jobs/events/", query)
    assert (answer.status_code, message in answer.content.decode()) == (status, True)


def test_a_completed_job_offers_its_audio_in_every_format_and_its_subtitles(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Hello.").job
    work_off()
    page = owner.get(f"/dashboard/jobs/{job.uuid.hex}/").content.decode()
    for name in ("mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "m4b", "pcm"):
        assert f"/static/downloads/{job.uuid.hex}/output.{name}" in page
    for name in ("srt", "vtt"):
        assert f"/web/v1/speech/subtitles/?uuid={job.uuid.hex}&amp;format={name}&amp;download=1" in page


def test_a_failed_job_says_what_happened_and_what_to_do(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Hello.").job
    Job.objects.update(state=JobState.FAILED, error_code="bad_audio", error_message="It ends after 12 bytes.", finished_at=timezone.now())
    page = owner.get(f"/dashboard/jobs/{job.uuid.hex}/").content.decode()
    assert "It ends after 12 bytes." in page
    assert "save it again as WAV, MP3 or FLAC" in page


def test_an_expired_job_offers_nothing_that_was_deleted(owner: Client, sender: Caller) -> None:
    job = submit(sender, "Hello.").job
    work_off()
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = owner.get(f"/dashboard/jobs/{job.uuid.hex}/").content.decode()
    assert "/static/downloads/" not in page
    assert "deleted when their retention ended" in page
