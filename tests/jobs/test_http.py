"""Jobs over HTTP, as the owner, a colleague, an outsider and an anonymous caller."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.callers import Caller, caller_of_key
from apps.accounts.models import Account, ApiKey
from apps.accounts.services import create_key
from apps.billing.selectors import available_millicredits
from apps.core.events import publish_event
from apps.jobs.models import Job
from apps.jobs.services.finish import finish_part
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory, bearer, make_key
from tests.factories_jobs import announce, caller, finished, nobody, outcome_of, part_of, reread, started, submit, submit_many, work_off
from tests.flows.following import wait_until
from tests.web.shell import RunningShell, running_shell


@dataclass
class People:
    """Three people and their keys."""

    account: Account
    owner: dict[str, str]
    colleague: dict[str, str]
    outsider: dict[str, str]
    caller: Caller

    @property
    def insiders(self) -> list[dict[str, str]]:
        """Headers of the people who may see the account's jobs."""
        return [self.owner, self.colleague]


def key_of(account: Account, role: str) -> tuple[ApiKey, str]:
    """Key created by a member."""
    member = MembershipFactory(account=account, role=role)
    return create_key(account, name=role, created_by=member.user)


@pytest.fixture
def people() -> People:
    AnonymousPlanFactory(requests_per_minute=1000)
    account = AccountFactory(credits=100)
    key, owner = key_of(account, "owner")
    key = ApiKey.objects.select_related("account__plan").get(pk=key.pk)
    return People(
        account=account,
        owner=bearer(owner),
        colleague=bearer(key_of(account, "member")[1]),
        outsider=bearer(make_key(AccountFactory(credits=100))[1]),
        caller=caller_of_key(key, address="203.0.113.7"),
    )


@pytest.fixture
def shell() -> Iterator[RunningShell]:
    with running_shell() as shell:
        yield shell


def error_of(answer: Any) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status_code, answer.json()["error"]["code"]


def test_job_is_visible_to_every_member_of_its_account(client: Client, people: People) -> None:
    announce()
    job = submit(people.caller, "Hello there.").job
    for headers in people.insiders:
        assert client.get(f"/v1/jobs/{job.uuid}/", headers=headers).json()["uuid"] == job.uuid.hex


def test_a_job_from_its_beginning_to_its_end(client: Client, people: People) -> None:
    announce()
    job = submit(people.caller, "Hello there.").job
    path = f"/v1/jobs/{job.uuid.hex}"
    assert client.get(path, headers=people.owner).json() == {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "type": "speech",
        "status": "queued",
        "model": "kokoro",
        "format": "mp3",
        "characters": 12,
        "progress": 0.0,
        "credits_used": 0.024,
        "created_at": job.created_at.isoformat(),
        "started_at": None,
        "finished_at": None,
        "expires_at": None,
    }
    part = started(part_of(job))
    part.units_done = 6
    part.save(update_fields=["units_done"])
    body = client.get(path, headers=people.owner).json()
    assert (body["status"], body["progress"], body["started_at"]) == ("processing", 0.5, reread(job).started_at.isoformat())
    finished(part)
    body = client.get(path, headers=people.owner).json()
    assert (body["status"], body["progress"], body["duration"]) == ("completed", 1.0, 1.5)
    assert body["result_url"] == f"http://testserver/static/downloads/{job.uuid.hex}/output.mp3"
    Job.objects.update(result_deleted_at=timezone.now())
    assert "result_url" not in client.get(path, headers=people.owner).json()


def test_a_failed_job_says_why(client: Client, people: People) -> None:
    announce()
    job = submit(people.caller).job
    finish_part(outcome_of(part_of(job), status="failed", error_code="nothing_to_say", error_message="Nothing to say."))
    body = client.get(f"/v1/jobs/{job.uuid}", headers=people.owner).json()
    assert (body["status"], body["code"], body["error"], body["credits_used"]) == ("failed", "nothing_to_say", "Nothing to say.", 0)


@pytest.mark.parametrize("path", ["/v1/jobs/nonsense/", f"/v1/jobs/{'0' * 32}/"])
def test_an_unknown_job_is_a_404(client: Client, people: People, path: str) -> None:
    assert error_of(client.get(path, headers=people.owner)) == (404, "not_found")


def test_jobs_are_listed_newest_first_in_pages(client: Client, people: People) -> None:
    jobs = submit_many(people.caller, count=5)
    Job.objects.filter(uuid__in=[jobs[1].uuid, jobs[2].uuid]).update(created_at=jobs[1].created_at)
    submit(caller())
    submit(nobody())
    seen, cursor = [], ""
    for size in (2, 2, 1):
        page = client.get(f"/v1/jobs/?limit=2&cursor={cursor}", headers=people.colleague).json()
        assert len(page["jobs"]) == size
        seen += [entry["uuid"] for entry in page["jobs"]]
        cursor = page["next_cursor"]
    assert cursor is None
    ties = sorted([jobs[1].uuid.hex, jobs[2].uuid.hex])
    assert seen == [jobs[4].uuid.hex, jobs[3].uuid.hex, *ties, jobs[0].uuid.hex]
    assert client.get("/v1/jobs/", headers=people.outsider).json() == {"jobs": [], "next_cursor": None}


def test_jobs_are_listed_by_status(client: Client, people: People) -> None:
    announce(slots=1)
    done = submit(people.caller).job
    work_off()
    waiting = submit(people.caller).job
    for status, job in (("completed", done), ("queued", waiting)):
        assert [entry["uuid"] for entry in client.get(f"/v1/jobs/?status={status}", headers=people.owner).json()["jobs"]] == [job.uuid.hex]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=²", "cursor=x", "cursor=%C3%A4", "status=lost"])
def test_a_list_that_makes_no_sense_is_refused(client: Client, people: People, query: str) -> None:
    answer = client.get(f"/v1/jobs/?{query}", headers=people.owner)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, query.split("=", maxsplit=1)[0])


@pytest.mark.parametrize(
    "query",
    [
        "/v1/jobs/?status=&limit=&cursor=",
        "/v1/usage/?from=&to=&group_by=",
        "/v1/voices/?model=&language=&gender=",
        "/v1/webhooks/deliveries/?endpoint_id=&page=&page_size=",
    ],
)
def test_an_empty_filter_of_a_list_counts_as_left_out(client: Client, people: People, query: str) -> None:
    answer = client.get(query, headers=people.owner)
    assert (answer.status_code, answer.json()) == (200, client.get(query.partition("?")[0], headers=people.owner).json())


def test_only_the_accounts_people_cancel_its_job(client: Client, people: People) -> None:
    first, second = submit_many(people.caller, count=2)
    assert error_of(client.post(f"/v1/jobs/{first.uuid}/cancel/", headers=people.outsider)) == (404, "not_found")
    assert (reread(first).state, reread(second).state) == ("queued", "queued")
    for job, headers in ((first, people.owner), (second, people.colleague)):
        answer = client.post(f"/v1/jobs/{job.uuid}/cancel", headers=headers)
        assert (answer.status_code, answer.json()["status"], answer.json()["credits_used"]) == (200, "cancelled", 0)
    assert error_of(client.post(f"/v1/jobs/{first.uuid}/cancel/", headers=people.owner)) == (409, "job_finished")
    assert available_millicredits(people.account.pk) == 100_000


def test_polls_do_not_use_up_the_requests_a_minute(client: Client, people: People) -> None:
    job = submit(people.caller).job
    secret = bearer(make_key(people.account, requests_per_minute=1)[1])
    for _ in range(5):
        assert client.get(f"/v1/jobs/{job.uuid}/", headers=secret).headers["X-RateLimit-Remaining"] == "1"
    assert client.get("/v1/jobs/", headers=secret).status_code == 200
    assert client.get("/v1/jobs/", headers=secret).status_code == 429


def work_when_admitted() -> None:
    """Finish the parts of the queue once there are any; gives up after a minute."""
    deadline = time.monotonic() + 60
    while not work_off() and time.monotonic() < deadline:
        time.sleep(0.05)


def once(condition: Callable[[], bool], function: Callable[[], object]) -> threading.Thread:
    """Run the function in its own thread once the condition holds."""

    def run() -> None:
        try:
            wait_until(condition)
            function()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_cancelling_a_running_job_waits_for_its_worker(shell: RunningShell, people: People) -> None:
    announce()
    job = submit(people.caller, "x" * 100).job
    part = started(part_of(job))
    worker = once(
        lambda: reread(job).cancel_requested_at is not None, lambda: finish_part(outcome_of(part, status="cancelled", units_done=25))
    )
    answer = httpx.post(f"{shell.url}/v1/jobs/{job.uuid}/cancel/", headers=people.owner, timeout=60)
    worker.join()
    assert (answer.status_code, answer.json()["status"], answer.json()["credits_used"]) == (200, "cancelled", 0.05)


def test_a_worker_that_does_not_stop_in_three_seconds_leaves_the_job_cancelling(shell: RunningShell, people: People) -> None:
    announce()
    job = submit(people.caller).job
    started(part_of(job))
    answer = httpx.post(f"{shell.url}/v1/jobs/{job.uuid}/cancel/", headers=people.owner, timeout=60)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelling")
    assert answer.elapsed.total_seconds() > 2.9


def read_events(url: str, headers: dict[str, str], *, on_open: Callable[[], object] = bool) -> list[dict[str, Any]]:
    """All events up to the end of the response, each with its id. on_open: called once the response has begun."""
    events: list[dict[str, Any]] = []
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        on_open()
        entry: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                entry[name] = value
            elif entry:
                events.append({"id": entry.get("id"), "event": entry["event"], **json.loads(entry["data"])})
                entry = {}
    return events


def test_watching_a_job_to_its_end_and_going_on_after_an_event(shell: RunningShell, people: People) -> None:
    announce()
    job = submit(people.caller, "One.", "Two.").job
    url = f"{shell.url}/v1/jobs/{job.uuid}/events"

    def work() -> None:
        for index in (0, 1):
            finished(started(part_of(job, index)))
        work_off("codec")

    seen = read_events(url, people.owner, on_open=work)
    assert [event["event"] for event in seen] == ["started", "progress", "started", "progress", "started", "end"]
    assert [event["units_done"] for event in seen if event["event"] == "progress"] == [4, 8]
    assert (seen[-1]["status"], seen[-1]["job"]) == ("completed", job.uuid.hex)
    assert read_events(url, {**people.colleague, "Last-Event-ID": seen[3]["id"]}) == seen[4:]


def test_words_of_an_answer_that_was_not_charged_are_not_given_away_afterwards(shell: RunningShell, people: People) -> None:
    announce()
    jobs = [submit(people.caller, kind=kind).job for kind in ("voice-chat", "speech")]
    for job in jobs:
        publish_event(job.uuid, {"type": "words", "part": 0, "words": []})
        assert finish_part(outcome_of(started(part_of(job)), status="failed", error_code="bad_audio"))
        assert reread(job).charged_millicredits == 0
    seen = [[event["event"] for event in read_events(f"{shell.url}/v1/jobs/{job.uuid}/events", people.owner)] for job in jobs]
    assert seen == [["started", "end"], ["words", "started", "end"]]


def test_watching_a_running_turn_is_noted_before_its_first_event(shell: RunningShell, people: People) -> None:
    announce()
    job = submit(people.caller, kind="voice-chat").job
    with httpx.stream("GET", f"{shell.url}/v1/jobs/{job.uuid}/events/", headers=people.owner, timeout=5) as answer:
        assert (answer.status_code, reread(job).was_watched) == (200, True)


def test_watcher_who_leaves_cancels_no_job(shell: RunningShell, people: People) -> None:
    announce()
    job = submit(people.caller).job
    with httpx.stream("GET", f"{shell.url}/v1/jobs/{job.uuid}/events/", headers=people.owner, timeout=5) as answer:
        assert answer.status_code == 200
    finished(started(part_of(job)))
    assert reread(job).state == "completed"


def test_a_job_that_ended_long_ago_ends_its_events_at_once(shell: RunningShell, people: People, valkey: Any) -> None:
    job = submit(people.caller).job
    httpx.post(f"{shell.url}/v1/jobs/{job.uuid}/cancel/", headers=people.owner)
    valkey.flushdb()
    assert [event["event"] for event in read_events(f"{shell.url}/v1/jobs/{job.uuid}/events/", people.owner)] == ["end"]


def test_milliseconds_of_a_recording_are_no_characters(client: Client, people: People) -> None:
    announce()
    submit(people.caller, "x" * 100)
    heard = submit(people.caller, "x" * 50).job
    Job.objects.filter(uuid=heard.uuid).update(kind="transcription", units=60_000)
    total = client.get("/v1/usage/", headers=people.owner).json()["total"]
    assert (total["jobs"], total["characters"]) == (2, 100)
    assert client.get(f"/v1/jobs/{heard.uuid.hex}/", headers=people.owner).json()["characters"] == 0


def test_usage_by_day_model_and_key(client: Client, people: People) -> None:
    announce()
    first = submit(people.caller, "x" * 100).job
    work_off()
    submit(people.caller, "x" * 10, engine_id="hibari", queue="hibari")
    failed = submit(people.caller, "x" * 20).job
    finish_part(outcome_of(part_of(failed), status="failed", error_code="bad_audio"))
    submit(caller())
    yesterday = datetime.now(UTC) - timedelta(days=1)
    Job.objects.filter(uuid=first.uuid).update(created_at=yesterday)
    today = datetime.now(UTC).date().isoformat()
    body = client.get("/v1/usage/", headers=people.colleague).json()
    assert (body["to"], body["group_by"]) == (today, "day")
    assert body["total"] == {"jobs": 3, "completed": 1, "failed": 1, "cancelled": 0, "characters": 130, "credits": 0.2}
    assert [(row["day"], row["jobs"], row["characters"], row["credits"]) for row in body["usage"]] == [
        (yesterday.date().isoformat(), 1, 100, 0.2),
        (today, 2, 30, 0),
    ]
    rows = client.get(f"/v1/usage/?group_by=model&from={today}&to={today}", headers=people.owner).json()["usage"]
    assert [(row["model"], row["jobs"]) for row in rows] == [("hibari", 1), ("kokoro", 1)]
    [row] = client.get("/v1/usage/?group_by=key", headers=people.owner).json()["usage"]
    key = people.caller.key
    assert (row["key"], row["jobs"]) == ({"id": key.pk, "name": "owner", "prefix": key.prefix}, 3)
    assert client.get("/v1/usage/", headers=people.outsider).json()["total"]["jobs"] == 0


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-02-02&to=2026-02-01", "from"),
        ("from=2020-01-01&to=2026-01-01", "from"),
        ("group_by=colour", "group_by"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(client: Client, people: People, query: str, param: str) -> None:
    answer = client.get(f"/v1/usage/?{query}", headers=people.owner)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_preview_is_made_once_and_then_served(shell: RunningShell, people: People) -> None:
    announce()
    url = f"{shell.url}/v1/voices/kokoro/af_bella/preview/"
    worker = once(Job.objects.exists, work_when_admitted)
    first = httpx.get(url, headers=bearer("sk-tts-wrong"), timeout=60)
    worker.join()
    job = Job.objects.get()
    assert (job.kind, job.tenant, job.is_internal, job.reserved_millicredits, job.expires_at) == ("preview", "platform", True, 0, None)
    assert part_of(job).work["text"].startswith("Hello!")
    assert (first.status_code, first.headers["location"]) == (302, f"{shell.url}/static/downloads/{job.uuid.hex}/output.mp3")
    assert httpx.get(url).headers["location"] == first.headers["location"]
    assert Job.objects.count() == 1
    announce(boot="boot-2")
    assert httpx.get(f"{shell.url}/v1/voices/kokoro/nobody/preview/").status_code == 404
    assert httpx.get(f"{shell.url}/v1/voices/nothing/af_bella/preview/").status_code == 404


def test_preview_is_renewed_for_a_new_model_and_delayed_after_a_failure(client: Client, people: People) -> None:
    from tests.factories_jobs import engine_spec

    announce()
    path = "/v1/voices/kokoro/am_adam/preview/"
    client.get(path)
    work_off()
    assert client.get(path).status_code == 302
    announce(engine_spec(version="2"))
    client.get(path)
    assert Job.objects.count() == 2
    finish_part(outcome_of(part_of(Job.objects.get(state="queued")), status="failed", error_code="bad_audio"))
    assert error_of(client.get(path)) == (503, "preview_failed")
    Job.objects.filter(state="failed").update(finished_at=timezone.now() - timedelta(minutes=2))
    client.get(path)
    assert Job.objects.count() == 3
