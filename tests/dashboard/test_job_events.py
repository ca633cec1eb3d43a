"""Events of jobs on the dashboard, through the real shell."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Role
from apps.dashboard.job_rows import microseconds_of
from apps.jobs.models import Job
from tests.factories import MembershipFactory
from tests.factories_jobs import caller, part_of, started, submit, work_off
from tests.speech.conftest import _platform, server
from tests.speech.people import Person, person
from tests.web.shell import RunningShell

__all__ = ["_platform", "server"]


@pytest.fixture
def owner() -> Person:
    return person()


@pytest.fixture
def browser(server: RunningShell, owner: Person) -> Iterator[httpx.Client]:
    """Client with the session of a member of the account."""
    member = Client()
    member.force_login(MembershipFactory(account=owner.account, role=Role.VIEWER).user)
    cookies = {configured.SESSION_COOKIE_NAME: member.cookies[configured.SESSION_COOKIE_NAME].value}
    with httpx.Client(base_url=server.url, cookies=cookies, timeout=60) as client:
        yield client


def events(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events as they arrive."""
    kind = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def watch(browser: httpx.Client, *jobs: Job, **query: str) -> Any:
    return browser.stream("GET", "/dashboard/jobs/events/", params={"job": [job.uuid.hex for job in jobs], **query})


def microseconds_now() -> str:
    return str(microseconds_of(timezone.now()))


def test_each_change_of_a_watched_job_is_an_event_up_to_the_end_of_all(browser: httpx.Client, owner: Person) -> None:
    first, second = (submit(caller(owner.account), text).job for text in ("First.", "Second."))
    with watch(browser, first, second) as response:
        reported = events(response)
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert {next(reported)[1]["job"] for _ in range(2)} == {first.uuid.hex, second.uuid.hex}
        work_off()
        seen = list(reported)
    ended = [data["job"] for kind, data in seen if kind == "job" and data["is_over"]]
    assert sorted(ended) == sorted([first.uuid.hex, second.uuid.hex])
    assert seen[-1] == ("done", {})


def test_a_job_that_a_worker_takes_is_shown_as_processing(browser: httpx.Client, owner: Person) -> None:
    job = submit(caller(owner.account), "Hello.").job
    with watch(browser, job) as response:
        reported = events(response)
        assert "Queued" in next(reported)[1]["html"]
        started(part_of(job))
        assert "In progress" in next(reported)[1]["html"]


def test_a_finished_job_is_reported_once_and_the_stream_ends(browser: httpx.Client, owner: Person) -> None:
    job = submit(caller(owner.account), "Hello.").job
    work_off()
    with watch(browser, job) as response:
        assert [kind for kind, _ in events(response)] == ["job", "done"]


def test_the_stream_ends_after_its_time_so_that_the_session_is_checked_again(
    browser: httpx.Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.dashboard.job_changes.STREAM_SECONDS", 0.0)
    job = submit(caller(owner.account), "Hello.").job
    with watch(browser, job) as response:
        assert [kind for kind, _ in events(response)] == ["job"]


def test_a_job_that_a_key_starts_is_announced_and_followed_to_its_end(browser: httpx.Client, owner: Person) -> None:
    outsider = person()
    with watch(browser, since=microseconds_now()) as response:
        reported = events(response)
        assert next(reported) == ("ready", {})
        submit(caller(outsider.account), "Not for this account.")
        job = submit(caller(owner.account), "The tide comes in.").job
        kind, new = next(reported)
        assert (kind, new["job"], new["is_over"]) == ("new", job.uuid.hex, False)
        assert "The tide comes in." in new["html"]
        work_off()
        ended = next(data for kind, data in reported if data.get("is_over"))
        assert ended["job"] == job.uuid.hex
        again = submit(caller(owner.account), "And goes out.").job
        assert next(data["job"] for kind, data in reported if kind == "new") == again.uuid.hex


def test_new_jobs_of_another_kind_or_model_than_the_filter_asks_for_are_not_announced(browser: httpx.Client, owner: Person) -> None:
    since = microseconds_now()
    job = submit(caller(owner.account), "The tide comes in.").job
    found = {}
    for kind in (job.kind, "transcription"):
        query = {"since": since, "once": "1", "kind": kind}
        found[kind] = [one["job"] for one in browser.get("/dashboard/jobs/events/", params=query).json()["new"]]
    assert found == {job.kind: [job.uuid.hex], "transcription": []}


def test_a_stream_of_new_jobs_ends_when_the_server_stops(server: RunningShell, browser: httpx.Client) -> None:
    with watch(browser, since=microseconds_now()) as response:
        reported = events(response)
        assert next(reported) == ("ready", {})
        server.start_graceful_stop()
        assert list(reported) == []
