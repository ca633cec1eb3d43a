"""Chromium follows running jobs on the dashboard, through the real shell."""

from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Role
from tests.factories import MembershipFactory
from tests.factories_jobs import caller, part_of, started, submit, work_off
from tests.speech.conftest import _platform, server
from tests.speech.people import Person, person
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.web.shell import RunningShell

__all__ = ["_platform", "server"]
pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

BROKEN_EVENTS = """window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  constructor() { super(); this.readyState = 2; setTimeout(() => this.dispatchEvent(new Event("error"))); }
  close() {}
};"""
"""A network that lets no events through."""


@pytest.fixture
def owner() -> Person:
    return person()


@pytest.fixture
def page(server: RunningShell, owner: Person) -> Iterator[Browser]:
    member = Client()
    member.force_login(MembershipFactory(account=owner.account, role=Role.OWNER).user)
    with browser() as opened:
        name = configured.SESSION_COOKIE_NAME
        opened.set_cookie(server.url, name=name, value=member.cookies[name].value)
        opened.show_as()
        yield opened


@pytest.mark.parametrize("has_events", [True, False], ids=["events", "polling"])
def test_a_row_changes_with_its_job_without_loading_the_page(page: Browser, server: RunningShell, owner: Person, has_events: bool) -> None:
    job = submit(caller(owner.account), "The tide comes in.").job
    if not has_events:
        page.call("Page.addScriptToEvaluateOnNewDocument", source=BROKEN_EVENTS)
    page.open(f"{server.url}/dashboard/jobs/", until="document.querySelector('.job-item .badge')?.textContent === 'queued'")
    page.value("window.isSamePage = true")
    started(part_of(job))
    page.wait_until("document.querySelector('.job-item .badge').textContent.startsWith('processing')")
    work_off()
    page.wait_until("document.querySelector('.job-item .badge').textContent === 'completed'")
    page.wait_until("document.querySelector('.job-item [data-play]')")
    assert page.value("window.isSamePage")
    assert page.complaints == []


def test_the_page_of_a_job_shows_its_result_once_it_is_done(page: Browser, server: RunningShell, owner: Person) -> None:
    job = submit(caller(owner.account), "The tide comes in.").job
    page.open(f"{server.url}/dashboard/jobs/{job.uuid.hex}/", until="document.querySelector('[data-running] progress')")
    work_off()
    page.wait_until("document.querySelector('#player')")
