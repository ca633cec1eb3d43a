"""Chromium transcribes its fake microphone live on /speech-to-text/, through the real shell; a scripted worker hears."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Role
from apps.jobs.models import Job
from tests.compat.deepgram.conftest import owner, server
from tests.compat.deepgram.live import recognising
from tests.factories import MembershipFactory
from tests.flows.browser.test_tools import shoot
from tests.speech.people import Person
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.web.shell import RunningShell

__all__ = ["owner", "server"]
pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]


@pytest.fixture
def _platform() -> None:
    """Replace the fixture of the other pages' tests, which works inside a transaction."""


@pytest.fixture
def page(microphone: Path, tmp_path: Path) -> Iterator[Browser]:
    """Browser with the microphone, which keeps downloads."""
    with browser(microphone=microphone) as opened:
        opened.show_as()
        opened.download_to(tmp_path)
        yield opened


def text_of(page: Browser, selector: str) -> str:
    return str(page.value(f"[...document.querySelectorAll({selector!r})].map(one => one.textContent).join('|')"))


def test_words_appear_while_they_are_spoken_and_are_saved_and_heard_at_the_end(
    server: RunningShell, owner: Person, page: Browser, tmp_path: Path
) -> None:
    member = Client()
    member.force_login(MembershipFactory(account=owner.account, role=Role.DEVELOPER).user)
    name = configured.SESSION_COOKIE_NAME
    page.set_cookie(server.url, name=name, value=member.cookies[name].value)
    page.open(f"{server.url}/speech-to-text/", until="document.querySelector('[data-snippet=curl]')?.textContent")
    with recognising():
        page.click("[data-live=start]")
        page.wait_until("document.querySelector('[data-live=stage]').textContent === 'Listening'")
        page.wait_until("document.querySelector('[data-live-growing]')?.textContent.startsWith('One')", seconds=60)
        page.wait_until("document.querySelectorAll('.live-said p').length >= 2", seconds=60)
        page.wait_until("document.querySelector('[data-live=meter]').value > 0")
        shoot(page, "speech-to-text-live")
        page.click("[data-live=stop]")
        page.wait_until("document.querySelector('[data-tool]').dataset.done === 'live'", seconds=60)
    assert page.complaints == []
    assert text_of(page, "[data-transcript] .word").startswith("One|two|three")
    assert page.value("document.querySelector('[data-source]').dataset.state") == "empty"
    assert page.value("document.querySelector('[data-player]').duration") > 5
    page.click("[data-save=srt]")
    page.wait_until("true")
    page.click("[data-transcript] .word")
    page.wait_until("document.querySelector('.word[data-lit]')")
    shoot(page, "speech-to-text-live-done")
    assert (tmp_path / "live.srt").read_text().startswith("1\n00:00:0")
    assert all(job.charged_millicredits >= 0 for job in Job.objects.all())


def test_a_visitor_is_invited_to_sign_up_for_live_transcription(server: RunningShell, page: Browser) -> None:
    page.open(f"{server.url}/speech-to-text/", until="document.querySelector('[data-snippet=curl]')?.textContent")
    page.click("[data-live=start]")
    page.wait_until("document.querySelector('[data-tool-part=error] a[href^=\"/account/signup/\"]')")
    assert "This needs an account" in text_of(page, "[data-tool-part=error]")
