"""Chromium as a visitor without an account: a voice from the fake microphone is heard once; the list of models by keyboard. A scripted worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import AnonymousUse
from apps.jobs.models import Job
from apps.voices.models import Enrolment, Voice
from tests.factories_jobs import announce, engine_spec
from tests.flows.browser.test_tools import record_with_consent, run, shoot, text_of
from tests.fresh_state import fresh_state
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.voices.conftest import CLONING, ENROLLING, KOKORO, Enroller, enrolling
from tests.web.shell import RunningShell, running_shell

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]


@pytest.fixture
def _platform() -> None:
    """Replace the fixture of the other pages' tests, which works inside a transaction."""


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    with fresh_state(settings, tmp_path):
        announce(KOKORO, CLONING, ENROLLING, engine_spec("piper"), engine_spec("pico"))
        with running_shell() as shell:
            yield shell


@pytest.fixture
def page(microphone: Path) -> Iterator[Browser]:
    with browser(microphone=microphone) as opened:
        opened.show_as()
        yield opened


def test_a_visitor_records_a_voice_consents_and_hears_it_once(server: RunningShell, page: Browser) -> None:
    page.open(f"{server.url}/voice-cloning/", until="document.querySelector('[data-snippet=curl]')?.textContent")
    assert "It is not kept" in text_of(page, "[data-unkept]")
    record_with_consent(page, seconds=2)
    with enrolling(Enroller()):
        run(page)
    assert text_of(page, "[data-tool-part=charged]") == "Free of charge"
    assert "A likeness" in text_of(page, "[data-report]")
    assert "fitted to the speaker" in text_of(page, "[data-sign-up]")
    assert page.value("Boolean(document.querySelector('[data-keep]'))") is False
    shoot(page, "visitor-voice-cloning")
    job = Job.objects.get()
    assert (job.kind, job.account_id, job.params["consent_by"]) == ("voice-clone", None, "George")
    assert (Voice.objects.count(), Enrolment.objects.count(), AnonymousUse.objects.get().characters) == (0, 0, job.units)


def test_the_list_of_models_is_used_by_keyboard_and_has_a_sample_of_each(server: RunningShell, page: Browser) -> None:
    page.open(f"{server.url}/", until="document.querySelector('#count')?.textContent")
    page.value("document.querySelector('#model-open').focus()")
    page.press("Enter")
    page.wait_until("document.querySelector('#model-dialog').open")
    assert page.value(
        "[...document.querySelectorAll('#model-dialog .voice-play')].map(one => [one.getAttribute('aria-label'), one.disabled])"
    ) == [
        [f"Hear {name}", False]
        for name in page.value("[...document.querySelectorAll('#model-dialog .voice-name')].map(one => one.textContent)")
    ]
    shoot(page, "model-dialog")
    page.value("document.querySelector('#model-dialog .voice-choose:not(:disabled)').focus()")
    page.press("ArrowDown")
    chosen = page.value("document.activeElement.closest('.voice-row').dataset.model")
    page.press("Enter")
    page.wait_until(f"!document.querySelector('#model-dialog').open && document.querySelector('#model').value === '{chosen}'")
    assert page.value("document.activeElement.id") == "model-open"
    assert page.complaints == []
