"""Chromium on the dashboard, through the real shell: running jobs are followed, a large file is sent in pieces."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Role
from apps.uploads.models import Upload
from apps.uploads.services.resumable import store_piece
from apps.uploads.spool import Spool
from tests.factories import MembershipFactory
from tests.factories_jobs import caller, part_of, started, submit, work_off
from tests.flows.following import wait_until
from tests.speech.conftest import _platform, server
from tests.speech.people import Person, person
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.web.shell import RunningShell

__all__ = ["_platform", "server"]
pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

PICTURES = Path(configured.BASE_DIR) / "var" / "screenshots" / "dashboard"
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
    page.open(f"{server.url}/dashboard/jobs/", until="document.querySelector('.job-item .badge')?.textContent.trim() === 'Queued'")
    page.value("window.isSamePage = true")
    started(part_of(job))
    page.wait_until("document.querySelector('.job-item .badge').textContent.startsWith('In progress')")
    work_off()
    page.wait_until("document.querySelector('.job-item .badge').textContent.trim() === 'Completed'")
    page.wait_until("document.querySelector('.job-item [data-play]')")
    assert page.value("window.isSamePage")
    assert page.complaints == []


@pytest.mark.parametrize("has_events", [True, False], ids=["events", "polling"])
def test_jobs_that_a_key_starts_appear_in_the_open_list_and_change_there(
    page: Browser, server: RunningShell, owner: Person, has_events: bool
) -> None:
    if not has_events:
        page.call("Page.addScriptToEvaluateOnNewDocument", source=BROKEN_EVENTS)
    page.open(f"{server.url}/dashboard/jobs/", until="document.querySelector('#job-results .empty')")
    page.value("window.isSamePage = true")
    submit(caller(owner.account), "The tide comes in.")
    page.wait_until("document.querySelectorAll('.job-item').length === 1 && !document.querySelector('#job-results .empty')")
    submit(caller(owner.account), "The tide goes out.")
    page.wait_until("document.querySelectorAll('.job-item').length === 2")
    assert "goes out" in page.value("document.querySelector('.job-item .job-text').textContent")
    work_off()
    page.wait_until("[...document.querySelectorAll('.job-item .badge')].every(badge => badge.textContent.trim() === 'Completed')")
    assert page.value("window.isSamePage")
    assert page.complaints == []


def test_the_page_of_a_job_shows_its_result_once_it_is_done(page: Browser, server: RunningShell, owner: Person) -> None:
    job = submit(caller(owner.account), "The tide comes in.").job
    page.open(f"{server.url}/dashboard/jobs/{job.uuid.hex}/", until="document.querySelector('[data-running] progress')")
    work_off()
    page.wait_until("document.querySelector('#player')")


def test_a_large_file_is_paused_and_continues_after_a_reload(
    page: Browser, server: RunningShell, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume = threading.Event()

    def store_on_request(upload: Upload, *, spool: Spool) -> str:
        if upload.received_bytes:
            resume.wait(60)
        return store_piece(upload, spool=spool)

    monkeypatch.setattr("apps.uploads.resumable_views.store_piece", store_on_request)
    recording = tmp_path / "a long talk.wav"
    noise = np.random.default_rng(7).normal(0, 0.1, (44_100 * 130, 2)).astype(np.float32)
    soundfile.write(recording, noise, 44_100, subtype="PCM_16")  # 23 MB, three pieces
    page.open(f"{server.url}/dashboard/uploads/")
    page.set_file("#upload-files", recording)
    wait_until(lambda: Upload.objects.filter(received_bytes=8 * 1024 * 1024).exists())
    page.wait_until("document.querySelector('#sending progress').value > 40")
    page.click("[data-pause]")
    page.wait_until("document.querySelector('#sending [data-state]').textContent === 'Paused'")
    page.open(
        f"{server.url}/dashboard/uploads/", until="document.readyState === 'complete' && !document.querySelector('#unfinished').hidden"
    )
    assert page.value("document.querySelector('#unfinished li span').textContent") == "a long talk.wav: 36 % sent"
    page.screenshot(PICTURES / "unfinished-1440-light.png")
    page.screenshot(PICTURES / "unfinished-390-dark.png", width=390, theme="dark")
    page.show_as()
    resume.set()
    page.set_file("#upload-files", recording)
    page.wait_until("document.querySelector('#sending').children.length === 0", seconds=90)
    upload = Upload.objects.get()
    assert (upload.state, upload.sha256) == ("ready", hashlib.sha256(recording.read_bytes()).hexdigest())
    assert len(upload.pieces) in {3, 4}  # the second one was paused on its way, and what arrived of it is kept
    assert "a long talk.wav" in str(page.value("document.querySelector('#upload-rows').textContent"))
    assert page.value("localStorage.getItem('resumable-uploads')") == "{}"
