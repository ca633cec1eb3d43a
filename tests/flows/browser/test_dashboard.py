"""The dashboard in Chromium with real models: a job is found and played, a voice is recorded, a word is heard before and after, all is deleted."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.flows.browser.sessions import sign_in
from tests.flows.following import wait_for_end
from tests.flows.running import RunningPlatform
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.workers.recognition.clips import RATE, clips

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

EMAIL = "dashboard@example.com"
TEXT = "The lighthouse keeper counts the ships."
READING = ("librivox-0870", "librivox-0880")
RECORDED_SECONDS = 14


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound of the fake microphone: a man who reads, again and again."""
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    soundfile.write(path, np.concatenate([clips(READING), np.zeros(RATE // 2, np.float32)]), RATE, subtype="PCM_16")
    return path


@pytest.fixture
def page(platform: RunningPlatform, microphone: Path) -> Iterator[Browser]:
    with browser(microphone=microphone) as opened:
        sign_in(platform, opened, email=EMAIL)
        opened.show_as()
        yield opened


def test_member_plays_a_job_and_creates_and_deletes_a_voice_and_word(platform: RunningPlatform, page: Browser) -> None:
    key = platform.key(EMAIL, plan="enterprise")
    with platform.client(key) as client:
        uuid = client.post("/v1/tts/", json={"text": TEXT, "model": "kokoro"}).json()["uuid"]
        wait_for_end(client, uuid)
    find_and_play(platform, page, uuid)
    record_voice(platform, page)
    hear_word(platform, page)
    assert page.complaints == []


def find_and_play(platform: RunningPlatform, page: Browser, uuid: str) -> None:
    """The job is in the list, found by its text, and its words are lit while it plays."""
    page.open(f"{platform.url}/dashboard/jobs/?q=lighthouse", until="document.querySelectorAll('.job-item').length === 1")
    page.click(".job-text")
    page.wait_until(f"location.pathname === '/dashboard/jobs/{uuid}/' && document.querySelector('#player')?.readyState >= 1")
    assert page.value("[...document.querySelectorAll('#words button')].map(word => word.textContent).join(' ')") == TEXT
    page.value("document.querySelector('#player').play()", is_gesture=True)
    page.wait_until("document.querySelector('#words .is-heard')")
    page.wait_until("document.querySelector('#player').ended")


def record_voice(platform: RunningPlatform, page: Browser) -> None:
    """A voice is made of the microphone, spoken, and deleted."""
    page.open(
        f"{platform.url}/dashboard/voices/new/", until="document.querySelector('[data-part=record]') && document.readyState === 'complete'"
    )
    page.click("[data-part=record]")
    page.wait_until(f"document.querySelector('[data-part=time]').textContent >= '0:{RECORDED_SECONDS}'", seconds=60)
    page.click("[data-part=stop]")
    page.wait_until("document.querySelectorAll('#takes li').length === 1")
    page.type("#voice-name", "Reader")
    page.click("#voice-consent")
    page.type("#consent-by", "A reader of LibriVox")
    page.click("#new-voice button[type=submit]")
    page.wait_until("/^\\/dashboard\\/voices\\/voice_/.test(location.pathname)", seconds=60)
    page.wait_until("document.querySelector('#player')?.readyState >= 1", seconds=200)
    page.click('[data-open="#delete-dialog"]')
    page.click("#delete-dialog button[type=submit]")
    page.wait_until("location.pathname === '/dashboard/voices/' && !document.querySelector('.voice-card')")


def hear_word(platform: RunningPlatform, page: Browser) -> None:
    """A word is heard without and with its entry, which is saved and deleted."""
    page.open(f"{platform.url}/dashboard/pronunciations/", until="document.querySelector('#id_word')")
    page.type("#id_word", "GIF")
    page.type("#id_replacement", "jiff")
    for moment in ("before", "after"):
        page.click(f"#entry-form [data-hear={moment}]")
        page.wait_until(f"document.querySelector('#entry-form [data-hear={moment}]').dataset.heard === '1'", seconds=60)
    page.click("#entry-form button[type=submit]")
    page.wait_until("document.querySelectorAll('[data-entry]').length === 1")
    page.click("[data-entry] form button")
    page.wait_until("document.querySelectorAll('[data-entry]').length === 0 && document.querySelector('.empty')")
